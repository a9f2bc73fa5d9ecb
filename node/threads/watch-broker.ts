// A watch broker: who, in whatever thread, is to hear of the end of whom; it lives in the main thread and moves with nobody.
import type { Exit } from '../../runtime/exit.ts'

/** Who watches, as it crosses threads: an actor wherever it lives, or a function of one thread by its number there. */
export type FarWatcher =
  | { readonly path: string; readonly thread?: undefined; readonly id?: undefined }
  | { readonly path?: undefined; readonly thread: number; readonly id: number }

/** What the broker has done. */
export interface BrokerActs {
  /** Has the thread of the path report its end, once; it may have ended already. */
  observe(path: string): void
  /** Tells a watcher. */
  tell(watcher: FarWatcher, path: string, exit: Exit): void
}

/** Each watcher hears once. A move of either side changes nothing here. */
export class WatchBroker {
  readonly #watches = new Map<string, Map<string, FarWatcher>>()
  /** Who began to watch when somebody's thread had been asked already, by the path. */
  readonly #joined = new Map<string, Set<string>>()
  readonly #acts: BrokerActs

  constructor(acts: BrokerActs) {
    this.#acts = acts
  }

  has(path: string): boolean {
    return this.#watches.has(path)
  }

  get count(): number {
    let count = 0
    for (const watchers of this.#watches.values()) count += watchers.size
    return count
  }

  watch(path: string, watcher: FarWatcher): void {
    const watchers = this.#watches.get(path)
    if (watchers !== undefined) {
      const joined = this.#joined.get(path)
      if (joined === undefined) this.#joined.set(path, new Set([keyOf(watcher)]))
      else joined.add(keyOf(watcher))
      watchers.set(keyOf(watcher), watcher)
      return
    }
    this.#watches.set(path, new Map([[keyOf(watcher), watcher]]))
    this.#acts.observe(path)
  }

  unwatch(path: string, watcher: FarWatcher): void {
    const watchers = this.#watches.get(path)
    watchers?.delete(keyOf(watcher))
    // Its thread goes on observing, and reports an end that nobody wants to hear.
    if (watchers?.size === 0) this.#forget(path)
  }

  /** Somebody has ended. */
  ended(path: string, exit: Exit): void {
    const watchers = this.#watches.get(path)
    const joined = this.#joined.get(path)
    this.#watches.delete(path)
    this.#joined.delete(path)
    if (watchers === undefined) return
    const later = new Map<string, FarWatcher>()
    for (const [key, watcher] of watchers) {
      // That nobody was there says nothing to those who began to watch after the question: somebody may have come by then.
      if (exit.cause === 'never-existed' && joined?.has(key) === true) later.set(key, watcher)
      else this.#acts.tell(watcher, path, exit)
    }
    if (later.size === 0) return
    this.#watches.set(path, later)
    this.#acts.observe(path)
  }

  /** Forgets the functions that watched in a thread. */
  forgetThread(thread: number): void {
    for (const [path, watchers] of this.#watches) {
      for (const [key, watcher] of watchers) if (watcher.thread === thread) watchers.delete(key)
      if (watchers.size === 0) this.#forget(path)
    }
  }

  /** Forgets the watches of actors that are no more. */
  forgetActors(isGone: (path: string) => boolean): void {
    for (const [path, watchers] of this.#watches) {
      for (const [key, watcher] of watchers)
        if (watcher.path !== undefined && isGone(watcher.path)) watchers.delete(key)
      if (watchers.size === 0) this.#forget(path)
    }
  }

  #forget(path: string): void {
    this.#watches.delete(path)
    this.#joined.delete(path)
  }

  /** The watched paths for which this says yes. */
  watched(of: (path: string) => boolean): string[] {
    return [...this.#watches.keys()].filter(of)
  }
}

function keyOf(watcher: FarWatcher): string {
  return watcher.path ?? `${watcher.thread}:${watcher.id}`
}
