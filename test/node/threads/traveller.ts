// A traveller: an actor with a little of everything that has to come along when it moves.
import { defineActor, Fault } from 'troupe'
import type { Exit, Ref, Self } from 'troupe'

interface Heard {
  readonly path: string
  readonly cause: string
}

interface State {
  count: number
  readonly notes: unknown[]
  readonly heard: Heard[]
}

/** Lives below one, and moves along. */
export const kid = defineActor('kid', {
  state: () => ({ count: 0 }),
  on: {
    add(self, by: number) {
      self.state.count += by
    },
    count: (self) => self.state.count,
    crash() {
      throw new TypeError('it stumbled')
    },
  },
})

const handlers = {
  add(self: Self<State>, by: number) {
    self.state.count += by
    self.unstash()
  },
  /** Answers once the count is as high. */
  reached(self: Self<State>, count: number): number | undefined {
    if (self.state.count >= count) return self.state.count
    self.stash()
    return undefined
  },
  /** Answers once it has heard of as many ends. */
  heardOf(self: Self<State>, ends: number): Heard[] | undefined {
    if (self.state.heard.length >= ends) return [...self.state.heard]
    self.stash()
    return undefined
  },
  /** Tells another that it is busy for ever. */
  stick: (_self: Self<State>, ref: Ref) => {
    ref.tell('add', 1)
    return new Promise<void>(() => undefined)
  },
  never: () => new Promise<void>(() => undefined),
  wrong: () => (): void => undefined,
  count: (self: Self<State>) => self.state.count,
  note(self: Self<State>, what: unknown) {
    self.state.notes.push(what)
    self.unstash()
  },
  /** Answers once it has as many notes. */
  gathered(self: Self<State>, notes: number): unknown[] | undefined {
    if (self.state.notes.length >= notes) return [...self.state.notes]
    self.stash()
    return undefined
  },
  notes: (self: Self<State>) => [...self.state.notes],
  echo: (_self: Self<State>, what: unknown) => what,
  heard: (self: Self<State>) => [...self.state.heard],
  watch(self: Self<State>, ref: Ref) {
    self.watch(ref)
  },
  unwatch(self: Self<State>, ref: Ref) {
    self.unwatch(ref)
  },
  crash() {
    throw new TypeError('it stumbled')
  },
  refuse() {
    throw new Fault('traveller-unwilling', 'Cannot do it: it will not', {
      hint: 'Ask another.',
      details: { by: 3 },
    })
  },
  later(self: Self<State>, ms: number) {
    self.after(ms, 'add', 1, { key: `k${self.state.notes.length}-${ms}` })
  },
  beat(self: Self<State>, ms: number) {
    self.every(ms, 'add', 1, { key: 'beat' })
  },
  still: (self: Self<State>) => self.cancel('beat'),
  aside(self: Self<State>, what: unknown) {
    if (self.state.notes.includes('open')) self.state.notes.push(what)
    else self.stash()
  },
  open(self: Self<State>) {
    self.state.notes.push('open')
    self.unstash()
  },
  sleep: (self: Self<State>) => self.become('asleep'),
  mood: (self: Self<State>) => self.behaviour,
  child: (self: Self<State>) => self.spawn(kid, 'kid') as Ref,
  leave: (self: Self<State>) => self.stop(),
  bytes: (_self: Self<State>, what: Uint8Array) => what.byteLength,
  async askOf(_self: Self<State>, [ref, name]: readonly [Ref, string]): Promise<unknown> {
    return await ref.ask(name, undefined, { timeoutMs: 1_000 })
  },
  async askBack(self: Self<State>, ref: Ref): Promise<unknown> {
    return await ref.ask('askOf', [self.ref, 'count'], { timeoutMs: 1_000 })
  },
  /** Tells another each number up to one. */
  tellAll(_self: Self<State>, [ref, upTo]: readonly [Ref, number]) {
    for (let number = 1; number <= upTo; number++) ref.tell('note', number)
  },
}

export const traveller = defineActor('traveller', {
  state: (): State => ({ count: 0, notes: [], heard: [] }),
  mailbox: { messagesMax: 10_000 },
  on: handlers,
  behaviours: { asleep: { mood: handlers.mood, wake: (self: Self<State>) => self.become() } },
  down(self, { path }: Ref, { cause }: Exit) {
    self.state.heard.push({ path, cause })
    self.unstash()
  },
})

/** The same with room for one message. */
export const narrow = defineActor('narrow', {
  state: (): { seen: number[] } => ({ seen: [] }),
  mailbox: { messagesMax: 2 },
  on: {
    put(self, number: number) {
      self.state.seen.push(number)
    },
    /** Is busy until somebody opens. */
    async block(_self, gate: Ref) {
      await gate.ask('aside', 'blocked')
    },
    seen: (self) => [...self.state.seen],
    /** The same, for whoever has to wait for room. */
    report(self, to: Ref) {
      to.tell('note', [...self.state.seen])
    },
  },
})

/** Never ends its start. */
export const dawdler = defineActor('dawdler', {
  on: {},
  started: () => new Promise<void>(() => undefined),
})
