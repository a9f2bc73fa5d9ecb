// Properties of moves between threads: whatever actors do to each other while they move, and whatever dies, the guarantees hold.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { moveSteps } from '../../../node/threads/mover.ts'
import { judge } from './judge.ts'
import { losing, moving } from './program.ts'
import { Tour } from './tour.ts'
import type { Program } from './program.ts'

/** How many random programs are looked at, and which: raise the one and change the other to search. */
const runs = Number(process.env['TROUPE_RUNS'] ?? 1_500)
const seed = Number(process.env['TROUPE_SEED'] ?? 1)

/** Runs programs, and says how often each thing happened in them. */
async function tourAll(programs: fc.Arbitrary<Program>, numRuns: number): Promise<Map<string, number>> {
  const counts = new Map<string, number>()
  await fc.assert(
    fc.asyncProperty(programs, async (program) => {
      const tour = new Tour(program)
      await tour.run()
      expect(await judge(tour)).toEqual([])
      for (const [what, count] of tour.stage.counts) counts.set(what, (counts.get(what) ?? 0) + count)
    }),
    { numRuns, seed },
  )
  return counts
}

test('actors that move between threads lose nothing, repeat nothing and keep order', async () => {
  const counts = await tourAll(moving, runs)
  // The programs are of no use unless they do what they are for.
  for (const step of moveSteps) expect(counts.get(`step ${step}`), step).toBeGreaterThan(runs)
  expect(counts.get('moved-here')).toBe(counts.get('step activated'))
}, 300_000)

test('when threads die at any step of a move or at any other moment, one of each remains, and all others go on', async () => {
  const counts = await tourAll(losing, runs)
  for (const step of moveSteps)
    for (const whom of ['source', 'target', 'both'])
      expect(counts.get(`doom ${step} ${whom}`), step).toBeGreaterThan(0)
  expect(counts.get('lost')).toBeGreaterThan(runs / 10)
  expect(counts.get('frozen')).toBeGreaterThan(runs / 10)
}, 300_000)

test('the same program with the same seed takes the same course, to the last event', async () => {
  const courseOf = async (program: Program): Promise<unknown> => {
    const tour = new Tour(program)
    await tour.run()
    await judge(tour)
    return tour.stage.history
  }
  await fc.assert(
    fc.asyncProperty(losing, async (program) => {
      expect(await courseOf(program)).toEqual(await courseOf(program))
    }),
    { numRuns: 20, seed },
  )
}, 300_000)
