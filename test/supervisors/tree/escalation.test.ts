// Budgets in a running tree: a sliding window, one for all children or one for each, and what happens when it is exhausted.
import { describe, expect, test } from 'vitest'
import { startTestNode } from 'troupe/testing'
import { at, endsOf, eventsOf, Family } from './family.ts'
import type { SupervisionSpec } from 'troupe'
import type { TestNode } from 'troupe/testing'

async function spawnPair(node: TestNode, supervision: Partial<SupervisionSpec>): Promise<Family> {
  const family = new Family()
  const parent = family.member({
    supervision,
    starts: (self) => void ['a', 'b', 'c'].forEach((name) => self.spawn(family.member(), name)),
  })
  await node.spawn(parent, { name: 'p', restart: 'temporary' })
  family.diary.length = 0
  return family
}

async function fail(node: TestNode, path: string): Promise<void> {
  node.find(path)?.tell('fail', 'now')
  await node.settle()
}

const lives = (node: TestNode, path: string): boolean => node.find(path) !== undefined

describe('the window', () => {
  test('three restarts within five seconds are allowed, the fourth is too many', async () => {
    await using node = await startTestNode()
    await spawnPair(node, {})
    for (let i = 0; i < 3; i++) await fail(node, 'p/a')
    expect(lives(node, 'p')).toBe(true)
    await node.advance(5_000)
    await fail(node, 'p/a')
    expect(lives(node, 'p')).toBe(false)
  })

  test('slides: a restart that is older than the period counts no more', async () => {
    await using node = await startTestNode()
    await spawnPair(node, {})
    for (let i = 0; i < 40; i++) {
      await fail(node, 'p/a')
      await node.advance(1_251 + 416)
    }
    expect(lives(node, 'p')).toBe(true)
    for (let i = 0; i < 3; i++) await fail(node, 'p/a')
    expect(lives(node, 'p')).toBe(false)
  })

  test('is shared by all children unless said otherwise', async () => {
    await using node = await startTestNode()
    await spawnPair(node, { intensity: 2 })
    for (const path of ['p/a', 'p/b', 'p/c']) await fail(node, path)
    expect(lives(node, 'p')).toBe(false)
  })

  test('of each child is its own with `each`, and only the child that exhausts it is given up', async () => {
    await using node = await startTestNode()
    const family = await spawnPair(node, { intensity: 2, budget: 'each' })
    for (let i = 0; i < 2; i++) for (const path of ['p/a', 'p/b', 'p/c']) await fail(node, path)
    family.news()
    const ends = endsOf(node, 'p/a', 'p/b')
    const events = eventsOf(node)
    await fail(node, 'p/a')
    expect(events.take()).toBe('failed p/a, escalated p/a, stopped p/a')
    expect(ends).toEqual({ 'p/a': 'failed restarts-exhausted' })
    expect([lives(node, 'p'), lives(node, 'p/b')]).toEqual([true, true])
  })

  test('with an intensity of 0 allows no restart', async () => {
    await using node = await startTestNode()
    await spawnPair(node, { intensity: 0 })
    await fail(node, 'p/a')
    expect(lives(node, 'p')).toBe(false)
  })

  test('counts the stops and kills of a permanent child as well, but no order', async () => {
    await using node = await startTestNode()
    const family = new Family()
    const parent = family.member({
      supervision: { intensity: 2 },
      starts: (self) => void self.spawn(family.member(), { name: 'a', restart: 'permanent' }),
    })
    await node.spawn(parent, { name: 'p', restart: 'temporary' })
    for (let i = 0; i < 10; i++) {
      node.operator.restart(node.runtime.cellAt('p/a')!)
      await node.settle()
    }
    at(node, 'p/a').stop()
    await node.settle()
    at(node, 'p/a').kill()
    await node.settle()
    expect(lives(node, 'p/a')).toBe(true)
    at(node, 'p/a').stop()
    await node.settle()
    expect(lives(node, 'p')).toBe(false)
  })

  test('is empty for the next life of the supervisor', async () => {
    await using node = await startTestNode()
    const family = new Family()
    const parent = family.member({
      supervision: { intensity: 1 },
      starts: (self) => void self.spawn(family.member(), 'a'),
    })
    await node.spawn(parent, 'p')
    for (let i = 0; i < 2; i++) await fail(node, 'p/a')
    expect(node.runtime.cellAt('p')?.rareIfAny?.restarts).toBe(1)
    await fail(node, 'p/a')
    expect(node.runtime.cellAt('p')?.rareIfAny?.restarts).toBe(1)
    expect(node.runtime.cellAt('p/a')?.rareIfAny?.restarts).toBe(1)
  })
})

