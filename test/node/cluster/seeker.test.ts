// Tests of the seeker: it looks again and again, less and less often, once at a time, and forgets whom nobody looks for.
import { expect, test } from 'vitest'
import { ManualClock } from '../../../scenarios/testing/manual-clock.ts'
import { Seeker, seekEveryMs } from '../../../node/cluster/seeker.ts'
import { seededRandom } from '../../../runtime/random.ts'
import type { DialTarget } from '../../../runtime/transport.ts'

class Search {
  readonly clock = new ManualClock()
  targets: DialTarget[] = [{ addresses: ['memory/a'] }]
  readonly triesMs: number[] = []
  meet: () => Promise<unknown> = () => Promise.reject(new Error('nobody there'))
  readonly seeker = new Seeker({
    clock: this.clock,
    random: seededRandom('seeker'),
    targets: () => this.targets,
    meet: () => {
      this.triesMs.push(this.clock.now())
      return this.meet()
    },
  })
}

test('one who is not there is looked for less and less often, and never not at all', async () => {
  const search = new Search()
  search.seeker.start()
  await search.clock.advance(120_000)
  const gaps = search.triesMs.slice(1).map((ms, index) => ms - (search.triesMs[index] ?? 0))
  expect(Math.min(...gaps)).toBeGreaterThanOrEqual(seekEveryMs)
  expect(Math.max(...gaps)).toBeLessThanOrEqual(15_000 + seekEveryMs)
  expect(gaps.at(-1)).toBeGreaterThan(5_000)
  search.seeker.close()
})

test('while one look is under way there is no other, and the first failure is told', async () => {
  const search = new Search()
  const dial = Promise.withResolvers<unknown>()
  search.meet = () => dial.promise
  search.seeker.start()
  await search.clock.advance(10 * seekEveryMs)
  expect(search.triesMs).toHaveLength(1)
  dial.reject(new Error('late'))
  await search.clock.settle()
  expect([...search.seeker.failures.keys()]).toEqual(['memory/a'])
  search.seeker.close()
})

test('one who was met and is lost again is looked for at once', async () => {
  const search = new Search()
  search.seeker.start()
  await search.clock.advance(60_000)
  search.meet = () => Promise.resolve()
  await search.clock.advance(20_000)
  expect(search.seeker.failures.size).toBe(0)
  const before = search.triesMs.length
  await search.clock.advance(2 * seekEveryMs)
  expect(search.triesMs.length).toBeGreaterThan(before)
  search.seeker.close()
})

test('why somebody was not met is forgotten with the wish to, also if the look ends later', async () => {
  const search = new Search()
  search.seeker.start()
  await search.clock.settle()
  const dial = Promise.withResolvers<unknown>()
  search.meet = () => dial.promise
  search.targets.push({ peer: 'b', addresses: [] })
  await search.clock.advance(seekEveryMs)
  search.targets = []
  await search.clock.advance(seekEveryMs)
  dial.reject(new Error('late'))
  await search.clock.settle()
  expect([...search.seeker.failures.keys()]).toEqual([])
  search.seeker.close()
})

test('nobody is looked for once it is closed', async () => {
  const search = new Search()
  search.seeker.start()
  search.seeker.close()
  await search.clock.advance(60_000)
  expect([search.triesMs.length, search.clock.nextAlarmMs]).toEqual([1, Infinity])
})
