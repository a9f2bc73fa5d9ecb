// Journeys: moves of roots between the threads of a node, from the wish to the word that decides them.
import { NODE_LOST } from '../../runtime/exit.ts'
import {
  actorUnknown,
  dedicatedTo,
  kinStay,
  movesFull,
  notRoot,
  notSettled,
  threadUnknown,
  unhosted,
} from './refused-journey.ts'
import { threadLost } from './station.ts'
import type { Crew } from './crew.ts'
import type { HeadOffice } from './head-office.ts'
import type { HomeEntry } from './homes.ts'
import type { MoveOrder, MoveOutcome } from './orders.ts'
import type { Returns } from './returns.ts'

/** How long handlers of a moving actor may run on unless somebody says otherwise, in milliseconds. */
export const moveDeadlineMsDefault = 5_000

/** What journeys are made from. */
export interface JourneyParts {
  readonly office: HeadOffice
  readonly crew: Crew
  readonly returns: Returns
  nowMs(): number
  isHosted(definition: string): boolean
  leave(thread: number, order: MoveOrder): Promise<MoveOutcome>
}

/** Which root would go, and to which thread. */
export interface Journey {
  readonly entry: HomeEntry
  readonly target: number
}

export class Journeys {
  readonly #parts: JourneyParts

  constructor(parts: JourneyParts) {
    this.#parts = parts
  }

  /**
   * Moves a root and all below it to another thread.
   * @throws {Fault} `actor-unknown` `thread-unknown` `move-refused` `moves-full`, and those of the move itself
   */
  async move(path: string, slot: number, deadlineMs: number): Promise<MoveOutcome> {
    const { office, leave, nowMs } = this.#parts
    const { entry, target } = this.plan(path, slot)
    if (target === entry.thread) return { actors: 0, pausedMs: 0 }
    const decision = office.decisions.begin()
    if (decision === undefined) throw movesFull(path)
    const order = { home: entry.home, target, deadlineMs, idleMs: entry.order.idleMs, ...decision }
    entry.state = 'moving'
    entry.move = order
    try {
      const outcome = await leave(entry.thread, order)
      entry.movedMs = nowMs()
      office.homes.change(entry, order.home.epoch, target)
      return outcome
    } catch (error) {
      // Whatever went wrong: the word alone says where the root lives.
      if (office.decisions.abort(order) === 'committed') office.homes.change(entry, order.home.epoch, target)
      throw error
    } finally {
      office.decisions.end(decision)
      this.#ended(entry)
    }
  }

  /** @throws {Fault} `actor-unknown` `thread-unknown` `move-refused` */
  plan(path: string, slot: number): Journey {
    const { crew, isHosted } = this.#parts
    const entry = this.#movable(path)
    const member = slot === 0 ? undefined : crew.inSlot(slot)
    const target = slot === 0 ? 0 : member?.id
    if (target === undefined) throw threadUnknown(path, slot)
    if (member?.kind === 'dedicated' && target !== entry.thread) throw dedicatedTo(path, slot)
    const { definition } = entry.order
    if (target !== 0 && target !== entry.thread && !isHosted(definition)) throw unhosted(path, definition)
    return { entry, target }
  }

  #movable(path: string): HomeEntry {
    const { homes } = this.#parts.office
    const entry = homes.get(path)
    if (entry === undefined) {
      const under = homes.under(path)
      throw under === undefined ? actorUnknown(path) : notRoot(path, under.top)
    }
    const [kin] = homes.kinOf(path)
    if (kin !== undefined) throw kinStay(path, kin.top)
    if (entry.state === 'settled') return entry
    throw notSettled(path, entry.state)
  }

  #ended(entry: HomeEntry): void {
    const { office, crew, returns } = this.#parts
    entry.move = undefined
    if (office.homes.get(entry.top) !== entry) return
    if (entry.thread === 0 || crew.member(entry.thread) !== undefined) entry.settle()
    else if (entry.isEntity) office.ends(entry, NODE_LOST)
    else void returns.take([entry], { kind: 'shared', slot: 0 }, threadLost(entry.thread, 'go on'))
  }
}
