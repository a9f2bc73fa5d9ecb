// A crew: the worker threads of a node, by slot; it starts them, looks whether they live, and has a spare one ready to take over.
import { Deadline } from '../../runtime/deadline.ts'
import { Fault } from '../../runtime/fault.ts'
import { judgeStall, stallBegin, stallLimits } from './stall.ts'
import type { Host } from '../../runtime/cell.ts'
import type { Thread, ThreadUsage, Threads } from '../../runtime/threads.ts'
import type { ThreadStatus } from './place.ts'
import type { Stall, StallLimits } from './stall.ts'

/** Worker threads of one node, the spare and the dedicated ones included. */
export const threadsMax = 64
/** Old space of a thread's heap unless the node is told otherwise, in MiB. */
export const heapMiBDefault = 2_048

/** Milliseconds that a thread has to end after its wire was closed, and its last words to arrive after its last root has ended. */
export const endMsMax = 1_000

/** What a crew is told of the threads that it starts. */
export interface CrewOptions {
  readonly name: string
  readonly strict: boolean
  readonly journal: boolean
  readonly threadStallMs?: number | undefined
  readonly heapMiBMax?: number | undefined
  readonly decisions: Int32Array
  /** Says until when a thread that starts now may act; absent where nobody limits that. */
  lease?(): Int32Array | undefined
  /** Modules that each thread loads, as file URLs, at the time of its start. */
  load(): readonly string[]
}

/** What a crew calls. */
export interface CrewEvents {
  /** Links the new thread to the main thread; called before anything else happens to it. */
  started(thread: Thread): void
  /** A thread is gone for good: it runs no more. */
  lost(member: Member, why: Fault): void
  /** Asks a thread for a sign of life. */
  ping(thread: number): Promise<unknown>
}

/** One worker thread. */
export class Member {
  readonly thread: Thread
  readonly id: number
  /** What people call it; stays with its replacement. 0 for the spare one. */
  slot: number
  /** Who may live in it: all, one root alone, or those that are suspected of having brought threads down. */
  kind: 'shared' | 'dedicated' | 'quarantine' = 'shared'
  /** Of the last look: the part of the time that it was busy. */
  loadShare = 0
  readonly ready: PromiseWithResolvers<void> = Promise.withResolvers<void>()
  isReady = false
  /** It could not load its modules. */
  isUnfit = false
  /** When, by the main thread's clock. */
  readyMs: number | undefined = undefined
  isLost = false
  pongs = 0
  stall: Stall
  usage: ThreadUsage

  constructor(thread: Thread, slot: number, nowMs: number) {
    this.thread = thread
    this.id = thread.id
    this.slot = slot
    this.usage = thread.usage()
    this.stall = stallBegin({ atMs: nowMs, usage: this.usage, pongs: 0, isLoading: true })
    // Whoever waits for it is told; there may be nobody.
    this.ready.promise.catch(() => undefined)
  }

  get status(): ThreadStatus | 'spare' {
    if (this.isLost) return 'lost'
    if (this.kind !== 'shared') return this.kind
    if (!this.isReady) return 'starting'
    return this.slot === 0 ? 'spare' : 'up'
  }
}

export class Crew {
  readonly #threads: Threads
  readonly #host: Host
  readonly #options: CrewOptions
  readonly #events: CrewEvents
  readonly #limits: StallLimits
  readonly #members = new Map<number, Member>()
  /** Nobody lives there any more; they end soon. */
  readonly #retired = new Set<Member>()
  readonly #look: Deadline = new Deadline(() => this.#lookAtAll())
  #lastId = 0
  #isStopped = false
  replaced = 0
  /** How often each slot was given to another thread. */
  readonly replacedIn: Map<number, number> = new Map()

  constructor(threads: Threads, host: Host, options: CrewOptions, events: CrewEvents) {
    this.#threads = threads
    this.#host = host
    this.#options = options
    this.#events = events
    this.#limits = stallLimits(options.threadStallMs)
  }

