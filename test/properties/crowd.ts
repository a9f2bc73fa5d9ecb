// A crowd: actors that do what messages tell them, and write down all that happens to them for the checkers.
import { defineActor, Fault } from 'troupe'
import { isThenable } from '../../runtime/thenable.ts'
import type { Exit, Overflow, Ref, RestartType, Self, Strategy } from 'troupe'
import type { TestNode } from 'troupe/testing'
import type { ExitCause } from '../../runtime/exit.ts'
import type { Answered, HistoryEvent } from '../../scenarios/testing/checkers/history.ts'

/** Roots, and the children that they may have. */
export const roots: readonly string[] = ['a', 'b', 'c', 'd']
export const paths: readonly string[] = [...roots, 'a/kid', 'b/kid']

/** What a message makes its receiver do. */
export type Job =
  | {
      readonly act: 'note' | 'fault' | 'crash' | 'aside' | 'unaside' | 'unwatch' | 'never' | 'stop' | 'spawn'
    }
  | { readonly act: 'become'; readonly behaviour: 'on' | 'night' }
  | { readonly act: 'pause'; readonly times: number }
  | { readonly act: 'wait' | 'after' | 'every'; readonly ms: number }
  | { readonly act: 'watch' | 'kill' | 'end'; readonly target: string }
  | Send

export interface Send {
  readonly act: 'send'
  readonly how: 'tell' | 'ask' | 'offer'
  readonly name: 'work' | 'workAsync' | 'nonsense'
  readonly target: string
  readonly job: Job
  readonly timeoutMs: number
}

/** How a crowd is made. */
export interface CrowdOptions {
  readonly messagesMax: number
  readonly overflow: Overflow
  readonly strategy: Strategy
  readonly restarts: readonly RestartType[]
}

interface Message {
  readonly id: number
  readonly isAsk: boolean
  readonly job: Job
}

/** `aside` are the messages that came back, `watching` the open watches by path. */
interface State {
  readonly aside: Set<number>
  readonly watching: Map<string, number>
}

export class Crowd {
  readonly history: HistoryEvent[] = []
  readonly #node: TestNode
  readonly #options: CrowdOptions
  readonly #member: ReturnType<Crowd['define']>
  readonly #refs = new Map<string, Ref>()
  readonly #handled = new Set<number>()
  readonly #faults = new WeakSet<Fault>()
  #lastId = 0

  constructor(node: TestNode, options: CrowdOptions) {
    this.#node = node
    this.#options = options
    this.#member = this.define(options)
    node.runtime.host.events.follow(({ kind, subject: { path }, detail }) => {
      if (kind === 'spawned') this.history.push({ type: 'spawned', path })
      if (kind === 'stopped' || kind === 'killed') {
        this.history.push({ type: 'ended', path, cause: (detail as Exit).cause })
      }
    })
  }

