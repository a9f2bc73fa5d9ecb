// Tests of the rebalance plan: it evens out or brings together, never makes things worse, and comes to an end.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { imbalance, planMoves } from '../../../node/threads/rebalance.ts'
import type {
  BalanceFacts,
  BalanceRoot,
  BalanceThread,
  TalkRate,
} from '../../../node/threads/balance-board.ts'
import type { Goal, PlannedMove } from '../../../node/threads/rebalance.ts'

const root = (
  path: string,
  slot: number,
  cpuShare: number,
  given: Partial<BalanceRoot> = {},
): BalanceRoot => ({
  path,
  slot,
  cpuShare,
  rate: 0,
  moves: true,
  ...given,
})
const up = (...slots: number[]): BalanceThread[] =>
  slots.map((slot) => ({ slot, status: 'up', otherShare: 0 }))
const facts = (given: Partial<BalanceFacts>): BalanceFacts => ({
  nowMs: 0,
  roots: [],
  threads: up(1, 2),
  talk: [],
  ...given,
})
const shown = (plan: readonly PlannedMove[]): string[] =>
  plan.map(({ path, from, to }) => `${path} ${from}→${to}`)

/** The facts after the plan has been carried out. */
function carriedOut(before: BalanceFacts, plan: readonly PlannedMove[]): BalanceFacts {
  const slots = new Map(plan.map(({ path, to }) => [path, to]))
  return { ...before, roots: before.roots.map((one) => ({ ...one, slot: slots.get(one.path) ?? one.slot })) }
}

describe('spread', () => {
  test('takes from the busiest what brings it next to the idlest', () => {
    const roots = [root('a', 1, 0.6), root('b', 1, 0.35), root('c', 1, 0.05), root('d', 2, 0.2)]
    const plan = planMoves('spread', facts({ roots }))
    expect(shown(plan)).toEqual(['b 1→2'])
    expect(plan[0]?.why).toBe('thread 1 is 100 % busy, thread 2 20 %; it takes 35 %')
    expect(plan[0]?.gain).toBeCloseTo(0.35)
  })

  test('leaves alone what is within the tolerance, and a single hog', () => {
    expect(
      planMoves('spread', facts({ roots: [root('a', 1, 0.3), root('b', 1, 0.2), root('c', 2, 0.4)] })),
    ).toEqual([])
    expect(planMoves('spread', facts({ roots: [root('a', 1, 1)] }))).toEqual([])
  })

  test('moves nothing that is pinned, or that moved a moment ago', () => {
    const pinned = [root('a', 1, 0.4, { moves: false }), root('b', 1, 0.4, { movedMs: 100 })]
    expect(planMoves('spread', facts({ roots: pinned, nowMs: 60_099 }))).toEqual([])
    expect(shown(planMoves('spread', facts({ roots: pinned, nowMs: 60_100 })))).toEqual(['b 1→2'])
  })

  test('neither leaves nor enters a thread that is not up', () => {
    for (const status of ['starting', 'lost', 'dedicated', 'quarantine'] as const) {
      const threads: BalanceThread[] = [...up(1), { slot: 2, status, otherShare: 0 }]
      for (const slot of [1, 2])
        expect(
          planMoves('spread', facts({ threads, roots: [root('a', slot, 0.5), root('b', slot, 0.5)] })),
        ).toEqual([])
    }
  })

  test('among equals takes the one without friends', () => {
    const roots = [root('a', 1, 0.3), root('b', 1, 0.3), root('c', 1, 0.3)]
    const talk = [{ a: 'a', b: 'b', rate: 1_000 }]
    expect(shown(planMoves('spread', facts({ roots, talk })))).toEqual(['c 1→2'])
  })

  test('plans so many moves and no more', () => {
    const roots = Array.from({ length: 100 }, (_, i) => root(`r${i}`, 1, 0.02))
    expect(planMoves('spread', facts({ roots }))).toHaveLength(10)
    expect(planMoves('spread', facts({ roots }), { movesMax: 3 })).toHaveLength(3)
  })
})

