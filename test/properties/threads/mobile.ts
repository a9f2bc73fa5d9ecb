// A mobile: an actor that does what messages tell it, wherever it lives, and writes down all that happens to it.
import { defineActor, Fault } from 'troupe'
import { isThenable } from '../../../runtime/thenable.ts'
import { stage } from './stage.ts'
import type { Exit, Ref, Self } from 'troupe'
import type { Cell } from '../../../runtime/cell.ts'
import type { LocalRef } from '../../../runtime/ref.ts'

/** What a message makes its receiver do. */
export type Job =
  | { readonly act: 'note' | 'fault' | 'crash' | 'aside' | 'unaside' | 'unwatch' | 'stop' | 'spawn' }
  | { readonly act: 'become'; readonly behaviour: 'on' | 'night' }
  | { readonly act: 'pause'; readonly times: number }
  | { readonly act: 'wait' | 'after'; readonly ms: number }
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

interface Message {
  readonly id: number
  readonly isAsk: boolean
  readonly job: Job
}

interface State {
  readonly life: number
  readonly peers: ReadonlyMap<string, Ref>
  /** Messages that came back. */
  readonly aside: Set<number>
  /** The open watches by path. */
  readonly watching: Map<string, number>
}

type Me = Self<State>

/** Sends for an actor, or for the world outside; an ask or offer resolves when it has ended. */
export async function send(from: { path: string; thread: number }, ref: Ref, what: Send): Promise<void> {
  const { how, name, target, job, timeoutMs } = what
  const on = stage()
  const id = on.nextId()
  const message: Message = { id, isAsk: how === 'ask', job }
  on.sent({ id, from: from.path, to: target, how, thread: from.thread }, how === 'offer')
  if (how === 'tell') {
    ref.tell(name, message)
    return
  }
  if (how === 'ask') on.history.push({ type: 'asked', id, atMs: on.nowMs, timeoutMs })
  on.waiting.set(id, from.thread)
  try {
    const echo = await (how === 'ask'
      ? ref.ask(name, message, { timeoutMs })
      : ref.offer(name, message, { timeoutMs }))
    if (!on.isAlive(from.thread)) return
    on.waiting.delete(id)
    if (how === 'ask')
      on.history.push({ type: 'answered', id, atMs: on.nowMs, how: 'reply', echo: echo as number })
  } catch (error) {
    // What a promise of a thread that is lost comes to is nothing that happens.
    if (!on.isAlive(from.thread)) return
    on.waiting.delete(id)
    refused(message, error as Fault, target)
    throw error
  }
}

/** What an ask or offer that failed says of its message. */
function refused({ id, isAsk }: Message, fault: Fault, target: string): void {
  const on = stage()
  const { code, message } = fault
  on.count(`refused ${code}`)
  // What was never sent leaves no dead letter.
  if (!isAsk && fault.outcome === 'unknown') on.unknown.add(id)
  else if (!isAsk || code === 'ask-cycle') on.history.push({ type: 'dead', id, reason: code })
  if (!isAsk) return
  const isUnknown = code === 'handler-abandoned' || code === 'thread-lost'
  const isRefusal = !isUnknown && message.startsWith(`Cannot have "${target}" handle`)
  const isExpired = code === 'ask-expired'
  const how = isExpired ? 'expired' : isRefusal ? 'refused' : 'fault'
  on.history.push({ type: 'answered', id, atMs: on.nowMs, how })
}

/** What `perform` returns of a message that was put aside. */
const aside = Symbol('aside')

async function pause(times: number): Promise<void> {
  for (let left = times; left > 0; left--) await Promise.resolve()
}

function cellOf(self: Me): Cell {
  // A ref of an actor that runs is that of a cell here.
  return (self.ref as unknown as LocalRef).cellOrLast as Cell
}

function take(self: Me, message: Message): unknown {
  const on = stage()
  const { path } = self
  const cell = cellOf(self)
  const thread = on.threadOf(cell)
  const isThere = (): boolean => on.threadOf(cell) === thread
  if (thread < 0) return undefined
  on.history.push({ type: 'received', id: message.id, by: path })
  on.checkSingle([path])
  const handled = (): number => {
    if (!isThere()) return message.id
    // A life that is over has no path: what it does after that does not count.
    on.history.push({ type: 'handled', id: message.id, by: self.path })
    on.handled.add(message.id)
    return message.id
  }
  const failed = (error: unknown): never => {
    // To an ask a fault is an answer; to a tell it is the end.
    if (Fault.is(error) && message.isAsk) handled()
    throw error
  }
  let result: unknown
  try {
    result = perform(self, message, thread)
  } catch (error) {
    return failed(error)
  }
  if (isThenable(result)) return result.then(handled, failed)
  return result === aside ? undefined : handled()
}