  /** Spawns a root unless it lives. */
  async spawn(path: string): Promise<void> {
    if (this.#node.find(path) !== undefined) return
    const restart = this.#options.restarts[roots.indexOf(path)] ?? 'transient'
    this.#refs.set(path, await this.#node.spawn(this.#member, { name: path, restart }, path))
  }

  ref(path: string): Ref | undefined {
    return this.#refs.get(path) ?? this.#node.find(path)
  }

  /** Watches from outside of all actors. */
  watch(path: string): void {
    const watch = ++this.#lastId
    const ref = this.ref(path)
    if (ref === undefined) return
    this.history.push({ type: 'watched', watch, watcher: `outside ${watch}`, target: path })
    ref.watch(({ cause }) => this.#heard(watch, cause))
  }

  /** Sends for an actor, or for the world outside; an ask or offer resolves when it has ended. */
  async send(from: string, { how, name, target, job, timeoutMs }: Send): Promise<void> {
    const ref = this.ref(target)
    if (ref === undefined) return
    const id = ++this.#lastId
    const message: Message = { id, isAsk: how === 'ask', job }
    // An offer that waits is overtaken by what is told later, and by no other offer.
    const sender = how === 'offer' ? `${from} offering` : from
    this.history.push({ type: 'sent', id, from: sender, to: target, seq: id })
    if (how === 'tell') {
      ref.tell(name, message)
      return
    }
    const atMs = this.#node.clock.now()
    if (how === 'ask') this.history.push({ type: 'asked', id, atMs, timeoutMs })
    await (
      how === 'ask' ? ref.ask(name, message, { timeoutMs }) : ref.offer(name, message, { timeoutMs })
    ).then(
      (echo) => how === 'ask' && this.#answered(id, 'reply', echo as number),
      (fault: Fault) => this.#refused(message, fault, target),
    )
  }

  /** Adds what only the end shows: the dead letters, and the books. */
  close(): void {
    const { deadLetters } = this.#node.runtime.host
    const kept = deadLetters.list()
    if (kept.length < deadLetters.total)
      throw new Error(`${deadLetters.total} dead letters are too many to be kept`)
    for (const { reason, envelope } of kept) {
      const id = (envelope.payload as Message | undefined)?.id
      // Of a handler that was cut off it is not known how far it came: it may just have ended.
      if (id === undefined || (reason === 'handler-abandoned' && this.#handled.has(id))) continue
      this.history.push({ type: 'dead', id, reason })
    }
    this.history.push({ type: 'books', path: '', account: this.#node.audit() })
    this.history.push({ type: 'quiet', atMs: this.#node.clock.now() })
  }

  #answered(id: number, how: Answered['how'], echo?: number): void {
    const atMs = this.#node.clock.now()
    this.history.push({ type: 'answered', id, atMs, how, ...(echo === undefined ? {} : { echo }) })
  }

  /** Passes the fault on: a handler that asks fails with the fault that it gets. */
  #refused({ id, isAsk }: Message, fault: Fault, target: string): never {
    const { code, message } = fault
    // Seen before, it is about another message, that this one's handler has sent.
    const isOwn = !this.#faults.has(fault)
    this.#faults.add(fault)
    // What was never sent leaves no dead letter.
    if (!isAsk || (isOwn && code === 'ask-cycle')) this.history.push({ type: 'dead', id, reason: code })
    const isRefusal =
      isOwn && code !== 'handler-abandoned' && message.startsWith(`Cannot have "${target}" handle`)
    if (isAsk)
      this.#answered(id, isOwn && code === 'ask-expired' ? 'expired' : isRefusal ? 'refused' : 'fault')
    throw fault
  }

  #heard(watch: number, cause: ExitCause): void {
    this.history.push({ type: 'down', watch, cause })
  }

  define({ messagesMax, overflow, strategy }: CrowdOptions) {
    const work = (self: Self<State>, message: Message): unknown => this.#take(self, message)
    return defineActor('member', {
      mailbox: { messagesMax, overflow },
      supervision: { strategy },
      state: (path: string): State => {
        this.history.push({ type: 'began', path })
        return { aside: new Set(), watching: new Map() }
      },
      on: {
        work,
        workAsync: async (self: Self<State>, message: Message): Promise<unknown> => work(self, message),
        tick() {},
      },
      behaviours: { night: { work, tick() {} } },
      down: (self, { path }, { cause }) => {
        const watch = self.state.watching.get(path)
        self.state.watching.delete(path)
        this.#heard(watch ?? -1, cause)
      },
    })
  }

  /** Writes down the way of a message through its handler. */
  #take(self: Self<State>, message: Message): unknown {
    this.history.push({ type: 'received', id: message.id, by: self.path })
    const handled = (): number => {
      // A life that is over has no path: what it does after that does not count.
      this.history.push({ type: 'handled', id: message.id, by: self.path })
      this.#handled.add(message.id)
      return message.id
    }
    const failed = (error: unknown): never => {
      // To an ask a fault is an answer; to a tell it is the end.
      if (Fault.is(error) && message.isAsk) handled()
      throw error
    }
    let result: unknown
    try {
      result = this.#perform(self, message)
    } catch (error) {
      return failed(error)
    }
    if (isThenable(result)) return result.then(handled, failed)
    return result === aside ? undefined : handled()
  }

  #perform(self: Self<State>, { id, job }: Message): unknown {
    switch (job.act) {
      case 'note':
        return undefined
      case 'fault':
        throw new Fault('crowd-unwilling', 'Cannot do it: it will not', { hint: 'Ask another.' })
      case 'crash':
        throw new Error('a bug of the crowd')
      case 'aside':
        if (self.state.aside.has(id)) return undefined
        self.state.aside.add(id)
        self.stash()
        return aside
      case 'unaside':
        return self.unstash()
      case 'become':
        return self.become(job.behaviour)
      case 'never':
        return new Promise<void>(() => undefined)
      case 'pause':
        return pause(job.times)
      case 'wait':
        return new Promise<void>((resolve) =>
          this.#node.clock.alarm(this.#node.clock.now() + job.ms, resolve),
        )
      case 'after':
        return self.after(job.ms, 'tick')
      case 'every':
        return self.every(job.ms + 50, 'tick', undefined, { key: 'beat' })
      case 'stop':
        return self.stop()
      case 'spawn':
        return void self.spawn(this.#member, 'kid', `${self.path}/kid`)
      case 'watch':
        return this.#watch(self, job.target)
      case 'unwatch':
        return this.#unwatch(self)
      case 'kill':
        return this.ref(job.target)?.kill()
      case 'end':
        return this.ref(job.target)?.stop()
      case 'send': {
        const sent = this.send(self.path, job)
        return job.how === 'tell' ? undefined : sent
      }
    }
  }

  #watch(self: Self<State>, target: string): void {
    const ref = this.ref(target)
    const { watching } = self.state
    if (ref === undefined || watching.has(target)) return
    const watch = ++this.#lastId
    watching.set(target, watch)
    this.history.push({ type: 'watched', watch, watcher: self.path, target })
    self.watch(ref)
  }

  #unwatch(self: Self<State>): void {
    for (const [target, watch] of self.state.watching) {
      self.state.watching.delete(target)
      this.history.push({ type: 'unwatched', watch })
      const ref = this.ref(target)
      if (ref !== undefined) self.unwatch(ref)
      return
    }
  }
}

/** What `perform` returns of a message that was put aside. */
const aside = Symbol('aside')

async function pause(times: number): Promise<void> {
  for (let left = times; left > 0; left--) await Promise.resolve()
}
