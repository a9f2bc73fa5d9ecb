// A random tree: actors made from data, with hooks that take their time and fail by chance, for properties of supervision.
import fc from 'fast-check'
import { defineActor, Fault } from 'troupe'
import type { ChildOptions, Self, SupervisionSpec } from 'troupe'
import type { Clock } from '../../runtime/clock.ts'
import type { Random } from '../../runtime/random.ts'

/** How a hook behaves: at once, after a while, never, or by throwing. */
export type Temper = 'none' | 'sync' | 'soon' | 'slow' | 'never' | 'throws'

export interface Plan {
  readonly supervision: Partial<SupervisionSpec>
  readonly child: ChildOptions
  readonly starts: Temper
  readonly stops: Temper
  /** How likely each start fails, in percent; the first one never does. */
  readonly failures: number
  readonly children: readonly Plan[]
}

const temper = (...weighted: readonly [Temper, number][]): fc.Arbitrary<Temper> =>
  fc.oneof(...weighted.map(([value, weight]) => ({ arbitrary: fc.constant(value), weight })))

const starts = temper(['none', 6], ['sync', 2], ['soon', 4], ['slow', 2])
const stops = temper(['none', 6], ['sync', 2], ['soon', 4], ['slow', 2], ['never', 1], ['throws', 1])

const supervision: fc.Arbitrary<Partial<SupervisionSpec>> = fc
  .record({
    strategy: fc.constantFrom('one-for-one', 'one-for-all', 'rest-for-one'),
    intensity: fc.integer({ min: 0, max: 4 }),
    periodMs: fc.constantFrom(50, 500, 5_000),
    isEach: fc.boolean(),
    autoShutdown: fc.constantFrom('never', 'any-significant', 'all-significant'),
    directives: fc.constantFrom(
      [],
      [{ code: 'told-so', directive: 'restart' as const }],
      [{ code: 'told-so', directive: 'escalate' as const }],
      [{ error: RangeError, directive: 'stop' as const }],
    ),
  })
  .map(({ isEach, ...spec }) => ({
    ...spec,
    budget: isEach && spec.strategy === 'one-for-one' ? ('each' as const) : ('shared' as const),
  })) as fc.Arbitrary<Partial<SupervisionSpec>>

const child: fc.Arbitrary<ChildOptions> = fc
  .record({
    restart: fc.constantFrom('permanent', 'transient', 'temporary'),
    shutdownMs: fc.constantFrom(0, 20, 200),
    hasBackoff: fc.integer({ min: 0, max: 9 }),
    isSignificant: fc.boolean(),
  })
  .map(({ hasBackoff, isSignificant, ...spec }) => ({
    ...spec,
    significant: isSignificant && spec.restart !== 'permanent',
    ...(hasBackoff === 0 ? { backoff: { minMs: 10, maxMs: 100, resetAfterMs: 50 } } : {}),
  })) as fc.Arbitrary<ChildOptions>

function plan(depth: number): fc.Arbitrary<Plan> {
  return fc.record({
    supervision,
    child,
    starts,
    stops,
    failures: fc.constantFrom(0, 0, 0, 30, 80),
    children: depth === 0 ? fc.constant([]) : fc.array(plan(depth - 1), { maxLength: 4, size: 'max' }),
  })
}

export const trees: fc.Arbitrary<readonly Plan[]> = fc.array(plan(2), {
  minLength: 1,
  maxLength: 2,
  size: 'max',
})

/** What a world has of its own: nothing here reads a real clock. */
export interface World {
  readonly clock: Clock
  readonly random: Random
}

/** Makes an actor from its plan. */
export function actorOf(plan: Plan, world: World): ReturnType<typeof defineActor> {
  const sleep = (ms: number): Promise<void> =>
    new Promise((resolve) => void world.clock.alarm(world.clock.now() + ms, resolve))
  let lives = 0
  const started = (self: Self): Promise<void> | void => {
    const fails = ++lives > 1 && world.random.integer(100) < plan.failures
    for (const [i, below] of plan.children.entries())
      self.spawn(actorOf(below, world), namedLike(plan, below, i))
    return behave(plan.starts, sleep, fails ? 'throws' : 'none')
  }
  return defineActor('planned', {
    supervision: plan.supervision,
    on: {
      fail() {
        throw new Error('told so')
      },
      failRange() {
        throw new RangeError('told so')
      },
      failAs() {
        throw new Fault('told-so', 'Cannot go on: told so', { hint: 'Tell it otherwise.' })
      },
      async failLate() {
        await sleep(5)
        throw new Error('told so, later')
      },
      work: (_self, ms: number) => sleep(ms),
      hang: () => new Promise<void>(() => undefined),
      end: (self) => self.stop(),
      die: (self) => self.ref.kill(),
      endChild: (self, index: number) =>
        self.stop(self.children[index % Math.max(1, self.children.length)] ?? self.ref),
      grow: (self) => void (self.children.length < 5 && self.spawn(idle)),
      ping: () => 'pong',
    },
    started,
    stopping: () => behave(plan.stops, sleep, 'none'),
  }) as never
}

const idle = defineActor('idle', { on: { ping: () => 'pong' } })

function namedLike(parent: Plan, plan: Plan, index: number): ChildOptions & { name: string } {
  const isAllowed = (parent.supervision.autoShutdown ?? 'never') !== 'never'
  return { ...plan.child, significant: plan.child.significant === true && isAllowed, name: `c${index}` }
}

function behave(temper: Temper, sleep: (ms: number) => Promise<void>, then: Temper): Promise<void> | void {
  switch (temper) {
    case 'none':
    case 'sync':
      if (then === 'throws') throw new Error('the hook fails')
      return undefined
    case 'soon':
      return Promise.resolve().then(() => behave('sync', sleep, then))
    case 'slow':
      return sleep(30).then(() => behave('sync', sleep, then))
    case 'never':
      return new Promise<void>(() => undefined)
    case 'throws':
      throw new Error('the hook fails')
  }
}