function perform(self: Me, { id, job }: Message, thread: number): unknown {
  const { state } = self
  switch (job.act) {
    case 'note':
      return undefined
    case 'fault':
      throw new Fault('crowd-unwilling', 'Cannot do it: it will not', { hint: 'Ask another.' })
    case 'crash':
      throw new Error('a bug of the mobile')
    case 'aside':
      if (state.aside.has(id)) return undefined
      state.aside.add(id)
      self.stash()
      return aside
    case 'unaside':
      return self.unstash()
    case 'become':
      return self.become(job.behaviour)
    case 'pause':
      return pause(job.times)
    case 'wait': {
      const { clock } = cellOf(self).host
      return new Promise<void>((resolve) => void clock.alarm(clock.now() + job.ms, resolve))
    }
    case 'after':
      return after(self, id, job.ms)
    case 'stop':
      return self.stop()
    case 'spawn':
      return void self.spawn(mobile as never, 'kid', ...([[...state.peers.values()]] as never))
    case 'watch':
      return watch(self, job.target)
    case 'unwatch':
      return unwatch(self)
    case 'kill':
      return state.peers.get(job.target)?.kill()
    case 'end':
      return state.peers.get(job.target)?.stop()
    case 'send': {
      const ref = state.peers.get(job.target)
      if (ref === undefined) return undefined
      const sent = send({ path: self.path, thread }, ref, job).catch(relay)
      return job.how === 'tell' ? undefined : sent
    }
  }
}

/** What became of a message that a handler has sent is not to be taken for what became of its own. */
function relay(error: unknown): never {
  const { code, message } = error as Fault
  throw new Fault('crowd-relayed', `Cannot go on: ${code}, ${message}`, { hint: 'Ask another.' })
}

function after(self: Me, id: number, ms: number): void {
  const on = stage()
  const key = `t${id}`
  const dueMs = on.nowMs + ms
  on.timings.set(key, { key, path: self.path, life: self.state.life, dueMs, firedMs: undefined })
  self.after(ms, 'tick', key, { key })
}

function tick(self: Me, key: string): void {
  const on = stage()
  if (on.threadOf(cellOf(self)) < 0) return
  const timing = on.timings.get(key)
  if (timing === undefined || timing.life !== self.state.life)
    on.breaches.push(`timer ${key} came to another life of "${self.path}"`)
  else if (timing.firedMs !== undefined) on.breaches.push(`timer ${key} of "${self.path}" came twice`)
  else if (on.nowMs < timing.dueMs)
    on.breaches.push(`timer ${key} of "${self.path}" came ${timing.dueMs - on.nowMs} ms before its time`)
  if (timing !== undefined) timing.firedMs = on.nowMs
}

function watch(self: Me, target: string): void {
  const on = stage()
  const ref = self.state.peers.get(target)
  const { watching } = self.state
  if (ref === undefined || watching.has(target)) return
  const number = on.nextId()
  watching.set(target, number)
  on.history.push({ type: 'watched', watch: number, watcher: self.path, target })
  self.watch(ref)
}

function unwatch(self: Me): void {
  const on = stage()
  for (const [target, number] of self.state.watching) {
    self.state.watching.delete(target)
    on.history.push({ type: 'unwatched', watch: number })
    const ref = self.state.peers.get(target)
    if (ref !== undefined) self.unwatch(ref)
    return
  }
}

function down(self: Me, { path }: Ref, { cause }: Exit): void {
  const on = stage()
  if (on.threadOf(cellOf(self)) < 0) return
  const number = self.state.watching.get(path)
  self.state.watching.delete(path)
  if (number === undefined) on.breaches.push(`"${self.path}" heard of "${path}", which it does not watch`)
  else on.history.push({ type: 'down', watch: number, cause })
}

const handlers = {
  work: take,
  workAsync: async (self: Me, message: Message): Promise<unknown> => take(self, message),
  tick,
}

export const mobile = defineActor('mobile', {
  state: (peers: readonly Ref[]): State => ({
    life: stage().nextId(),
    peers: new Map(peers.map((peer) => [peer.path, peer])),
    aside: new Set(),
    watching: new Map(),
  }),
  mailbox: { messagesMax: 100 },
  supervision: { intensity: 1_000 },
  started: (self) => {
    if (stage().threadOf(cellOf(self)) >= 0) stage().history.push({ type: 'began', path: self.path })
  },
  on: handlers,
  behaviours: { night: handlers },
  down,
})
