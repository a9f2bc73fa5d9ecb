// Roads: the ways from one runtime to all roots that live elsewhere; they keep the order of each sender's messages while roots move.
import { cellFor, deliverHere } from './deliver-here.ts'
import { Dispatch } from './dispatch.ts'
import { asksForMore, askTheWay, tellTheWay } from './asking.ts'
import { giveWay } from './crossing.ts'
import { doubtTheWay } from './doubt.ts'
import { endSettling } from './settling.ts'
import { Flushes } from './flushes.ts'
import { makeFarOffer } from './far-offer.ts'
import { Road } from './road.ts'
import { RoadMap } from './road-map.ts'
import { Links } from './links.ts'
import { Questions } from './questions.ts'
import { upwards } from '../../runtime/path.ts'
import type { Host } from '../../runtime/cell.ts'
import type { Elsewhere, Watcher } from '../../runtime/elsewhere.ts'
import type { Envelope } from '../../runtime/envelope.ts'
import type { Exit } from '../../runtime/exit.ts'
import type { Far } from '../../runtime/far.ts'
import type { Fault } from '../../runtime/fault.ts'
import type { Guide } from './guide.ts'
import type { Link } from './link.ts'
import type { ReplyTable } from './reply-table.ts'
import type { Home } from './record.ts'
import type { Traveller } from './traveller.ts'

/** Messages that may wait for their way in one runtime; more become dead letters. About what one mailbox may hold. */
export const heldMax = 100_000

/** What roads are made from. */
export interface RoadParts {
  readonly host: Host
  /** This runtime's own number. */
  readonly thread: number
  readonly replies: ReplyTable
  readonly guide: Guide
}

export class Roads implements Elsewhere {
  readonly links: Links = new Links()
  /** The epochs of the roots that live here. */
  readonly epochs: Map<string, number> = new Map()
  readonly #parts: RoadParts
  readonly map: RoadMap = new RoadMap()
  readonly #questions = new Questions()
  readonly dispatch: Dispatch
  readonly flushes: Flushes

