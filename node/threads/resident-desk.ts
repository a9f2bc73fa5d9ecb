// A resident's desk: answers what the main thread asks of a runtime, by verb.
import { booksOf } from './books.ts'
import { sharesOf } from './shares.ts'
import { wardFacts } from '../entities/ward-facts.ts'
import { Fault } from '../../runtime/fault.ts'
import type { Link } from '../../transports/link/link.ts'
import type { Desk } from '../../transports/link/arrivals.ts'
import type { VerbOrder } from '../verbs/verb-order.ts'
import type { Mover } from './mover.ts'
import type { Calls } from './orders.ts'
import type { Resident } from './resident.ts'
import type { Station } from './station.ts'

/** What a desk acts on. Made after the desk, because a station needs one. */
export interface DeskParts {
  readonly resident: Resident
  readonly mover: Mover
  /** Runs an operator's verb on what is in this thread; the main thread runs its own without. */
  verb?(order: VerbOrder): unknown
  /** All else. */
  otherCall?(link: Link, verb: string, input: unknown): unknown
  otherNote?(link: Link, verb: string, input: unknown): void
}

export class ResidentDesk implements Desk {
  readonly #parts: () => DeskParts

  constructor(parts: () => DeskParts) {
    this.#parts = parts
  }

  call(link: Link, verb: string, input: unknown): unknown {
    const parts = this.#parts()
    const own = parts.otherCall?.(link, verb, input)
    return own === undefined ? this.answer(verb, input) : own
  }

  /** The same for orders that the main thread gives itself. Inputs come from the main thread, so they are what `Calls` says. */
  answer(verb: string, input: unknown): unknown {
    const { resident, mover, verb: run } = this.#parts()
    const { station } = resident
    switch (verb) {
      case 'spawn':
        return resident.spawn(input as Calls['spawn']['input'])
      case 'leave':
        return mover.leave(input as Calls['leave']['input'])
      case 'arrive': {
        const { order, captured } = input as Calls['arrive']['input']
        mover.arrive(order, captured)
        return null
      }
      case 'load':
        return resident.definitions.load(input as string)
      case 'stop':
        return stop(station)
      case 'ping':
        return null
      case 'evict': {
        const { name, count } = input as Calls['evict']['input']
        return resident.evict(name ?? undefined, count)
      }
      case 'lull':
        return resident.lull(input as Calls['lull']['input'])
      case 'wards':
        return [...resident.residents.wards()].map(wardFacts)
      case 'books':
        return booksOf(station.thread, station.runtime)
      case 'shares':
        return sharesOf(station.runtime)
      default:
        if (verb === 'verb' && run !== undefined) return run(input as Calls['verb']['input'])
        throw unknownVerb(verb)
    }
  }

  control(link: Link, verb: string, input: unknown): void {
    const { resident, otherNote } = this.#parts()
    if (!resident.take(verb, input)) otherNote?.(link, verb, input)
  }
}

/** Ends all actors, and lets what they have appended become safe; the main thread's own journal outlives its actors. */
async function stop({ runtime, thread }: Station): Promise<void> {
  await runtime.stop()
  if (thread > 0) await runtime.host.durability?.journal.close()
}

function unknownVerb(verb: string): Fault {
  return new Fault('call-unknown', `Cannot do "${verb}" in a thread: it knows no such order`, {
    hint: 'Report this as a bug of the runtime: all threads of a node run the same code.',
  })
}
