// A fleet: the threads of a node and the roots in them: it spawns, moves, and starts again what a lost thread took along.
import { Border, isNode } from '../../transports/link/border.ts'
import { auditOf } from './bookkeeping.ts'
import { Crew } from './crew.ts'
import { Fault } from '../../runtime/fault.ts'
import { NODE_LOST } from '../../runtime/exit.ts'
import { killForGood } from '../../runtime/ending.ts'
import { HeadOffice } from './head-office.ts'
import { invariant } from '../../runtime/invariant.ts'
import { Journeys, moveDeadlineMsDefault } from './journeys.ts'
import { nameTaken } from './homes.ts'
import { JournalDesk } from './journal-desk.ts'
import { LeaseWord } from './lease-word.ts'
import { loadEverywhere } from './loading.ts'
import { Mover } from './mover.ts'
import { place } from './place.ts'
import { refAt } from '../../runtime/ref.ts'
import { Resident } from './resident.ts'
import { Returns } from './returns.ts'
import { ResidentDesk } from './resident-desk.ts'
import { orderOf } from './spawn-order.ts'
import { awakenerOf } from './waking.ts'
import type { ActorDefinition } from '../../runtime/definition.ts'
import type { LocalRef } from '../../runtime/ref.ts'
import type { Desk } from '../../transports/link/arrivals.ts'
import type { FleetParts, RootRequest } from './fleet-parts.ts'
import type { Link } from '../../transports/link/link.ts'
import type { SpawnOrder } from './spawn-order.ts'
import type { Home } from '../../transports/link/record.ts'
import type { EntityKeeper } from '../entities/entity-keeper.ts'
import type { FarAwakener } from '../entities/far-awakener.ts'
import type { Books, NodeAudit } from './books.ts'
import type { Member } from './crew.ts'
import type { HomeEntry } from './homes.ts'
import type { Calls, MoveOutcome, Notes } from './orders.ts'
import type { ThreadFacts } from './place.ts'

export class Fleet {
  /** How other nodes read this one's numbers. */
  readonly border: Border = new Border()
  /** Says whether another node may say something of a sender; all may while this node is alone. */
  maySpeak: (node: number, sender: string) => boolean = () => true
  /** What comes from other nodes to the node itself. */
  nodeDesk: Desk | undefined = undefined
  readonly office: HeadOffice
  readonly resident: Resident
  readonly crew: Crew
  readonly #parts: FleetParts
  readonly #desk: ResidentDesk
  readonly journeys: Journeys
  readonly #returns: Returns
  /** Undefined on a node without a journal. */
  readonly #journal: JournalDesk | undefined
  /** The modules that all threads have loaded. */
  readonly #hosted = new Set<string>()
  #lease = new LeaseWord()
  #isStopping = false

