// Properties of moves: whatever mail random trees have at whatever moment, nothing of it is lost, repeated or put out of order.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { defineActor } from 'troupe'
import { Fault } from '../../../runtime/fault.ts'
import { suspended } from '../../../runtime/cell-flags.ts'
import { Carrier } from './carrier.ts'
import type { Ref, Self } from 'troupe'
import type { LocalRef } from '../../../runtime/ref.ts'

/** How many random worlds are looked at; raise it to search. */
const runs = Number(process.env['TROUPE_RUNS'] ?? 300)

type Doing = 'note' | 'slow' | 'aside' | 'back' | 'crash' | 'forward' | 'askDown' | 'tick' | 'dark' | 'light'

interface Step {
  readonly step: Doing | 'wait' | 'move' | 'abort' | 'late' | 'suspend'
  readonly target: number
  readonly isAsk: boolean
  readonly ms: number
}

interface Letter {
  readonly from: number
  readonly id: number
  readonly ms: number
  readonly kid: Ref | undefined
}

/** Each message by the actor that has ended handling it, in order; a failed one counts, a stashed one does when it is put back. */
interface Ledger {
  readonly heard: Map<string, string[]>
  readonly clock: Carrier['clock']
}

const plans: fc.Arbitrary<readonly (readonly number[])[]> = fc.array(
  fc.array(fc.nat({ max: 2 }), { maxLength: 3 }),
  { minLength: 1, maxLength: 2 },
)

const doings: readonly Doing[] = [
  'note',
  'slow',
  'aside',
  'back',
  'crash',
  'forward',
  'askDown',
  'tick',
  'dark',
  'light',
]

const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.record({
    step: fc.oneof(
      { arbitrary: fc.constantFrom(...doings), weight: 8 },
      { arbitrary: fc.constant('note' as const), weight: 4 },
      { arbitrary: fc.constantFrom('wait' as const, 'suspend' as const), weight: 3 },
      { arbitrary: fc.constantFrom('move' as const, 'abort' as const, 'late' as const), weight: 3 },
    ),
    target: fc.nat({ max: 40 }),
    isAsk: fc.boolean(),
    ms: fc.constantFrom(0, 0, 1, 5, 20, 100),
  }),
  { maxLength: 40, size: 'max' },
)

function actor(ledger: Ledger) {
  const sleep = (ms: number): Promise<void> =>
    new Promise((resolve) => void ledger.clock.alarm(ledger.clock.now() + ms, resolve))
  const mark = (self: Self, { id }: Letter, how = ''): void => {
    const heard = ledger.heard.get(self.path) ?? []
    ledger.heard.set(self.path, heard)
    heard.push(`${id}${how}`)
  }
  const table = {
    note: mark,
    async slow(self: Self, letter: Letter) {
      await sleep(letter.ms)
      mark(self, letter)
    },
    aside(self: Self, letter: Letter) {
      // The first time it is put aside, then handled.
      const state = self.state as { aside: Set<number> }
      if (state.aside.delete(letter.id)) mark(self, letter, 's')
      else {
        state.aside.add(letter.id)
        self.stash()
      }
    },
    back(self: Self, letter: Letter) {
      mark(self, letter)
      self.unstash()
    },
    crash(self: Self, letter: Letter) {
      mark(self, letter)
      // With children it would lose them.
      if (self.children.length === 0) throw new Error('crashed')
    },
    forward(self: Self, letter: Letter) {
      mark(self, letter)
      const [kid] = self.children
      kid?.tell('note', { ...letter, id: letter.id + 0.5 })
    },
    async askDown(self: Self, letter: Letter) {
      mark(self, letter)
      await sleep(letter.ms)
      const [kid] = self.children
      await kid?.ask('note', { ...letter, id: letter.id + 0.5 }, { timeoutMs: 2_000 })
    },
    tick(self: Self, letter: Letter) {
      mark(self, letter)
      self.after(letter.ms, 'note', { ...letter, id: letter.id + 0.25 }, { key: `t${letter.id}` })
    },
    dark: (self: Self, letter: Letter) => {
      mark(self, letter)
      self.become('night')
    },
    light: (self: Self, letter: Letter) => {
      mark(self, letter)
      self.become()
    },
  }
  const plain: unknown = defineActor('planned', {
    state: (grand?: number) => ({ aside: new Set<number>(), grand: grand ?? 0 }),
    supervision: { intensity: 1_000 },
    started: (self) => {
      for (let i = 0; i < self.state.grand; i++) self.spawn(plain as never, `g${i}`)
    },
    on: {
      ...table,
      spawn: (self: Self, [name, grand]: [string, number]): unknown =>
        self.spawn(plain as never, name, ...([grand] as never)),
    },
    behaviours: { night: table },
  })
  return plain
}

class World {
  readonly carrier: Carrier
  readonly ledger: Ledger
  readonly refs: LocalRef[] = []
  /** What was sent to each path, in order. */
  readonly sent = new Map<string, number[]>()
  readonly asks: Promise<unknown>[] = []
  readonly endings = new Map<number, number>()
  #id = 0

