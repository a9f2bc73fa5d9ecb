// C-WATCH: a watch brings exactly one down, with the cause, unless its watcher ended it or came to an end itself.
import { isWhole } from './history.ts'
import { broken, kept, missing } from './verdict.ts'
import type { ExitCause } from '../../../runtime/exit.ts'
import type { Down, History, HistoryEvent, Id } from './history.ts'
import type { Verdict } from './verdict.ts'

interface Watch {
  readonly id: Id
  readonly watcher: string
  readonly target: string
  /** How the target had ended; undefined while it lives. */
  cause: ExitCause | undefined
}

/** Guarantee S2. */
export function checkWatch(history: History): Verdict {
  const watches = new Watches()
  for (const event of history) {
    const verdict = watches.take(event)
    if (verdict !== undefined) return verdict
  }
  const lost = watches.lost()
  if (lost !== undefined) {
    return missing(
      isWhole(history),
      `"${lost.watcher}" has not heard that "${lost.target}" ended by ${lost.cause}`,
    )
  }
  return kept(watches.heardCount, 'watches')
}

/** The watches of a history, as they should be after each event. */
class Watches {
  readonly #open = new Map<Id, Watch>()
  readonly #closed = new Set<Id>()
  /** The last end at each path where nobody lives. */
  readonly #ended = new Map<string, ExitCause>()
  readonly #alive = new Set<string>()
  heardCount = 0

  take(event: HistoryEvent): Verdict | undefined {
    switch (event.type) {
      case 'spawned':
        this.#alive.add(event.path)
        return undefined
      case 'began':
        this.#forget(event.path)
        return undefined
      case 'ended':
        this.#end(event.path, event.cause)
        return undefined
      case 'watched':
        this.#open.set(event.watch, {
          id: event.watch,
          watcher: event.watcher,
          target: event.target,
          cause: this.#alive.has(event.target)
            ? undefined
            : (this.#ended.get(event.target) ?? 'never-existed'),
        })
        return undefined
      case 'unwatched':
        this.#close(event.watch)
        return undefined
      case 'down':
        return this.#hear(event)
      default:
        return undefined
    }
  }

  /** A watch whose target has ended, and whose watcher has not heard. */
  lost(): Watch | undefined {
    return [...this.#open.values()].find((watch) => watch.cause !== undefined)
  }

  #hear({ watch: id, cause }: Down): Verdict | undefined {
    if (this.#closed.has(id)) return broken(`watch ${id} brought a down after its end`)
    const watch = this.#open.get(id)
    if (watch === undefined) return broken(`watch ${id} brought a down, but was never begun`)
    const { watcher, target } = watch
    if (watch.cause === undefined) return broken(`"${watcher}" heard that "${target}" ended, but it lives`)
    if (watch.cause !== cause)
      return broken(`"${watcher}" heard that "${target}" ended by ${cause}, it was ${watch.cause}`)
    this.heardCount++
    this.#close(id)
    return undefined
  }

  #end(path: string, cause: ExitCause): void {
    this.#alive.delete(path)
    this.#ended.set(path, cause)
    this.#forget(path)
    for (const watch of this.#open.values()) if (watch.target === path) watch.cause ??= cause
  }

  /** What the life that is over watched brings no down any more. */
  #forget(watcher: string): void {
    for (const watch of this.#open.values()) if (watch.watcher === watcher) this.#close(watch.id)
  }

  #close(id: Id): void {
    this.#open.delete(id)
    this.#closed.add(id)
  }
}
