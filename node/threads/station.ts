// A station: one runtime with its links to the others of its node, whichever thread it is in.
import { Ask } from '../../runtime/ask.ts'
import { Arrivals } from '../../transports/link/arrivals.ts'
import { isNode } from '../../transports/link/border.ts'
import { Fault } from '../../runtime/fault.ts'
import { Link } from '../../transports/link/link.ts'
import { ReplyTable } from '../../transports/link/reply-table.ts'
import { Roads } from '../../transports/link/roads.ts'
import { refAt } from '../../runtime/ref.ts'
import type { Border } from '../../transports/link/border.ts'
import type { Desk } from '../../transports/link/arrivals.ts'
import type { Guide } from '../../transports/link/guide.ts'
import type { Runtime } from '../../runtime/runtime.ts'
import type { Traveller } from '../../transports/link/traveller.ts'
import type { Wire } from '../../runtime/wire.ts'

/** What a station is made from. */
export interface StationParts {
  /** Its number; 0 is the main thread. */
  readonly thread: number
  readonly runtime: Runtime
  readonly guide: Guide
  readonly desk: Desk
  /** Of a main thread: how other nodes read its numbers. */
  readonly border?: Border | undefined
  /** Whether another node may say something of that sender. */
  maySpeak?(node: number, sender: string): boolean
  /** A link has closed; called before anybody looks for another way to the roots that lived there. */
  lost?(thread: number): void
}

export class Station {
  readonly thread: number
  readonly runtime: Runtime
  readonly replies: ReplyTable = new ReplyTable()
  readonly roads: Roads
  readonly arrivals: Arrivals
  /** Records that were written to threads that died before they read them. */
  lostRecords = 0
  readonly #parts: StationParts

  constructor(parts: StationParts) {
    const { thread, runtime, guide, desk } = parts
    const { host } = runtime
    this.thread = thread
    this.runtime = runtime
    this.#parts = parts
    this.roads = new Roads({ host, thread, replies: this.replies, guide })
    const { border } = parts
    const maySpeak = parts.maySpeak?.bind(parts) ?? ((): boolean => true)
    this.arrivals = new Arrivals({ host, thread, replies: this.replies, border, maySpeak }, this.roads, desk)
    host.elsewhere = this.roads
  }

  /** Begins to talk to another thread, or to another node by its number below zero. */
  link(thread: number, wire: Wire, bulk?: Wire): Link {
    const { host } = this.runtime
    const { border } = this.#parts
    const refOf = (path: string): unknown => refAt(host, path)
    const parts = { thread, wire, bulk, clock: host.clock, border, refAt: refOf }
    return new Link(parts, {
      opening: (opened) => this.roads.linked(opened),
      arrived: (from, arrival) => this.arrivals.take(from, arrival),
      closed: (closed) => this.#closed(closed),
      room: (free) => this.roads.room(free),
      spoilt: (_link, spoilt, fault) => this.arrivals.spoilt(spoilt, fault),
    })
  }

  /** Asks another runtime itself. @throws {Fault} `thread-lost`, and what it refuses with */
  call(thread: number, verb: string, input: unknown): Promise<unknown> {
    const link = this.roads.links.get(thread)
    return new Promise((resolve, reject) => {
      if (link === undefined || link.isClosed) {
        reject(threadLost(thread, `do "${verb}"`))
        return
      }
      const refuse = (fault: unknown): void => reject(Fault.wrap(fault, 'call-failed', `Cannot do "${verb}"`))
      const id = this.replies.open({ settle: resolve, refuse }, thread)
      try {
        link.call(id, verb, input)
      } catch (fault) {
        this.replies.delete(id)
        refuse(fault)
      }
    })
  }

  /** Resolves once there is a link to a thread that may only just have started. @throws {Fault} `thread-lost` */
  reach(thread: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.roads.links.when(thread, (link) => {
        if (link === undefined) reject(threadLost(thread, 'reach it'))
        else resolve()
      })
    })
  }

  /** Sends what was gathered for another thread at once. */
  hurry(thread: number): void {
    this.roads.links.get(thread)?.hurry()
  }

  /** Tells another runtime itself; nothing happens where it is gone. */
  control(thread: number, verb: string, input: unknown): void {
    this.roads.links.get(thread)?.control(verb, input)
  }

  /** The main thread knows that a thread is no more; the wire may have told so before, or not yet. */
  threadLost(thread: number): void {
    if (isNode(thread)) this.arrivals.lostWays.nodeLost(thread)
    this.roads.threadLost(thread)
    this.roads.links.get(thread)?.wire.cut()
  }

  #closed(link: Link): void {
    const { thread } = link
    if (this.roads.links.get(thread) !== link) return
    this.#parts.lost?.(thread)
    const { lostWays } = this.arrivals
    const unsent = lostWays.kept(link, this.arrivals.travellersOf(link.takeUnsent()))
    const { written, taken } = link.wire.counts('messages')
    this.lostRecords += written - taken
    for (const waiting of this.replies.takeAll(thread, unsentAsks(unsent, this.thread)))
      waiting.refuse(threadLost(thread, 'have an answer'))
    this.roads.lost(link, unsent)
  }
}

/** The numbers of this runtime's asks that somebody else will be asked. */
function unsentAsks(travellers: readonly Traveller[], thread: number): Set<number> {
  return new Set(
    travellers.flatMap((traveller) => {
      if (traveller.type === 'offer') return traveller.offer.replyTo === thread ? [traveller.offer.id] : []
      const origin = traveller.type === 'message' ? traveller.envelope.origin : undefined
      return origin instanceof Ask ? [origin.id] : []
    }),
  )
}

/** The fault of whoever waits for an answer out of a thread, or a node, that is no more. */
export function threadLost(thread: number, attempt: string): Fault {
  if (isNode(thread)) return nodeLost(-thread, attempt)
  return new Fault('thread-lost', `Cannot ${attempt}: thread ${thread} was lost, the outcome is unknown`, {
    hint: 'See "threads" for the reason; try again only if doing it twice does no harm.',
    outcome: 'unknown',
  })
}

function nodeLost(member: number, attempt: string): Fault {
  return new Fault('node-lost', `Cannot ${attempt}: member ${member} was lost, the outcome is unknown`, {
    hint: 'See "why" with the name of that node; try again only if doing it twice does no harm.',
    outcome: 'unknown',
  })
}
