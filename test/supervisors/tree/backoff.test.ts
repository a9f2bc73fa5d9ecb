// Backoff in a running tree: the pause before a restart, and what can happen in it.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { startTestNode } from 'troupe/testing'
import { backoff as completed } from '../../../supervisors/backoff.ts'
import { at, endsOf, eventsOf, Family, gate } from './family.ts'
import type { Backoff } from 'troupe'
import type { TestNode } from 'troupe/testing'

const steady: Partial<Backoff> = { minMs: 100, maxMs: 10_000, factor: 2, jitter: 0, resetAfterMs: 5_000 }

async function spawnFragile(node: TestNode, backoff: Partial<Backoff>): Promise<Family> {
  const family = new Family()
  await node.spawn(family.member(), { name: 'r', backoff })
  family.diary.length = 0
  return family
}

/** Lets `r` fail and says after how many milliseconds it began again. */
async function failAndMeasure(node: TestNode, family: Family): Promise<number> {
  at(node, 'r').tell('fail', 'now')
  await node.settle()
  family.news()
  const fromMs = node.clock.now()
  await node.advance(Math.max(0, node.clock.nextAlarmMs - fromMs))
  expect(family.news()).toBe('+r')
  return node.clock.now() - fromMs
}

describe('the pause', () => {
  test('grows by its factor with each failure in a row, up to the ceiling', async () => {
    await using node = await startTestNode()
    const family = await spawnFragile(node, steady)
    const delays: number[] = []
    for (let i = 0; i < 9; i++) delays.push(await failAndMeasure(node, family))
    expect(delays).toEqual([100, 200, 400, 800, 1_600, 3_200, 6_400, 10_000, 10_000])
  })

  test('is the shortest again after a healthy time, and no sooner', async () => {
    await using node = await startTestNode()
    const family = await spawnFragile(node, steady)
    for (let i = 0; i < 3; i++) await failAndMeasure(node, family)
    await node.advance(4_999)
    expect(await failAndMeasure(node, family)).toBe(800)
    await node.advance(5_000)
    expect(await failAndMeasure(node, family)).toBe(100)
  })

  test('varies by chance, within its bounds and not always alike', async () => {
    await using node = await startTestNode()
    const policy = { ...steady, jitter: 0.5, minMs: 1_000, maxMs: 1_000_000, resetAfterMs: 0 }
    const family = await spawnFragile(node, policy)
    const delays: number[] = []
    for (let i = 0; i < 50; i++) delays.push(await failAndMeasure(node, family))
    expect(Math.min(...delays)).toBeGreaterThanOrEqual(500)
    expect(Math.max(...delays)).toBeLessThanOrEqual(1_500)
    expect(new Set(delays).size).toBeGreaterThan(40)
  })

  test('keeps to what its policy says, whatever that is', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          minMs: fc.integer({ min: 1, max: 500 }),
          factor: fc.integer({ min: 1, max: 5 }),
          jitter: fc.constantFrom(0, 0.2, 1),
        }),
        async (given) => {
          await using node = await startTestNode()
          const policy = completed({ ...given, maxMs: 2_000, resetAfterMs: 100_000 })
          const family = await spawnFragile(node, policy)
          let middleMs = given.minMs
          for (let attempt = 1; attempt <= 6; attempt++) {
            const delayMs = await failAndMeasure(node, family)
            const ceilingMs = Math.min(middleMs, 2_000 / (1 + given.jitter))
            expect(delayMs).toBeGreaterThanOrEqual(ceilingMs * (1 - given.jitter) - 0.001)
            expect(delayMs).toBeLessThanOrEqual(ceilingMs * (1 + given.jitter) + 0.001)
            middleMs *= given.factor
          }
        },
      ),
      { numRuns: 25 },
    )
  })

  test('of a start that fails grows like any other', async () => {
    await using node = await startTestNode()
    const family = new Family()
    let lives = 0
    const member = family.member({
      starts() {
        if (++lives > 1 && lives < 5) throw new Error('not yet')
      },
    })
    await node.spawn(member, { name: 'r', backoff: steady })
    family.news()
    at(node, 'r').tell('fail', 'now')
    const begun: number[] = []
    for (let i = 0; i < 4; i++) {
      await node.settle()
      await node.advance(node.clock.nextAlarmMs - node.clock.now())
      begun.push(node.clock.now())
    }
    expect(begun).toEqual([100, 300, 700, 1_500])
    expect(await at(node, 'r').ask('value')).toBe(0)
  })

  test('is an event with the attempt and the delay, and can be seen', async () => {
    await using node = await startTestNode()
    await spawnFragile(node, steady)
    at(node, 'r').tell('fail', 'now')
    await node.settle()
    const event = node.runtime.host.events.recent().findLast(({ kind }) => kind === 'backoff')
    expect(event?.detail).toEqual({ attempt: 1, delayMs: 100 })
    expect(node.operator.describe(node.runtime.cellAt('r')!)).toMatchObject({
      status: 'failed',
      startsInMs: 100,
    })
    await node.advance(100)
    expect(node.operator.describe(node.runtime.cellAt('r')!)).toMatchObject({
      status: 'running',
      startsInMs: null,
    })
  })

  test('follows a halt that takes its time', async () => {
    await using node = await startTestNode()
    const family = new Family()
    await node.spawn(family.member({ stops: () => gate('backoff-halt').promise }), {
      name: 'r',
      backoff: steady,
    })
    at(node, 'r').tell('fail', 'now')
    await node.advance(1_000)
    gate('backoff-halt').resolve()
    await node.advance(99)
    expect(family.news()).toBe('+r -r failed')
    await node.advance(1)
    expect(family.news()).toBe('+r')
  })
})

