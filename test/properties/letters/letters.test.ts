// Properties of reliable messages: whatever fails, money is neither made nor lost, and each payment arrives once and in order.
import fc from 'fast-check'
import { beforeEach, expect, test } from 'vitest'
import { checkOnceEffect } from '../../../scenarios/testing/checkers/check-once-effect.ts'
import { checkQueue } from '../../../scenarios/testing/checkers/check-queue.ts'
import { programs, sumAtStart, World } from './world.ts'
import { tries } from './vault.ts'

/** How many random programs are looked at, and which: raise the one and change the other to search. */
const runs = Number(process.env['TROUPE_RUNS'] ?? 150)
const seed = Number(process.env['TROUPE_SEED'] ?? 1)

beforeEach(() => tries.clear())

test.each([
  ['on one thread, over crashes of actors, of the disk and of the node', 0, runs],
  ['over moves between threads, which may be lost', 2, Math.ceil(runs / 3)],
] as const)(
  'reliable messages take effect once and in order %s',
  async (_, threads, numRuns) => {
    const counts = new Map<string, number>()
    await fc.assert(
      fc.asyncProperty(programs(threads), async (program) => {
        tries.clear()
        const world = new World(program)
        const story = await world.run()
        expect(checkOnceEffect(story).reason).toMatch(/^kept|^there were no/)
        expect(checkQueue(story).reason).toMatch(/^kept|^there were no/)
        expect(story.sum).toBe(sumAtStart)
        expect(story.owed).toBe(0)
        // Twice would be two messages with one id.
        const ids = new Set(story.accepted.map(({ id }) => id))
        expect(story.answered.filter((id) => !ids.has(id))).toEqual([])
        counts.set('answered', (counts.get('answered') ?? 0) + story.answered.length)
        counts.set('effects', (counts.get('effects') ?? 0) + story.effects.length)
        for (const [what, count] of world.counts) counts.set(what, (counts.get(what) ?? 0) + count)
      }),
      { numRuns, seed },
    )
    // The programs are of no use unless they do what they are for.
    expect(counts.get('answered')).toBeGreaterThan(numRuns)
    expect(counts.get('effects')).toBeGreaterThan(numRuns * 3)
    for (const act of ['kill', 'refuse', 'fail', 'crash'])
      expect(counts.get(act), act).toBeGreaterThan(numRuns / 10)
    if (threads > 0) expect(counts.get('moved')).toBeGreaterThan(numRuns / 10)
  },
  300_000,
)
