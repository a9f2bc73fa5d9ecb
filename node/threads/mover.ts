// A mover: takes roots out of one runtime and into another, so that at every instant exactly one of the two has them.
import { capture } from '../../runtime/capture.ts'
import { dataFlaw, pinFlaw } from '../../runtime/capture-flaw.ts'
import type { Ask } from '../../runtime/ask.ts'
import { busy, halting, settling, starting } from '../../runtime/cell-flags.ts'
import { Far } from '../../runtime/far.ts'
import { FarOrigin } from '../../transports/link/far-origin.ts'
import { Fault } from '../../runtime/fault.ts'
import { quiesce, subtree } from '../../runtime/quiesce.ts'
import { refAt } from '../../runtime/ref.ts'
import { restore } from '../../runtime/restore.ts'
import { pause, within } from './within-time.ts'
import type { Captured } from '../../runtime/captured.ts'
import type { Cell } from '../../runtime/cell.ts'
import type { Departure } from '../../runtime/departure.ts'
import type { Origin } from '../../runtime/envelope.ts'
import type { RestoreContext } from '../../runtime/furnish.ts'
import type { Home } from '../../transports/link/record.ts'
import type { Decisions } from './decisions.ts'
import type { MoveOrder, MoveOutcome } from './orders.ts'
import type { Resident } from './resident.ts'

/** Milliseconds that a target has for taking a root in before the move is given up. */
export const arriveMsMax = 10_000

/** How often a move begins anew because something that its root has sent waits on its way. */
export const clearTriesMax = 20
/** Milliseconds between two of these. */
const clearPauseMs = 5

/** The steps of a move, in order; tests end threads at each. */
export const moveSteps = [
  'quiesced',
  'captured',
  'sent',
  'restored',
  'committed',
  'activated',
  'discarded',
] as const

export type MoveStep = (typeof moveSteps)[number]

/** What moves along of an ask. */
interface CapturedAsk {
  readonly thread: number
  readonly id: number
  readonly remainingMs: number
  readonly chain: readonly number[]
}

export class Mover {
  readonly #resident: Resident
  readonly #decisions: Decisions
  readonly #failpoint: ((step: MoveStep, top: string) => void) | undefined

  /** @param failpoint called at each step of each move; what it throws ends the move's code there, as the death of the thread would */
  constructor(
    resident: Resident,
    decisions: Decisions,
    failpoint: ((step: MoveStep, top: string) => void) | undefined,
  ) {
    this.#resident = resident
    this.#decisions = decisions
    this.#failpoint = failpoint
  }

  /**
   * Moves a root away. Before the move is decided it stays, whatever happens.
   * @throws {Fault} `move-refused` `state-unmovable` `move-busy` `actor-unknown`, and what the target refuses with
   */
  async leave(order: MoveOrder): Promise<MoveOutcome> {
    if ((this.#rootOf(order).flags & settling) !== 0) await this.#settled(order)
    if (!this.#resident.station.roads.links.has(order.target))
      await within(
        this.#resident.station.runtime.host,
        arriveMsMax,
        this.#resident.station.reach(order.target),
      )
    const root = this.#rootOf(order)
    // An actor at rest is captured in this turn, and the codec finds its flaws. Where a handler runs they are looked for before the pause.
    const flaw = pinFlaw(root) ?? (isAtRest(root) ? undefined : dataFlaw(root))
    if (flaw !== undefined) throw flaw
    const { station } = this.#resident
    const { clock } = root.host
    const startMs = clock.now()
    const departure = await this.#departClear(root, order)
    try {
      const arrival = station.call(order.target, 'arrive', { order, captured: departure.captured })
      // Whoever has given up before that comes does not hear of it.
      arrival.catch(() => undefined)
      station.hurry(order.target)
      this.#failpoint?.('sent', order.home.top)
      await within(root.host, arriveMsMax, arrival)
    } catch (error) {
      const fault = Fault.wrap(error, 'move-failed', `Cannot move "${order.home.top}"`)
      this.#settle(order, departure, fault)
      throw inOtherWords(root, fault)
    }
    this.#settle(order, departure, undefined)
    return { actors: departure.captured.cells.length, pausedMs: clock.now() - startMs }
  }

  /** Takes a root in. The shared word decides: until then the root does nothing here, from then on it lives here. */
  arrive(order: MoveOrder, captured: Captured): void {
    const { station } = this.#resident
    const { host, guardian } = station.runtime
    const { top, epoch } = order.home
    const arrival = restore(host, guardian, captured, this.#restoreContext())
    let isIn = false
    try {
      this.#failpoint?.('restored', top)
      isIn = this.#decisions.commit(order)
    } finally {
      if (!isIn) arrival.dispose()
    }
    if (!isIn) throw givenUp(top)
    this.#failpoint?.('committed', top)
    const home: Home = { top, thread: station.thread, epoch: epoch + 1 }
    this.#resident.adopt(arrival.root, home, order.idleMs)
    arrival.activate()
    this.#failpoint?.('activated', top)
  }

  /** A root that has just come does not leave before everything on its way to it has arrived: two tails would mix. */
  async #settled({ home: { top }, deadlineMs }: MoveOrder): Promise<void> {
    const { roads, runtime } = this.#resident.station
    const settled = new Promise<void>((resolve) => roads.whenSettled(top, resolve))
    await within(runtime.host, deadlineMs, settled)
  }

  #rootOf({ home }: MoveOrder): Cell {
    const root = this.#resident.station.runtime.cellAt(home.top)
    if (root !== undefined) return root
    throw new Fault('actor-unknown', `Cannot move "${home.top}": it has ended`, {
      hint: 'See who lives with "tree".',
    })
  }

  /**
   * Captures a root once all that it has sent has arrived, or waits on no way of its own: what it sends from its new home would overtake it.
   * @throws {Fault} `move-busy` some of that waits for longer, because its receivers move too
   */
  async #departClear(root: Cell, order: MoveOrder): Promise<Departure> {
    const { station } = this.#resident
    const { clearing } = station.arrivals
    const { top } = order.home
    for (let tries = 1; ; tries++) {
      const departure = await this.#depart(root, order)
      try {
        // What waits now and goes off before the answers come would be behind the questions: so this is asked first.
        const waits = clearing.holdsFrom(top)
        // Most often nobody has anything left to read, and the move goes on in the same turn.
        const isClear =
          !waits && (clearing.isClear || (await within(root.host, arriveMsMax, clearing.clear())))
        if (isClear) return departure
      } catch (error) {
        this.#giveUp(order, departure)
        throw error
      }
      this.#giveUp(order, departure)
      if (tries === clearTriesMax) throw unclear(top)
      await pause(root.host, clearPauseMs)
    }
  }

  /** Whatever waited for the root is for somebody here after all. */
  #giveUp({ home }: MoveOrder, departure: Departure): void {
    departure.release()
    this.#resident.station.roads.stayed(home.top, home.epoch)
  }