describe('in the pause', () => {
  test('mail is kept, in order, with what was set aside before it', async () => {
    await using node = await startTestNode()
    await spawnFragile(node, steady)
    at(node, 'r').tell('fail', 'now')
    await node.settle()
    const asked = [1, 2, 3].map(() => at(node, 'r').ask('increment'))
    await node.settle()
    expect(node.audit()).toMatchObject({ waiting: 3, dead: 1 })
    await node.advance(100)
    expect(await Promise.all(asked)).toEqual([1, 2, 3])
  })

  test('a stop ends the actor at once, its mail is dead and its timer gone', async () => {
    await using node = await startTestNode()
    await spawnFragile(node, steady)
    const ends = endsOf(node, 'r')
    at(node, 'r').tell('fail', 'now')
    await node.settle()
    const asked = at(node, 'r')
      .ask('value')
      .catch((fault: { code: string }) => fault.code)
    at(node, 'r').stop()
    await node.settle()
    expect(ends).toEqual({ r: 'stopped' })
    expect(node.runtime.host.timers.count).toBe(0)
    expect(await asked).toBe('actor-stopped')
  })

  test('a stop of a permanent child changes nothing: it comes back at its time, and no restart is spent', async () => {
    await using node = await startTestNode()
    const family = new Family()
    await node.spawn(family.member(), { name: 'r', restart: 'permanent', backoff: steady })
    at(node, 'r').tell('fail', 'now')
    await node.settle()
    const events = eventsOf(node)
    at(node, 'r').stop()
    at(node, 'r').tell('increment')
    await node.advance(99)
    expect(events.take()).toBe('')
    await node.advance(1)
    expect(await at(node, 'r').ask('value')).toBe(1)
  })

  test('a kill has no life to end: the restart comes at its time', async () => {
    await using node = await startTestNode()
    await spawnFragile(node, steady)
    at(node, 'r').tell('fail', 'now')
    await node.settle()
    const events = eventsOf(node)
    at(node, 'r').kill()
    await node.advance(100)
    expect(events.take()).toBe('restarted r, started r')
    await node.advance(60_000)
    expect(events.take()).toBe('')
  })

  test('a kill for good ends it', async () => {
    await using node = await startTestNode()
    await spawnFragile(node, steady)
    at(node, 'r').tell('fail', 'now')
    await node.settle()
    node.operator.killForGood(node.runtime.cellAt('r')!)
    expect([node.find('r'), node.runtime.host.timers.count]).toEqual([undefined, 0])
  })

  test('an order to restart begins it now, and the timer does not begin it again', async () => {
    await using node = await startTestNode()
    const family = await spawnFragile(node, steady)
    at(node, 'r').tell('fail', 'now')
    await node.settle()
    family.news()
    node.operator.restart(node.runtime.cellAt('r')!)
    expect(family.news()).toBe('+r')
    expect(node.runtime.host.timers.count).toBe(0)
    await node.advance(60_000)
    expect(family.news()).toBe('')
  })

  test('a second failure after an order to restart waits its own time, not the rest of the first', async () => {
    await using node = await startTestNode()
    const family = await spawnFragile(node, steady)
    at(node, 'r').tell('fail', 'now')
    await node.advance(50)
    node.operator.restart(node.runtime.cellAt('r')!)
    at(node, 'r').tell('fail', 'again')
    await node.settle()
    family.news()
    await node.advance(199)
    expect(family.news()).toBe('')
    await node.advance(1)
    expect(family.news()).toBe('+r')
  })

  test('the parent’s end takes the child along', async () => {
    await using node = await startTestNode()
    const family = new Family()
    await node.spawn(
      family.member({ starts: (self) => void self.spawn(family.member(), { name: 'c', backoff: steady }) }),
      'p',
    )
    at(node, 'p/c').tell('fail', 'now')
    await node.settle()
    at(node, 'p').stop()
    await node.settle()
    expect(node.runtime.host.timers.count).toBe(0)
    expect(node.audit().actors).toBe(0)
  })

  test('a sibling without a backoff can still exhaust the budget, which the waiting one has not touched', async () => {
    await using node = await startTestNode()
    const family = new Family()
    const parent = family.member({
      supervision: { intensity: 1 },
      starts(self) {
        self.spawn(family.member(), { name: 'waits', backoff: steady })
        self.spawn(family.member(), 'other')
      },
    })
    await node.spawn(parent, { name: 'p', restart: 'temporary' })
    for (let i = 0; i < 5; i++) {
      at(node, 'p/waits').tell('fail', 'now')
      await node.advance(10_000)
    }
    at(node, 'p/other').tell('fail', 'now')
    await node.settle()
    expect(node.find('p')).toBeDefined()
    at(node, 'p/other').tell('fail', 'now')
    await node.settle()
    expect(node.find('p')).toBeUndefined()
  })
})

test('what is remembered of a child goes with it', async () => {
  await using node = await startTestNode()
  await spawnFragile(node, steady)
  at(node, 'r').tell('fail', 'now')
  await node.settle()
  const cell = node.runtime.cellAt('r')!
  expect(node.operator.outlook(cell)).toMatchObject({ attempt: 1 })
  at(node, 'r').stop()
  await node.settle()
  expect(node.operator.outlook(cell)).toMatchObject({ attempt: 0 })
})

test('a partial backoff is completed, in a spawn, a definition and a list alike', async () => {
  await using node = await startTestNode()
  const family = new Family()
  await node.spawn(family.member({ child: { backoff: { minMs: 7 } } }), 'defined')
  await node.spawn(family.member(), { name: 'said', backoff: { minMs: 7 } })
  for (const path of ['defined', 'said']) {
    expect(node.runtime.cellAt(path)?.spec.backoff).toEqual(completed({ minMs: 7 }))
  }
  await expect(node.spawn(family.member(), { backoff: { minMs: 0 } })).rejects.toMatchObject({
    code: 'supervision-invalid',
  })
})