describe('rebalance', () => {
  test('brings the heaviest talkers together first, as far as the threads stay balanced', () => {
    const roots = [root('a', 1, 0.1), root('b', 2, 0.1), root('c', 1, 0.1), root('d', 2, 0.1)]
    const talk = [
      { a: 'a', b: 'b', rate: 500 },
      { a: 'c', b: 'd', rate: 900 },
    ]
    const plan = planMoves('rebalance', facts({ roots, talk }), { toleranceShare: 0.25 })
    expect(shown(plan)).toEqual(['c 1→2', 'b 2→1'])
    expect(plan[0]).toMatchObject({ gain: 900 })
    expect(plan[0]?.why).toBe('it and "d" in thread 2 send each other 900 messages/s; 900 fewer cross in all')
  })

  test('does not tear one apart from more than it joins', () => {
    const roots = [root('a', 1, 0.01), root('b', 2, 0.01), root('c', 1, 0.01, { moves: false })]
    const talk = [
      { a: 'a', b: 'b', rate: 500 },
      { a: 'a', b: 'c', rate: 600 },
    ]
    expect(shown(planMoves('rebalance', facts({ roots, talk })))).toEqual(['b 2→1'])
  })

  test('moves nobody for a few messages, and nobody where it would unbalance', () => {
    const light = [root('a', 1, 0.01), root('b', 2, 0.01)]
    expect(planMoves('rebalance', facts({ roots: light, talk: [{ a: 'a', b: 'b', rate: 19 }] }))).toEqual([])
    const heavy = [root('a', 1, 0.5), root('b', 2, 0.5)]
    expect(planMoves('rebalance', facts({ roots: heavy, talk: [{ a: 'a', b: 'b', rate: 9_000 }] }))).toEqual(
      [],
    )
  })
})

const status = fc.constantFrom('up', 'up', 'up', 'lost', 'quarantine')
const anyFacts: fc.Arbitrary<BalanceFacts> = fc
  .record({
    threads: fc.array(fc.record({ status, otherShare: fc.double({ min: 0, max: 0.2, noNaN: true }) }), {
      minLength: 1,
      maxLength: 5,
    }),
    roots: fc.array(
      fc.record({
        slot: fc.integer({ min: 0, max: 6 }),
        cpuShare: fc.double({ min: 0, max: 0.5, noNaN: true }),
        rate: fc.nat(10_000),
        moves: fc.boolean(),
      }),
      { maxLength: 25 },
    ),
    talk: fc.array(fc.record({ a: fc.nat(25), b: fc.nat(25), rate: fc.nat(2_000) }), { maxLength: 40 }),
  })
  .map(({ threads, roots, talk }) => ({
    nowMs: 0,
    threads: threads.map((one, index): BalanceThread => ({ slot: index + 1, ...one })),
    roots: roots.map((one, index): BalanceRoot => ({ path: `r${index}`, ...one })),
    talk: talk.map(({ a, b, rate }): TalkRate => ({ a: `r${a}`, b: `r${b}`, rate })),
  }))

describe.each(['spread', 'rebalance'] as const)('any plan of %s', (goal: Goal) => {
  test('leaves the threads no further apart than they were, or within the tolerance, after each of its moves', () => {
    fc.assert(
      fc.property(anyFacts, (before) => {
        const plan = planMoves(goal, before)
        for (let made = 1; made <= plan.length; made++) {
          const [then, now] = [made - 1, made].map((count) =>
            imbalance(carriedOut(before, plan.slice(0, count))),
          )
          expect(now).toBeLessThanOrEqual(Math.max(then ?? 0, 0.15) + 1e-9)
        }
      }),
    )
  })

  test('moves only what may move, between threads that are up, each once', () => {
    fc.assert(
      fc.property(anyFacts, (before) => {
        const plan = planMoves(goal, before)
        const isUp = (slot: number): boolean =>
          before.threads.some((one) => one.slot === slot && one.status === 'up')
        for (const { path, from, to, gain } of plan) {
          expect(before.roots.find((one) => one.path === path)).toMatchObject({ moves: true, slot: from })
          expect([isUp(from), isUp(to), from === to, gain > 0]).toEqual([true, true, false, true])
        }
        expect(new Set(plan.map(({ path }) => path)).size).toBe(plan.length)
        expect(plan.length).toBeLessThanOrEqual(10)
      }),
    )
  })

  test('made again and again comes to an end, and is the same for the same facts', () => {
    fc.assert(
      fc.property(anyFacts, (first) => {
        let now = first
        let plans = 0
        for (let plan = planMoves(goal, now); plan.length > 0; plan = planMoves(goal, now)) {
          expect(planMoves(goal, now)).toEqual(plan)
          now = carriedOut(now, plan)
          expect(++plans).toBeLessThan(20)
        }
      }),
    )
  })

  test('is followed by none while those that moved recover and nothing else has changed', () => {
    fc.assert(
      fc.property(anyFacts, (before) => {
        const plan = planMoves(goal, before, { movesMax: 1_000 })
        const moved = new Set(plan.map(({ path }) => path))
        const after = carriedOut(before, plan)
        const roots = after.roots.map((one) => (moved.has(one.path) ? { ...one, movedMs: 0 } : one))
        expect(planMoves(goal, { ...after, roots }, { movesMax: 1_000 })).toEqual([])
      }),
    )
  })
})