  get members(): Member[] {
    return [...this.#members.values()]
  }

  /** The worker threads that have a slot, in its order. */
  get serving(): Member[] {
    return this.members.filter(({ slot }) => slot > 0).toSorted((a, b) => a.slot - b.slot)
  }

  member(id: number): Member | undefined {
    return this.#members.get(id)
  }

  inSlot(slot: number): Member | undefined {
    return this.members.find((member) => member.slot === slot)
  }

  /** Starts as many and waits until they are ready; then, if there are any, the spare one starts, which nobody waits for. @throws {Fault} why one is not */
  async open(count: number): Promise<void> {
    for (let slot = 1; slot <= count; slot++) this.start(slot)
    this.#host.timers.add(this.#look, this.#host.clock.now() + this.#limits.lookMs)
    await Promise.all(this.serving.map((member) => member.ready.promise))
    if (!this.#isStopped && count > 0) this.start(0)
  }

  /** @throws {Fault} `threads-full` */
  start(slot: number): Member {
    const count = this.#members.size + this.#retired.size
    if (count >= threadsMax) {
      throw new Fault('threads-full', `Cannot start a thread: ${count} of ${threadsMax} run`, {
        hint: 'Place fewer actors in threads of their own.',
      })
    }
    const { name, strict, journal, decisions, heapMiBMax } = this.#options
    const id = ++this.#lastId
    const lease = this.#options.lease?.()
    const request = {
      id,
      name,
      strict,
      journal,
      decisions,
      load: this.#options.load(),
      heapMiBMax: heapMiBMax ?? heapMiBDefault,
      ...(lease === undefined ? {} : { lease }),
    }
    const thread = this.#threads.start(request, { lost: (why) => this.#lost(id, why) })
    const member = new Member(thread, slot, this.#host.clock.now())
    this.#events.started(thread)
    for (const other of this.#members.values()) if (!other.isLost) thread.connect(other.thread)
    this.#members.set(id, member)
    return member
  }

  /** A thread says that it is ready, or why it never will be. */
  ready(id: number, fault: Fault | undefined): void {
    const member = this.#members.get(id)
    if (member === undefined) return
    if (fault !== undefined) {
      member.isUnfit = true
      member.ready.reject(fault)
      void this.giveUp(member, fault)
      return
    }
    member.isReady = true
    member.readyMs = this.#host.clock.now()
    member.ready.resolve()
  }

  /** Starts a further thread, with the next slot. @throws {Fault} `threads-full` */
  add(kind: 'dedicated' | 'quarantine'): Member {
    const member = this.start(Math.max(0, ...this.serving.map(({ slot }) => slot)) + 1)
    member.kind = kind
    return member
  }

  /** Sees to it that a lost thread has a successor: the spare one takes its slot, and another becomes the spare. */
  replace(lost: Member): void {
    this.replaced++
    // One that was never ready would not be so the next time either.
    if (lost.slot === 0) {
      if (lost.isReady) this.start(0)
      return
    }
    const spare = this.members.find((member) => member.slot === 0 && !member.isLost)
    if (spare === undefined && lost.isUnfit) return
    const successor = spare ?? this.start(lost.slot)
    successor.slot = lost.slot
    this.replacedIn.set(lost.slot, (this.replacedIn.get(lost.slot) ?? 0) + 1)
    successor.kind = lost.kind
    if (spare !== undefined) this.start(0)
  }

  /** Ends a thread in which nobody lives any more. Its slot is free at once; what was said last there has time to arrive. */
  retire(member: Member): void {
    const { timers, clock } = this.#host
    member.isLost = true
    this.#members.delete(member.id)
    this.#retired.add(member)
    timers.add(new Deadline(() => void this.#dismiss(member)), clock.now() + endMsMax)
  }

  /** Gives a thread up, whatever it does. */
  async giveUp(member: Member, why: Fault): Promise<void> {
    if (member.isLost) return
    member.isLost = true
    await member.thread.terminate()
    this.#gone(member, why)
  }

  /** Its wire is closed: if the thread does not end by itself, it is ended. */
  expectEnd(member: Member): void {
    const { timers, clock } = this.#host
    const why = new Fault('thread-lost', `Cannot go on with thread ${member.slot}: its wire was closed`, {
      hint: 'Report this as a bug of the runtime, unless something else is seen of the thread.',
    })
    timers.add(new Deadline(() => void this.giveUp(member, why)), clock.now() + endMsMax)
  }

  /** Ends all threads. */
  async close(): Promise<void> {
    this.#isStopped = true
    this.#host.timers.remove(this.#look)
    const all = [...this.members, ...this.#retired]
    await Promise.all(all.map((member) => member.thread.terminate()))
    this.#retired.clear()
    this.#members.clear()
  }

  async #dismiss(member: Member): Promise<void> {
    await member.thread.terminate()
    this.#retired.delete(member)
  }

  #lost(id: number, why: Fault): void {
    const member = this.#members.get(id)
    if (member === undefined || member.isLost || this.#isStopped) return
    member.isLost = true
    this.#gone(member, why)
  }

  #gone(member: Member, why: Fault): void {
    this.#members.delete(member.id)
    member.ready.reject(why)
    if (!this.#isStopped) this.#events.lost(member, why)
  }

  #lookAtAll(): void {
    const { clock, timers } = this.#host
    for (const member of this.members) this.#lookAt(member)
    if (!this.#isStopped) timers.add(this.#look, clock.now() + this.#limits.lookMs)
  }

  #lookAt(member: Member): void {
    if (member.isLost) return
    const usage = member.thread.usage()
    const activeMs = usage.activeMs - member.usage.activeMs
    const idleMs = usage.idleMs - member.usage.idleMs
    member.loadShare = activeMs + idleMs > 0 ? activeMs / (activeMs + idleMs) : member.loadShare
    member.usage = usage
    const { pongs, isReady } = member
    const sight = { atMs: this.#host.clock.now(), usage, pongs, isLoading: !isReady }
    const { stall, verdict, silentMs } = judgeStall(member.stall, sight, this.#limits)
    member.stall = stall
    if (verdict === 'ping') void this.#ping(member)
    if (verdict === 'stalled') void this.giveUp(member, stalledFault(member, silentMs))
  }

  async #ping(member: Member): Promise<void> {
    try {
      await this.#events.ping(member.id)
      member.pongs++
    } catch {
      // The thread was lost: its own end takes care of that.
    }
  }
}

function stalledFault({ slot, id }: Member, silentMs: number): Fault {
  return new Fault(
    'thread-stalled',
    `Cannot go on with thread ${slot}: it has taken no turn for ${silentMs} ms`,
    {
      hint: 'Look for a handler that computes for long or never returns; give it "await" to breathe, or a dedicated thread.',
      details: { thread: slot, id, silentMs },
    },
  )
}