  constructor(parts: RoadParts) {
    this.#parts = parts
    this.flushes = new Flushes(parts.host, parts.thread, (road) => this.#giveWay(road))
    this.dispatch = new Dispatch(parts.host, parts.thread, parts.replies)
  }

  /** Roads that wait until what was sent on them before has arrived. */
  get flushing(): number {
    return this.flushes.count
  }

  /** Messages that wait for a way. */
  get held(): number {
    return this.#questions.held + this.map.held
  }

  /** Whether something waits here for its way of which `of` says yes. */
  holds(of: (traveller: Traveller) => boolean): boolean {
    return this.map.holds(of) || this.#questions.holds(of)
  }

  /** Takes out all that wait for their way of which `of` says yes. */
  takeOut(of: (traveller: Traveller) => boolean): Traveller[] {
    return [...this.map.takeOut(of), ...this.#questions.takeOut(of)]
  }

  /** Says where a path leads, at once or later; undefined where no root's path is a beginning of it. */
  resolve(path: string, answer: (home: Home | undefined) => void): void {
    this.#parts.guide.resolve(path, answer)
  }

  /** All that are remembered. */
  all(): IterableIterator<Road> {
    return this.map.values()
  }

  tell(to: Far, envelope: Envelope, transfer?: readonly ArrayBuffer[]): void {
    const { road } = to
    if (road instanceof Road && road.isOpen && road.link !== undefined && !road.link.isFull) {
      road.sent++
      this.dispatch.tell(road.link, envelope, transfer)
      return
    }
    this.dispatch.check(envelope)
    this.route({ type: 'message', to, envelope, hops: 0 })
  }

  send(to: Far, envelope: Envelope): void {
    const { road } = to
    if (road instanceof Road && road.isOpen && road.link !== undefined) {
      // The dispatch looks at the payload itself.
      this.#along(road, { type: 'message', to, envelope, hops: 0 })
      return
    }
    try {
      this.dispatch.check(envelope)
    } catch (fault) {
      this.dispatch.bury(envelope, 'payload-unencodable', fault as Fault)
      return
    }
    this.route({ type: 'message', to, envelope, hops: 0 })
  }

  offer(to: Far, envelope: Envelope, timeoutMs: number): Promise<void> {
    this.dispatch.check(envelope)
    return makeFarOffer(this.#parts, { to, envelope, timeoutMs }, (offer) =>
      this.route({ type: 'offer', to, offer, hops: 0 }),
    )
  }

  stop(to: Far): void {
    this.route({ type: 'stop', to, hops: 0 })
  }

  kill(to: Far): void {
    this.route({ type: 'kill', to, hops: 0 })
  }

  watch(path: string, watcher: Watcher): () => void {
    return this.#parts.guide.watch(path, watcher)
  }

  ended(path: string, exit: Exit): void {
    this.#parts.guide.ended(path, exit)
  }

  /** Puts something on its way: along a road, into the hands of somebody here, or behind the question where its receiver lives. */
  route(traveller: Traveller): void {
    const { host } = this.#parts
    const { to } = traveller
    const road = this.map.to(to)
    if (road !== undefined) this.#along(road, traveller)
    // Whoever lives here, or would live below a root that does: the main thread need not be asked who else might have it.
    else if ((cellFor(host, to) ?? upwards(to.path, (top) => this.epochs.get(top))) !== undefined)
      this.#arrive(traveller)
    else this.#ask(to.path, traveller)
  }

  /** Somebody sent here what is not for anybody here. It goes on, and the sender hears of a better way. */
  strayed(link: Link, traveller: Traveller): void {
    const road = this.map.to(traveller.to)
    if (road?.isOpen === true && road.link === link)
      doubtTheWay(this.#parts, road, this.flushes, (home) => this.moved(home))
    else if (road?.isOpen === true && !road.told.has(link.thread)) {
      road.told.add(link.thread)
      link.moved(road.home)
    }
    this.route(traveller)
  }

  /** It is known now where a root lives: what has waited for that goes first, before anything newer finds the way. */
  placed(top: string): void {
    for (const [path, travellers] of this.#questions.about(top)) {
      // What goes first may end the root, and with that answer the others.
      if (this.#questions.close(path, travellers)) for (const traveller of travellers) this.route(traveller)
    }
  }

  /** A root has left: what comes for it waits until it is known where it went. */
  leaving(home: Home): void {
    const road = new Road(home)
    this.epochs.delete(home.top)
    this.map.add(road)
  }

  /** It went there, and lives. */
  left(home: Home): void {
    const road = this.map.get(home.top)
    if (road === undefined || road.isOpen) return
    road.home = home
    this.#openTo(road)
  }

  /** It stays: what has waited is for somebody here. */
  stayed(top: string, epoch: number): void {
    this.epochs.set(top, epoch)
    this.#end(this.map.get(top))
  }

  /**
   * A root lives here now. What was sent to it from here before may be on its way still, and comes back here behind all else: until then
   * whoever sends from here has to wait, and so has what comes here and was not sent on from here. Says whether there is such a way.
   */
  cameHere(home: Home): boolean {
    this.epochs.set(home.top, home.epoch)
    const road = this.map.get(home.top)
    if (road === undefined) return false
    road.home = home
    if (road.isOpen && road.link !== undefined && !road.link.isClosed) {
      this.flushes.begin(road, road.link)
      return true
    }
    // Held for another reason: a flush of its own is on its way already, or nothing was ever sent.
    if (road.flushId !== undefined && road.link?.isClosed === false) return true
    this.#end(road)
    return false
  }

  /** Whether what is sent to it from here has to wait now. */
  isHeld(to: Far): boolean {
    return this.map.to(to)?.isOpen === false
  }

  /** Calls when everything that was sent on from here to a root that lives here now has come back; at once if nothing is on its way. */
  whenSettled(top: string, run: () => void): void {
    const road = this.map.get(top)
    if (road === undefined) run()
    else road.whenOver.push(run)
  }

  /** A root that lived here has ended. */
  gone(top: string): void {
    this.epochs.delete(top)
  }

  /** Somebody says where a root lives; the newest home counts. */
  moved(home: Home): void {
    const road = this.map.get(home.top)
    if (road === undefined || home.epoch <= road.home.epoch || home.thread === this.#parts.thread) return
    road.home = home
    road.told.clear()
    if (road.isOpen && road.link !== undefined) this.flushes.begin(road, road.link)
  }

  /** A flush came back: all that was sent on the old way has arrived there. */
  flushed(id: number, home: Home | undefined): void {
    const road = this.flushes.take(id)
    if (road === undefined) return
    if (home !== undefined && home.epoch > road.home.epoch) road.home = home
    if (home === undefined || road.isLeaving || road.home.thread === this.#parts.thread) this.#end(road)
    else this.#openTo(road)
  }

  /** Whether this runtime stands on the border between those that ask and the root: then it may answer in the root's place. */
  answersForOthers(from: number, to: Far): boolean {
    return this.map.to(to)?.isAcross(from, this.#parts.thread) === true
  }

  /** Answers a flush that has come to where its root lives, or to the border in front of it. */
  answerFlush(top: string, id: number, replyTo: number): void {
    const epoch = this.epochs.get(top) ?? this.map.get(top)?.home.epoch ?? 0
    const home = { top, thread: this.#parts.thread, epoch }
    if (replyTo === this.#parts.thread) this.flushed(id, home)
    else this.links.when(replyTo, (link) => link?.flushed(id, home))
  }

  linked(link: Link): void {
    this.links.set(link)
    for (const road of this.map.values()) {
      const isWaiting = !road.isOpen && road.flushId === undefined
      if (isWaiting && road.home.thread === link.thread) this.#openTo(road)
    }
  }

  /** A link has room again. */
  room(link: Link): void {
    if (link.isFull) return
    for (const traveller of this.dispatch.takeCrowded(link)) this.route(traveller)
  }

  /** A link is closed: whatever went that way needs another, and what never left goes first. */
  lost(link: Link, unsent: readonly Traveller[]): void {
    this.links.delete(link.thread)
    for (const road of this.map.values()) {
      if (road.link !== link) continue
      road.hold()
      this.flushes.forget(road)
      road.link = undefined
    }
    const others = this.map.holdFirst(unsent)
    this.#askAgainAbout(link.thread)
    for (const traveller of [...others, ...this.dispatch.takeCrowded(link)]) this.route(traveller)
  }

  /** A thread is no more, and the main thread knows what becomes of its roots: roads that led there ask again. */
  threadLost(thread: number): void {
    this.links.lose(thread)
    this.#askAgainAbout(thread)
  }

  #askAgainAbout(thread: number): void {
    for (const road of this.map.values().toArray())
      if (road.link === undefined || road.home.thread === thread) this.#askAgain(road)
  }

  #askAgain(road: Road): void {
    this.#parts.guide.resolve(road.top, (home) => {
      if (road.isOver || road.isOpen) return
      if (home !== undefined && home.epoch >= road.home.epoch) road.home = home
      // Also to one who sleeps: what is on the old way wakes it, and goes first.
      const isOnOldWay = home === undefined || road.link?.thread !== road.home.thread
      if (road.link?.isClosed === false && isOnOldWay) this.flushes.begin(road, road.link)
      else if (home === undefined || home.thread === this.#parts.thread) this.#end(road)
      else this.#openTo(road)
    })
  }

  #along(road: Road, traveller: Traveller): void {
    const link = road.wayFor(traveller, this.#parts.thread, this.links)
    if (road.answers(traveller, this.#parts.thread)) this.#arrive(traveller)
    else if (link !== undefined) this.#sendAlong(road, link, traveller)
    // A marker is one for each road, and has to arrive.
    else if (this.held < heldMax || traveller.type === 'flush') this.map.hold(road, traveller)
    else this.dispatch.refuse(traveller, 'wire-full')
  }

  #sendAlong(road: Road, link: Link, traveller: Traveller): void {
    road.sent++
    this.dispatch.send(link, traveller)
  }

  #ask(path: string, traveller: Traveller): void {
    if (this.held >= heldMax) return this.dispatch.refuse(traveller, 'wire-full')
    if (this.#questions.join(path, traveller)) return
    const travellers = this.#questions.open(path, traveller)
    const { guide, host, thread } = this.#parts
    askTheWay(guide, traveller, host.clock.now(), (found) => {
      // Nobody waits for this answer any more: they were seen to when it became known otherwise.
      if (!this.#questions.close(path, travellers)) return
      if (typeof found === 'object' && found.thread !== thread) this.#roadOf(found)
      for (const one of travellers) {
        const road = this.map.to(one.to)
        if (road !== undefined) this.#along(road, tellTheWay(road, one, this.links))
        else if (asksForMore(one, traveller, found)) this.route(one)
        else if (typeof found === 'string' && one.type !== 'flush') this.dispatch.refuse(one, found)
        else this.#arrive(one)
      }
    })
  }

  #roadOf(home: Home): Road {
    const known = this.map.get(home.top)
    if (known !== undefined) return known
    const road = new Road(home)
    if (this.map.isFull) this.#forgetOldest()
    this.map.add(road)
    this.#openTo(road)
    // What waits for the way to other paths below the same root goes first, before anything newer finds the road.
    this.placed(home.top)
    return road
  }

  /** What was sent on it must have arrived before anybody looks for the way anew. */
  #forgetOldest(): void {
    const oldest = this.map.oldestOpen()
    if (oldest !== undefined) this.flushes.leave(oldest.road, oldest.link)
  }

  /** Opens a road to its home, once there is a link. */
  #openTo(road: Road): void {
    const link = this.links.get(road.home.thread)
    if (link === undefined || link.isClosed) {
      road.hold()
      // The answer was on its way when the thread was lost.
      if (this.links.isLost(road.home.thread)) this.#askAgain(road)
      return
    }
    road.open(link)
    road.told.clear()
    for (const traveller of this.map.release(road)) this.#sendAlong(road, link, traveller)
  }

  #giveWay(road: Road): void {
    const link = this.links.get(road.home.thread)
    for (const one of giveWay(road, this.map, this.links))
      if (link !== undefined) this.#sendAlong(road, link, one)
  }

  /** Nobody needs this road any more: what waits looks for another way. */
  #end(road: Road | undefined): void {
    if (road === undefined) return
    road.isOver = true
    road.isOpen = false
    this.flushes.forget(road)
    const held = this.map.delete(road)
    endSettling(this.#parts.host, road.top)
    for (const traveller of held) this.route(traveller)
    for (const run of road.whenOver.splice(0)) run()
  }

  /** Nobody elsewhere has its path: it is for somebody here, or for nobody. */
  #arrive(traveller: Traveller): void {
    const { host, thread } = this.#parts
    const cell = cellFor(host, traveller.to)
    if (deliverHere(host, cell, traveller) || traveller.type !== 'flush') return
    const { id, replyTo } = traveller
    if (cell !== undefined) this.answerFlush(cell.path, id, replyTo)
    else if (replyTo === thread) this.flushed(id, undefined)
    else this.links.when(replyTo, (link) => link?.flushed(id, null))
  }
}