describe('an exhausted budget', () => {
  test('ends the children in reverse, the failed one first, and then the supervisor has failed', async () => {
    await using node = await startTestNode()
    const family = await spawnPair(node, { intensity: 0 })
    const ends = endsOf(node, 'p', 'p/a', 'p/b', 'p/c')
    const events = eventsOf(node)
    await fail(node, 'p/b')
    expect(family.news()).toBe('-p/b failed -p/c stopped -p/a stopped -p failed')
    expect(events.take()).toBe(
      'failed p/b, escalated p, failed p, stopped p/b, stopped p/c, stopped p/a, stopped p',
    )
    expect(ends).toEqual({
      'p/b': 'failed restarts-exhausted',
      'p/c': 'stopped',
      'p/a': 'stopped',
      p: 'failed restarts-exhausted',
    })
  })

  test('waits for an async end of the failed child before the supervisor ends', async () => {
    await using node = await startTestNode()
    const family = new Family()
    const { promise, resolve } = Promise.withResolvers<void>()
    const parent = family.member({
      supervision: { intensity: 0 },
      starts: (self) =>
        void [family.member({ stops: () => promise }), family.member()].map((child, i) =>
          self.spawn(child, `c${i}`),
        ),
    })
    await node.spawn(parent, { name: 'p', restart: 'temporary' })
    family.news()
    await fail(node, 'p/c0')
    expect(family.news()).toBe('-p/c0 failed -p/c1 stopped')
    resolve()
    await node.settle()
    expect(family.news()).toBe('-p failed')
  })

  test('restarts the supervisor by its own supervisor’s budget, level by level, up to the root that is given up', async () => {
    await using node = await startTestNode()
    const family = new Family()
    const one = { supervision: { intensity: 1 } }
    const low = family.member({ ...one, starts: (self) => void self.spawn(family.member(), 'leaf') })
    const middle = family.member({ ...one, starts: (self) => void self.spawn(low, 'low') })
    const other = await node.spawn(family.member(), 'other')
    await node.spawn(middle, 'middle')
    const restarts = (path: string): number | undefined => node.runtime.cellAt(path)?.rareIfAny?.restarts
    await fail(node, 'middle/low/leaf')
    await fail(node, 'middle/low/leaf')
    expect([restarts('middle'), restarts('middle/low')]).toEqual([0, 1])
    await fail(node, 'middle/low/leaf')
    await fail(node, 'middle/low/leaf')
    expect(restarts('middle')).toBe(1)
    // Two failures end a life of `low`, two of those one of `middle`, and the guardian has three restarts for that.
    for (let i = 0; i < 11; i++) await fail(node, 'middle/low/leaf')
    expect(lives(node, 'middle')).toBe(true)
    await fail(node, 'middle/low/leaf')
    expect(lives(node, 'middle')).toBe(false)
    expect(await other.ask('value')).toBe(0)
  })

  test('of the guardian gives up one root, with its fault, and no other', async () => {
    await using node = await startTestNode()
    const refs = await Promise.all(['a', 'b'].map((name) => node.spawn(new Family().member(), name)))
    const ends = endsOf(node, 'a', 'b')
    for (let i = 0; i < 3; i++) for (const path of ['a', 'b']) await fail(node, path)
    await fail(node, 'a')
    expect(ends).toEqual({ a: 'failed restarts-exhausted' })
    expect(await refs[1]!.ask('value')).toBe(0)
  })

  test('names the child, the budget and the failure behind it', async () => {
    await using node = await startTestNode()
    await spawnPair(node, { intensity: 0, periodMs: 1_000 })
    let heard: unknown
    at(node, 'p').watch((exit) => (heard = exit))
    await fail(node, 'p/b')
    expect(heard).toMatchObject({
      cause: 'failed',
      fault: {
        code: 'restarts-exhausted',
        message: 'Cannot restart "p/b": more than 0 restarts within 1000 ms',
        details: { child: 'p/b', intensity: 0, periodMs: 1_000 },
        cause: { name: 'Fault' },
      },
    })
  })

  test('of a significant child restarts the supervisor: the failure counts, not the automatic shutdown', async () => {
    await using node = await startTestNode()
    const family = new Family()
    const parent = family.member({
      supervision: { intensity: 0, autoShutdown: 'any-significant' },
      starts: (self) => void self.spawn(family.member(), { name: 'a', significant: true }),
    })
    await node.spawn(parent, 'p')
    family.news()
    await fail(node, 'p/a')
    expect(family.news()).toBe('-p/a failed -p failed +p +p/a')
  })

  test('while the supervisor itself still starts is its failure: the start ends first', async () => {
    await using node = await startTestNode()
    const family = new Family()
    const { promise, resolve } = Promise.withResolvers<void>()
    let starts = 0
    const parent = family.member({
      supervision: { intensity: 0 },
      async starts(self) {
        await self.start(family.member(), 'a')
        if (++starts === 1) await promise
      },
    })
    const spawned = node.spawn(parent, 'p')
    await node.settle()
    await fail(node, 'p/a')
    expect(family.news()).toBe('+p +p/a -p/a failed')
    resolve()
    await spawned
    await node.settle()
    expect(family.news()).toBe('-p failed +p +p/a')
  })

  test('while the supervisor still starts, and that start fails too, is one failure', async () => {
    await using node = await startTestNode()
    const family = new Family()
    const { promise, reject } = Promise.withResolvers<void>()
    let starts = 0
    const parent = family.member({
      supervision: { intensity: 0 },
      async starts(self) {
        self.spawn(family.member({ stops: () => Promise.resolve() }), 'b')
        await self.start(family.member(), 'a')
        if (++starts === 1) await promise
      },
    })
    const spawned = node.spawn(parent, 'p').catch((fault: { code: string }) => fault.code)
    await node.settle()
    await fail(node, 'p/a')
    reject(new Error('the start as well'))
    expect(await spawned).toBe('start-abandoned')
    await node.settle()
    expect(family.news()).toBe('+p +p/b +p/a -p/a failed -p/b stopped +p +p/b +p/a')
    expect(await at(node, 'p/a').ask('value')).toBe(0)
  })
})