  constructor(parts: FleetParts) {
    const { runtime, definitions, failpoint } = parts
    this.#parts = parts
    this.#journal = this.#journalDesk()
    this.office = new HeadOffice(() => this.resident)
    this.office.homes.emptied = (thread) => this.#emptied(thread)
    this.office.sleepers = this.#awakener(parts.entities)
    this.#desk = new ResidentDesk(() => ({
      resident: this.resident,
      mover,
      otherCall: ({ thread }, verb, input) => this.#answer(thread, verb, input),
      otherNote: (link, verb, input) => this.#note(link.thread, verb, input),
    }))
    this.resident = this.#residentOf(parts)
    const mover = new Mover(
      this.resident,
      this.office.decisions,
      failpoint === undefined ? undefined : (step, top) => failpoint(0, step, top),
    )
    const { words } = this.office.decisions
    const options = {
      name: parts.name,
      strict: parts.strict,
      journal: this.#journal !== undefined,
      threadStallMs: parts.threadStallMs,
      heapMiBMax: parts.threadHeapMiBMax,
      decisions: words,
      lease: () => (parts.isLeased === true ? this.#lease.words : undefined),
      load: () => definitions.sources(),
    }
    this.crew = new Crew(parts.threads, runtime.host, options, {
      started: (thread) => void this.resident.station.link(thread.id, thread.wire),
      lost: (member, why) => void this.#lost(member, why),
      ping: (thread) => this.call(thread, 'ping', null),
    })
    this.#returns = new Returns({
      crew: this.crew,
      office: this.office,
      nowMs: () => runtime.host.clock.now(),
      spawn: (thread, order) => this.call(thread, 'spawn', order),
    })
    this.journeys = this.#journeysOf(this.#returns)
  }

  #journeysOf(returns: Returns): Journeys {
    return new Journeys({
      office: this.office,
      crew: this.crew,
      returns,
      nowMs: () => this.#parts.runtime.host.clock.now(),
      isHosted: (definition) => this.#isHosted(definition),
      leave: (thread, order) => this.call(thread, 'leave', order),
    })
  }

  #residentOf({ runtime, definitions }: FleetParts): Resident {
    return new Resident({
      thread: 0,
      runtime,
      definitions,
      office: this.office,
      desk: {
        call: (link, verb, input) => this.#deskFor(link).call(link, verb, input),
        control: (link, verb, input) => this.#deskFor(link).control(link, verb, input),
      },
      border: this.border,
      maySpeak: (other, sender) => this.maySpeak(other, sender),
      lost: (thread) => this.#wireLost(thread),
    })
  }

  /** Other nodes have a desk of their own: what threads may order is none of their business. */
  #deskFor({ thread }: Link): Desk {
    if (!isNode(thread)) return this.#desk
    invariant(this.nodeDesk !== undefined, 'A node was linked to one that is in no cluster')
    return this.nodeDesk
  }

  /** From now on entities are woken in the threads. */
  #awakener(keeper: EntityKeeper): FarAwakener<Home> {
    keeper.goFar()
    return awakenerOf({
      host: this.#parts.runtime.host,
      homes: this.office.homes,
      keeper,
      threads: () => this.crew.serving.map(({ id }) => id),
      isStopping: () => this.#isStopping,
      epochFor: (path) => this.office.epochFor(path),
      keeps: (path) => this.office.beyond?.keeps(path) !== false,
      placeFor: (path, request) => this.#placeFor(path, request),
      spawn: (thread, order, definition) =>
        thread === 0 ? this.resident.spawn(order, definition) : this.call(thread, 'spawn', order),
      evict: (thread, input) => this.call(thread, 'evict', input),
    })
  }

  #journalDesk(): JournalDesk | undefined {
    const { durability } = this.#parts.runtime.host
    const isAlive = (thread: number): boolean => this.crew.member(thread)?.isLost === false
    return durability === undefined ? undefined : new JournalDesk(durability.journal, isAlive)
  }

  /** Starts the threads and waits until all that serve are ready. @throws {Fault} why one is not */
  async open(count: number): Promise<void> {
    for (const source of this.#parts.definitions.sources()) this.#hosted.add(source)
    await this.crew.open(count)
  }

  /** Imports a module here and in every thread. @throws {Fault} those of `Definitions.load`, here or in one of them */
  async load(file: string): Promise<string[]> {
    const prepared = await this.#parts.definitions.prepare(file)
    const names = await loadEverywhere(this.crew, prepared, (thread, url) => this.call(thread, 'load', url))
    this.#hosted.add(prepared.url)
    return names
  }

  /** Asks a thread, or the main thread itself. */
  async call<V extends keyof Calls>(
    thread: number,
    verb: V,
    input: Calls[V]['input'],
  ): Promise<Calls[V]['answer']> {
    // Both ends are this package's: `Calls` says what the answer is.
    const answer =
      thread === 0 ? this.#desk.answer(verb, input) : this.resident.station.call(thread, verb, input)
    return (await answer) as Calls[V]['answer']
  }

  /** Starts a root where it is to be, or where there is most room. @throws {Fault} those of `node.spawn` */
  async spawn(request: RootRequest): Promise<LocalRef> {
    const { host } = this.#parts.runtime
    const { definition, name, options, args, onLoss, isSingleton } = request
    const number = name === undefined ? ++host.totals.spawned : undefined
    const path = name ?? `${host.name}/${definition.name}$${(number ?? 0).toString(36)}`
    const { homes, beyond } = this.office
    if (homes.get(path) !== undefined) throw nameTaken(path)
    const thread = this.#placeFor(path, request)
    const rest = { path, number, definition, args, options, onLoss, isSingleton }
    const isClaimed = beyond !== undefined && name !== undefined
    const epoch = isClaimed ? await beyond.claim(orderOf({ ...rest, epoch: 0 })) : homes.nextEpoch
    return await this.#begin(orderOf({ ...rest, epoch }), definition, thread)
  }

  /**
   * Starts a root that is this node's by the word of the cluster: its own node was lost.
   * @throws {Fault} those of a spawn
   */
  async takeOver(order: SpawnOrder): Promise<LocalRef> {
    const definition = this.#parts.definitions.get(order.definition)
    const thread = this.#placeFor(order.path, { definition, wish: 'auto' })
    return await this.#begin(order, definition, thread)
  }

  async #begin(order: SpawnOrder, definition: ActorDefinition, thread: number): Promise<LocalRef> {
    const { path, options } = order
    const entry = this.office.homes.claim(order, thread)
    entry.restart = options.restart ?? definition.spec.child?.restart ?? entry.restart
    try {
      if (thread === 0) await this.resident.spawn(order, definition)
      else await this.call(thread, 'spawn', order)
    } catch (fault) {
      const hasMoved = entry.move !== undefined || entry.thread !== thread
      // Its thread was lost with the answer; what has moved has started.
      if (!hasMoved) {
        if (Fault.is(fault) && fault.code === 'thread-lost') this.office.ends(entry, NODE_LOST)
        else this.office.homes.release(entry)
        throw fault
      }
    }
    entry.hasStarted = true
    return refAt(this.#parts.runtime.host, path)
  }

  /** Moves a root and all below it to another thread. @throws {Fault} those of `Journeys.move` */
  move(path: string, slot: number, deadlineMs: number = moveDeadlineMsDefault): Promise<MoveOutcome> {
    return this.journeys.move(path, slot, deadlineMs)
  }

  /** What all threads have counted. */
  books(): Promise<NodeAudit> {
    const books = (thread: number): Promise<Books> => this.call(thread, 'books', null)
    const slotOf = (thread: number): number => this.slotOf(thread)
    return auditOf({ runtime: this.#parts.runtime, crew: this.crew, slotOf, books })
  }

  /** Sends entities of some shards to sleep in all threads, those that may. */
  async lull(shards: readonly number[]): Promise<void> {
    const threads = [0, ...this.crew.members.map(({ id }) => id)]
    // A thread that is lost has nobody awake any more.
    await Promise.all(threads.map((thread) => this.call(thread, 'lull', shards).catch(() => null)))
  }

  /** From now on actors have turns until then, by the main thread's clock; -Infinity for none at all. The main thread sees to itself. */
  mayActUntil(untilMs: number): void {
    this.#lease.extend(untilMs)
  }

  /** Ends all roots without a last word: they are another node's by now. The threads are replaced. */
  disown(): void {
    const { runtime } = this.#parts
    this.#lease.extend(-Infinity)
    // The old threads run until they have ended: nobody gives them leave again.
    this.#lease = new LeaseWord()
    for (const entry of this.office.homes.entries()) this.office.homes.release(entry)
    for (const root of runtime.guardian.children()) killForGood(root)
    for (const { thread } of this.crew.members) void thread.terminate()
  }

  /** Ends all actors in all threads, and then the threads. */
  async stop(): Promise<void> {
    this.#isStopping = true
    const members = this.crew.members
    const ends = members.map(({ id }) => this.call(id, 'stop', null).catch(() => null))
    await Promise.all(ends)
    // Not before: with the main thread's timers ends the watch over the others, and one that is blocked would never answer.
    await this.#parts.runtime.stop()
    await this.crew.close()
  }

  #placeFor(path: string, request: Pick<RootRequest, 'definition' | 'wish'>): number {
    const { homes } = this.office
    const isHosted = this.#isHosted(request.definition.name, request.definition)
    const { wish } = request
    const near = typeof wish === 'object' && 'near' in wish ? homes.under(wish.near) : undefined
    const placement = place(wish, {
      path,
      isHosted,
      threads: this.crew.serving.map((member) => this.#factsOf(member)),
      kin: homes.kinOf(path).map((kin) => ({ path: kin.top, slot: this.slotOf(kin.thread) })),
      ...(near === undefined ? {} : { nearSlot: this.slotOf(near.thread) }),
    })
    if (Fault.is(placement)) throw placement
    if ('slot' in placement) return placement.slot === 0 ? 0 : (this.crew.inSlot(placement.slot)?.id ?? 0)
    return this.crew.add('dedicated').id
  }

  slotOf(thread: number): number {
    return thread === 0 ? 0 : (this.crew.member(thread)?.slot ?? 0)
  }

  #factsOf(member: Member): ThreadFacts {
    const { slot, status, loadShare, id } = member
    return {
      slot,
      status: status === 'spare' ? 'up' : status,
      loadShare,
      roots: this.office.homes.countOn(id),
    }
  }

  /** Whether the threads have loaded it. Its module counts, not its name: a program may have another definition of that name. */
  #isHosted(name: string, definition?: ActorDefinition): boolean {
    const { definitions } = this.#parts
    const source = definitions.sourceOf(name)
    if (source === undefined || !this.#hosted.has(source)) return false
    return definition === undefined || definitions.find(name) === definition
  }

  /** A thread that was started for one root goes with it. */
  #emptied(thread: number): void {
    const member = this.crew.member(thread)
    if (member?.kind === 'dedicated' && !member.isLost) this.crew.retire(member)
  }

  #note(thread: number, verb: string, input: unknown): void {
    if (verb !== 'ready') {
      if (verb === 'journal-release') this.#journal?.release(input as Notes['journal-release'])
      else this.office.note(verb, input)
      return
    }
    const { fault } = input as Notes['ready']
    this.crew.ready(thread, fault === null ? undefined : Fault.from(fault))
  }

  /** What only the main thread can say. */
  #answer(thread: number, verb: string, input: unknown): Promise<unknown> | undefined {
    if (verb === 'resolve')
      return new Promise((resolve) =>
        this.office.resolve(input as string, (home) => resolve(this.#homeFor(thread, home))),
      )
    if (verb !== 'awaken') return this.#journal?.answer(thread, verb, input)
    const { path, waitMs } = input as Calls['awaken']['input']
    return new Promise((resolve) =>
      this.office.awaken(path, waitMs, (found) =>
        resolve(typeof found === 'string' ? found : this.#homeFor(thread, found)),
      ),
    )
  }

  /** As a thread has to read it: to it other nodes are behind the main one. */
  #homeFor(thread: number, home: Home | undefined): Home | null {
    return home === undefined ? null : this.border.homeOut(home, thread)
  }

  /** A thread runs no more: its roots come back, or end. */
  async #lost(member: Member, why: Fault): Promise<void> {
    const { homes } = this.office
    const { host } = this.#parts.runtime
    host.events.emit('thread-lost', { path: `thread ${member.slot}` }, why)
    // A root that has no place yet: whoever spawns it hears of the loss as the fault of that call.
    const placed = homes.on(member.id).filter(({ hasStarted, move }) => hasStarted || move !== undefined)
    for (const entry of homes.on(member.id)) if (!placed.includes(entry)) entry.state = 'starting'
    const entries = placed.filter((entry) => !this.#hasLeft(entry))
    for (const entry of entries) entry.state = 'returning'
    this.office.threadLost(member.id, entries)
    for (const entry of placed) if (!entries.includes(entry)) this.office.outlived(entry.top)
    for (const other of this.crew.members) this.resident.station.control(other.id, 'lost', member.id)
    this.resident.station.threadLost(member.id)
    this.#journal?.threadLost(member.id, (id) => homes.under(id)?.thread)
    const moving = new Set(entries.filter(({ move }) => move !== undefined))
    const staying = entries.filter((entry) => !moving.has(entry))
    const back = staying.filter((entry) => !entry.isEntity)
    if (this.#isStopping) {
      for (const entry of entries) this.office.ends(entry, NODE_LOST)
      return
    }
    this.crew.replace(member)
    // Their next message wakes them, and there are threads for that again.
    for (const entry of staying) if (entry.isEntity) this.office.ends(entry, NODE_LOST)
    await this.#returns.take(back, member, why)
  }

  /** Its thread is dead, or will be: nobody is to be sent there any more. The thread's own end tells why. */
  #wireLost(thread: number): void {
    for (const entry of this.office.homes.on(thread)) if (entry.state === 'settled') entry.state = 'returning'
    const member = this.crew.member(thread)
    if (member !== undefined) this.crew.expectEnd(member)
  }

  /** A move that was decided before its source died is a move. */
  #hasLeft(entry: HomeEntry): boolean {
    const { move } = entry
    if (move === undefined || this.office.decisions.abort(move) === 'aborted') return false
    this.office.homes.change(entry, move.home.epoch, move.target)
    return true
  }
}