  #depart(root: Cell, { home, deadlineMs }: MoveOrder): Promise<Departure> {
    const { roads } = this.#resident.station
    return new Promise((resolve, reject) => {
      quiesce(root, { deadlineMs }, (result) => {
        if (result !== 'still') {
          reject(result)
          return
        }
        try {
          this.#failpoint?.('quiesced', home.top)
          const departure = capture(root, this.#captureContext())
          roads.leaving(home)
          this.#failpoint?.('captured', home.top)
          resolve(departure)
        } catch (error) {
          reject(Fault.wrap(error, 'move-failed', `Cannot move "${home.top}"`))
        }
      })
    })
  }

  /** Acts on how the move was decided. A fault does not decide it: the target may have been faster. */
  #settle(order: MoveOrder, departure: Departure, fault: Fault | undefined): void {
    const { roads } = this.#resident.station
    const { top, epoch } = order.home
    const isGone = fault === undefined || this.#decisions.abort(order) === 'committed'
    if (isGone) {
      departure.discard()
      roads.left({ top, thread: order.target, epoch: epoch + 1 })
      this.#failpoint?.('discarded', top)
      return
    }
    departure.release()
    roads.stayed(top, epoch)
  }

  #captureContext(): Parameters<typeof capture>[1] {
    const { station } = this.#resident
    const { host } = station.runtime
    return {
      origin: (origin) => this.#askOf(origin),
      watchedBy: (cell, token, hear) => this.#resident.handWatchOver(cell, token, hear),
      watches: (path, target) => this.#resident.watchFor(path, target),
      signal: (path, signal) => {
        if (signal.type === 'down') this.#resident.tellEnd(path, signal.ref.path, signal.exit)
      },
      offer: (envelope, timeoutMs) => {
        const to = new Far(envelope.to.path)
        return host.elsewhere?.offer(to, envelope, timeoutMs) ?? Promise.resolve()
      },
    }
  }

  #askOf(origin: Origin): CapturedAsk {
    const { station } = this.#resident
    const nowMs = station.runtime.host.clock.now()
    if (origin instanceof FarOrigin) {
      const { thread, id, dueMs, chain } = origin.ask
      return { thread, id, remainingMs: dueMs - nowMs, chain }
    }
    // An origin that is neither a timer's nor from elsewhere is an ask of somebody here.
    const ask = origin as Ask
    if (ask.table !== station.replies) {
      ask.id = station.replies.open(ask, station.thread)
      ask.table = station.replies
    }
    return { thread: station.thread, id: ask.id, remainingMs: ask.dueMs - nowMs, chain: [] }
  }

  #restoreContext(): RestoreContext {
    const { station, definitions } = this.#resident
    const { host } = station.runtime
    return {
      definitionOf: (name) => definitions.get(name),
      origin: (data) => {
        const { remainingMs, ...ask } = data as CapturedAsk
        return station.arrivals.originOf({ ...ask, dueMs: host.clock.now() + remainingMs })
      },
      party: (path) => new Far(path),
      ref: (path) => refAt(host, path),
      watches: (cell, path) => this.#resident.watch(path, { path: cell.path }),
      watched: (cell) => this.#resident.report(cell),
    }
  }
}

/** What the codec refused is said of the actor whose it is. */
function inOtherWords(root: Cell, fault: Fault): Fault {
  if (fault.code === 'payload-unencodable') return dataFlaw(root) ?? fault
  if (fault.code !== 'payload-too-large') return fault
  return new Fault(
    'state-unmovable',
    `Cannot move "${root.path}": what it and those below it have is too large to cross`,
    {
      hint: 'Keep large data out of the actor, or split it up among several roots.',
      cause: fault,
    },
  )
}

function isAtRest(root: Cell): boolean {
  return subtree(root).every(({ flags }) => (flags & (busy | starting | halting)) === 0)
}

function unclear(top: string): Fault {
  return new Fault(
    'move-busy',
    `Cannot move "${top}": what it has sent waits for receivers that move too, ${clearTriesMax} times in a row`,
    { hint: 'Move it when the others have come to rest.' },
  )
}

function givenUp(top: string): Fault {
  return new Fault('move-given-up', `Cannot move "${top}": the move was given up before it was decided`, {
    hint: 'See "threads" whether the target is busy, and move again.',
  })
}
