// A world of vaults: some durable actors that pay each other, in one process after the other, and all that can go wrong.
import fc from 'fast-check'
import { chest, vault } from './vault.ts'
import { Fault } from '../../../index.ts'
import { ManualClock, startTestNode } from '../../../scenarios/testing/index.ts'
import { MemoryJournal } from '../../../node/journal/memory-journal.ts'
import type { Entry, Order, VaultState } from './vault.ts'
import type { LettersStory } from '../../../scenarios/testing/checkers/letters-story.ts'
import type { Ref } from '../../../index.ts'
import type { TestNode } from '../../../scenarios/testing/index.ts'

export type Step =
  | {
      readonly act: 'pay'
      readonly from: number
      readonly to: readonly number[]
      readonly early: number
      readonly late: number
      /** Asked with a key, and once more in the end. */
      readonly isKeyed: boolean
    }
  | { readonly act: 'kill' | 'restart' | 'move'; readonly who: number; readonly thread: number }
  | { readonly act: 'refuse' | 'fail'; readonly isKept: boolean }
  | { readonly act: 'crash' | 'hold' | 'letGo' | 'settle' }
  | { readonly act: 'lose'; readonly thread: number }
  | { readonly act: 'advance'; readonly ms: number }

export interface Program {
  readonly seed: number
  readonly threads: number
  readonly steps: readonly Step[]
}

const paths = ['v/0', 'v/1', 'v/2', 'v/3']
const who = fc.integer({ min: 0, max: paths.length - 1 })
const thread = fc.integer({ min: 0, max: 2 })

export function programs(threads: number): fc.Arbitrary<Program> {
  const pay = fc.record({
    act: fc.constant('pay' as const),
    from: who,
    to: fc.array(who, { minLength: 1, maxLength: 5 }),
    early: fc.constantFrom(0, 0, 0, 1, 2),
    late: fc.constantFrom(0, 0, 0, 1),
    isKeyed: fc.boolean(),
  })
  const body = fc.record({
    act: fc.constantFrom('kill' as const, 'restart' as const, 'move' as const),
    who,
    thread,
  })
  const disk = fc.record({ act: fc.constantFrom('refuse' as const, 'fail' as const), isKept: fc.boolean() })
  const whole = fc.record({ act: fc.constantFrom('crash' as const, 'hold' as const, 'letGo' as const) })
  const settle = fc.record({ act: fc.constant('settle' as const) })
  const lose = fc.record({ act: fc.constant('lose' as const), thread })
  const advance = fc.record({
    act: fc.constant('advance' as const),
    ms: fc.constantFrom(1, 100, 1_500, 40_000),
  })
  const step = fc.oneof(
    { weight: 8, arbitrary: pay },
    { weight: 3, arbitrary: body },
    { weight: 2, arbitrary: disk },
    { weight: 2, arbitrary: whole },
    { weight: 4, arbitrary: settle },
    { weight: threads > 0 ? 1 : 0, arbitrary: lose },
    { weight: 2, arbitrary: advance },
  )
  return fc.record({
    seed: fc.integer({ min: 1, max: 1_000_000 }),
    threads: fc.constant(threads),
    steps: fc.array(step, { minLength: 1, maxLength: 40 }),
  })
}

const full = (): Fault => new Fault('journal-full', 'Cannot keep it: full', { hint: 'Make room.' })
const failed = (): Fault =>
  new Fault('journal-failed', 'Cannot keep it: failed', { hint: 'Look.', outcome: 'unknown' })

export class World {
  readonly #program: Program
  readonly #journal = new MemoryJournal(new ManualClock())
  #node: TestNode | undefined = undefined
  #payments = 0
  readonly #keyed: { readonly from: string; readonly key: string; readonly orders: readonly Order[] }[] = []
  /** How often each thing has happened. */
  readonly counts: Map<string, number> = new Map()

  constructor(program: Program) {
    this.#program = program
  }

  async run(): Promise<
    LettersStory & { readonly sum: number; readonly owed: number; readonly answered: readonly string[] }
  > {
    await this.#begin()
    for (const step of this.#program.steps) await this.#do(step)
    return await this.#heal()
  }

  async #begin(): Promise<void> {
    const { seed, threads } = this.#program
    const more = threads > 0 ? { threads, load: ['test/properties/letters/vault.ts'] } : {}
    this.#node = await startTestNode({ seed, journal: this.#journal, ...more })
    await this.#spawnAll()
  }

  async #spawnAll(): Promise<void> {
    const node = this.#here
    for (const [index, name] of paths.entries()) {
      if (node.find(name) !== undefined) continue
      const place = this.#program.threads > 0 ? { place: { thread: index % 3 } } : {}
      // It waits for the journal, which may be held.
      const spawned = node.spawn(index % 2 === 0 ? vault : chest, { name, restart: 'permanent', ...place })
      spawned.catch(() => this.#count('spawn refused'))
      await node.settle()
    }
  }