  constructor(seed: number) {
    this.carrier = new Carrier(seed)
    this.ledger = { heard: new Map(), clock: this.carrier.clock }
  }

  async build(plan: readonly (readonly number[])[]): Promise<void> {
    const definition = actor(this.ledger)
    for (const [index, kids] of plan.entries()) {
      const root = await this.carrier.spawn(definition, {
        name: `r${index}`,
        backoff: { minMs: 10, maxMs: 30 },
      })
      this.refs.push(root)
      for (const [i, grand] of kids.entries()) {
        await root.ask('spawn', [`k${i}`, grand])
        this.refs.push(this.carrier.a.runtime.find(`r${index}/k${i}`) as LocalRef)
        for (let g = 0; g < grand; g++)
          this.refs.push(this.carrier.a.runtime.find(`r${index}/k${i}/g${g}`) as LocalRef)
      }
    }
  }

  async perform(step: Step): Promise<void> {
    const ref = this.refs[step.target % this.refs.length] as LocalRef
    const root = ref.path.split('/')[0] as string
    if (step.step === 'wait') await this.carrier.clock.advance(step.ms)
    else if (step.step === 'suspend') this.carrier.cell(ref.path).flags |= suspended
    else if (step.step === 'move' || step.step === 'abort' || step.step === 'late')
      await this.#travel(root, step)
    else this.#send(ref, step.step, step)
    this.carrier.books()
  }

  #send(ref: LocalRef, doing: Doing, { isAsk, ms }: Step): void {
    const id = ++this.#id
    const letter = { from: 0, id, ms }
    const sent = this.sent.get(ref.path) ?? []
    this.sent.set(ref.path, sent)
    sent.push(id)
    if (!isAsk) ref.tell(doing, letter)
    else {
      const count = (): void => void this.endings.set(id, (this.endings.get(id) ?? 0) + 1)
      this.asks.push(ref.ask(doing, letter, { timeoutMs: 1_000_000 }).then(count, count))
    }
  }

  async #travel(root: string, { step, ms }: Step): Promise<void> {
    const leaving = this.carrier.leave(root, 50)
    if (step === 'late') this.#send(this.refs[0] as LocalRef, 'note', { step, target: 0, isAsk: true, ms })
    let isSettled = false
    const settled = leaving.catch((fault: unknown) => fault).finally(() => (isSettled = true))
    await this.carrier.clock.advance(ms)
    if (!isSettled) await this.carrier.clock.advance(50)
    const result = await settled
    if (Fault.is(result)) {
      expect(result.code).toBe('move-busy')
      return
    }
    const journey = result as Awaited<typeof leaving>
    this.carrier.books()
    if (step === 'late')
      this.#send(this.refs.at(-1) as LocalRef, 'note', { step, target: 0, isAsk: false, ms })
    if (step === 'abort' && ms % 2 === 0) {
      this.carrier.abort(journey)
      return
    }
    const arrival = this.carrier.arrive(journey)
    this.carrier.books()
    if (step === 'abort') this.carrier.abort(journey, arrival)
    else this.carrier.commit(journey, arrival)
  }

  async end(): Promise<void> {
    const { carrier } = this
    for (const ref of this.refs) carrier.cell(ref.path).unblock(suspended)
    await carrier.clock.advance(5_000)
    // What is still aside comes back.
    for (const ref of this.refs) this.#send(ref, 'back', { step: 'back', target: 0, isAsk: true, ms: 0 })
    await carrier.clock.advance(5_000)
    await Promise.all(this.asks)
    for (const { path } of this.refs) this.#check(path)
    for (const count of this.endings.values()) expect(count).toBe(1)
    expect(carrier.books()).toMatchObject({ waiting: 0, refused: 0, actors: this.refs.length })
    const hosts = [carrier.a.runtime.host, carrier.b.runtime.host]
    expect(hosts.map(({ asks, timers, pauses }) => [asks.waiting, timers.count, pauses])).toEqual([
      [0, 0, undefined],
      [0, 0, undefined],
    ])
    await carrier.stop()
  }

  /** Each message from outside once, and those that were not put aside in their order. */
  #check(path: string): void {
    const heard = this.ledger.heard.get(path) ?? []
    const outside = heard.filter((entry) => !entry.includes('.'))
    const direct = outside.filter((entry) => !entry.endsWith('s')).map(Number)
    expect(direct).toEqual(direct.toSorted((x, y) => x - y))
    const all = outside.map((entry) => Number.parseInt(entry, 10)).toSorted((x, y) => x - y)
    expect(new Set(heard).size).toBe(heard.length)
    expect(all).toEqual(this.sent.get(path) ?? [])
  }
}

test(
  'a random tree with random mail, moved or held back at random moments, handles each message once and in order',
  { timeout: 300_000 },
  async () => {
    const moves = fc.asyncProperty(fc.nat(), plans, steps, async (seed, plan, todo) => {
      const world = new World(seed)
      await world.build(plan)
      for (const step of todo) await world.perform(step)
      await world.end()
    })
    await fc.assert(moves, { numRuns: runs })
  },
)