  get #here(): TestNode {
    if (this.#node === undefined) throw new Error('The world has not begun')
    return this.#node
  }

  async #do(step: Step): Promise<void> {
    const node = this.#here
    this.#count(step.act)
    switch (step.act) {
      case 'pay':
        this.#pay(step)
        break
      case 'kill':
        node.find(paths[step.who] ?? '')?.kill()
        break
      case 'restart':
        node.runtime.cellAt(paths[step.who] ?? '')?.signal({ type: 'restart' })
        break
      case 'move':
        await this.#move(paths[step.who] ?? '', step.thread)
        break
      case 'refuse':
        this.#journal.failNext(full())
        break
      case 'fail':
        this.#journal.failNext(failed(), step.isKept)
        break
      case 'hold':
        this.#journal.hold()
        break
      case 'letGo':
        this.#journal.letGo()
        break
      case 'lose':
        if (this.#program.threads > 0 && step.thread > 0) node.killThread(step.thread)
        break
      case 'crash':
        // The old one goes on for itself; its journal takes nothing from it.
        await this.#begin()
        break
      case 'settle':
        await node.settle()
        break
      case 'advance':
        await node.advance(step.ms)
        await this.#spawnAll()
    }
  }

  async #move(path: string, to: number): Promise<void> {
    const node = this.#here
    if (this.#program.threads === 0 || node.find(path) === undefined) return
    const moved = node.move({ path }, { thread: to, deadlineMs: 50 })
    moved.then(
      () => this.#count('moved'),
      () => this.#count('not moved'),
    )
    await Promise.resolve()
  }

  #pay({ from, to, early, late, isKeyed }: Step & { act: 'pay' }): void {
    const node = this.#here
    const orders: Order[] = to.flatMap((index) => {
      const ref = node.find(paths[index] ?? '')
      const id = `p${++this.#payments}`
      return ref === undefined || index === from
        ? []
        : [{ to: ref as Ref, id, amount: 1 + (this.#payments % 7), early, late }]
    })
    const sender = node.find(paths[from] ?? '') as Ref | undefined
    if (orders.length === 0 || sender === undefined) return
    if (!isKeyed) {
      sender.tell('order', orders)
      return
    }
    const key = `k${this.#payments}`
    this.#keyed.push({ from: sender.path, key, orders })
    sender.ask('order', orders, { idempotencyKey: key, timeoutMs: 10_000 }).catch(() => undefined)
  }

  /** Nothing fails any more, and all is given its time. */
  async #heal(): Promise<
    LettersStory & { readonly sum: number; readonly owed: number; readonly answered: readonly string[] }
  > {
    this.#journal.letGo()
    await this.#here.advance(100_000)
    // What was still to fail does not: this is another process.
    await this.#begin()
    await this.#rest()
    const answered = await this.#askAgain()
    await this.#rest()
    const states = await Promise.all(
      paths.map(async (path) => {
        const ref = this.#here.find(path) as Ref | undefined
        return (await ref?.ask('state')) as VaultState
      }),
    )
    const wakes = await this.#journal.wakes(Infinity, 10)
    const { deadLetters } = this.#here.runtime.host
    this.#count(`given up ${deadLetters.counts()['message-poisoned'] ?? 0}`)
    await this.#here[Symbol.asyncDispose]()
    return {
      ...story(states),
      sum: states.reduce((sum, { balance }) => sum + balance, 0),
      owed: wakes.length,
      answered,
    }
  }

  /** Who was given up, because he has failed too often, comes back. */
  async #rest(): Promise<void> {
    for (let round = 0; round < 5; round++) {
      await this.#here.advance(60_000)
      await this.#spawnAll()
    }
  }

  /** Whoever has a key asks until he is answered; what that was about has happened. */
  async #askAgain(): Promise<string[]> {
    const answered: string[] = []
    for (const { from, key, orders } of this.#keyed) {
      const ref = this.#here.find(from) as Ref | undefined
      const live = orders.map((order) => ({ ...order, to: this.#here.find(order.to.path) as Ref }))
      const asked = ref?.ask('order', live, { idempotencyKey: key }).then(
        () => answered.push(...orders.map(({ id }) => id)),
        (fault: Fault) => this.#count(fault.code),
      )
      await this.#here.settle()
      await asked
    }
    return answered
  }

  #count(what: string): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + 1)
  }
}

export const sumAtStart: number = paths.length * 1_000

function story(states: readonly VaultState[]): LettersStory {
  const of = (entries: (state: VaultState) => readonly Entry[]) =>
    states.flatMap((state, index) => entries(state).map((entry) => ({ path: paths[index] ?? '', entry })))
  return {
    accepted: of(({ sent }) => sent).map(({ path, entry }) => ({
      id: entry.id,
      from: path,
      to: entry.other,
    })),
    effects: of(({ received }) => received).map(({ path, entry }) => ({ id: entry.id, by: path })),
    givenUp: [],
    isWhole: true,
  }
}
