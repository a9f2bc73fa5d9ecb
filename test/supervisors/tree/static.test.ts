// Static trees: supervisors with a list of children, from their definition to their end.
import { describe, expect, test } from 'vitest'
import { defineActor, defineSupervisor } from 'troupe'
import { startTestNode } from 'troupe/testing'
import { at, endsOf, eventsOf, Family, gate } from './family.ts'
import type { ListedChild, SupervisorSpec } from '../../../supervisors/define-supervisor.ts'

const codeOf = (fault: { code: string }): string => fault.code
const idle = defineActor('idle', { on: {} })

describe('the start', () => {
  test('is in the order of the list, each after the one before has started', async () => {
    await using node = await startTestNode()
    const family = new Family()
    const slow = family.member({ starts: () => gate('static-start').promise })
    const children = [
      { name: 'a', actor: family.member() },
      { name: 'b', actor: slow },
      { name: 'c', actor: family.member() },
    ]
    const spawned = node.spawn(defineSupervisor('shop', { children }), 'shop')
    await node.settle()
    expect(family.news()).toBe('+shop/a +shop/b')
    gate('static-start').resolve()
    await spawned
    expect(family.news()).toBe('+shop/c')
  })

  test('that fails stops those that have started, in reverse, and fails the supervisor', async () => {
    await using node = await startTestNode()
    const family = new Family()
    const faulty = family.member({ starts: () => Promise.reject(new Error('no')) })
    const children = ['a', 'b', 'c', 'd'].map((name) => ({
      name,
      actor: name === 'c' ? faulty : family.member(),
    }))
    await expect(node.spawn(defineSupervisor('shop', { children }), 'shop')).rejects.toMatchObject({
      code: 'start-failed',
      message: expect.stringContaining('shop/c') as string,
    })
    expect(family.news()).toBe('+shop/a +shop/b +shop/c -shop/b stopped -shop/a stopped')
    expect(node.audit().actors).toBe(0)
  })

  test('of a next life that fails is tried again and counts', async () => {
    await using node = await startTestNode()
    const family = new Family()
    let lives = 0
    const flaky = family.member({
      starts() {
        if (++lives === 2) throw new Error('not now')
      },
    })
    const children = [
      { name: 'a', actor: family.member() },
      { name: 'b', actor: flaky },
    ]
    const shop = defineSupervisor('shop', { intensity: 0, children })
    await node.spawn(shop, 'shop')
    at(node, 'shop/a').tell('fail', 'now')
    await node.settle()
    expect(lives).toBe(3)
    expect(node.runtime.cellAt('shop')?.rareIfAny?.restarts).toBe(2)
    expect(await at(node, 'shop/b').ask('value')).toBe(0)
  })

  test('gives each child its arguments, options and definition’s own wishes', async () => {
    await using node = await startTestNode()
    const greeter = defineActor('greeter', {
      state: (greeting: string, times: number) => ({ greeting, times }),
      child: { restart: 'transient', shutdownMs: 70 },
      on: { show: (self) => `${self.state.greeting} ${self.state.times}` },
    })
    const children: ListedChild[] = [
      { name: 'a', actor: greeter, args: ['Hi', 2], shutdownMs: 30, backoff: { minMs: 9 } },
      { name: 'b', actor: idle },
    ]
    await node.spawn(defineSupervisor('shop', { children }), 'shop')
    expect(await at(node, 'shop/a').ask('show')).toBe('Hi 2')
    const [a, b] = ['a', 'b'].map((name) => node.runtime.cellAt(`shop/${name}`)?.spec)
    expect(a).toMatchObject({ restart: 'transient', shutdownMs: 30, backoff: { minMs: 9, maxMs: 30_000 } })
    expect(b).toMatchObject({ restart: 'permanent', shutdownMs: 5_000, backoff: undefined })
    expect(node.runtime.cellAt('shop')?.spec).toMatchObject({ restart: 'transient', shutdownMs: Infinity })
  })
})

describe('the end', () => {
  test('is in reverse, with a deadline for each, and without one for the supervisor', async () => {
    await using node = await startTestNode()
    const family = new Family()
    const stuck = family.member({ stops: () => new Promise(() => undefined) })
    const children = [
      { name: 'a', actor: stuck, shutdownMs: 1_000 },
      { name: 'b', actor: family.member() },
      { name: 'c', actor: stuck, shutdownMs: 10_000 },
    ]
    await node.spawn(defineSupervisor('shop', { children }), 'shop')
    const ends = endsOf(node, 'shop', 'shop/a', 'shop/b', 'shop/c')
    at(node, 'shop').stop()
    await node.advance(9_999)
    expect(ends).toEqual({})
    await node.advance(1)
    expect(ends).toEqual({ 'shop/c': 'killed', 'shop/b': 'stopped' })
    await node.advance(1_000)
    expect(ends).toEqual({ 'shop/c': 'killed', 'shop/b': 'stopped', 'shop/a': 'killed', shop: 'stopped' })
  })

  test('of a listed child by its own stop is followed by a new life: it is permanent', async () => {
    await using node = await startTestNode()
    const family = new Family()
    await node.spawn(defineSupervisor('shop', { children: [{ name: 'a', actor: family.member() }] }), 'shop')
    at(node, 'shop/a').stop()
    await node.settle()
    expect(family.news()).toBe('+shop/a -shop/a stopped +shop/a')
  })

  test('can be told to the supervisor while it starts', async () => {
    await using node = await startTestNode()
    const family = new Family()
    const slow = family.member({ starts: () => gate('static-stop').promise })
    const children = ['a', 'b', 'c'].map((name) => ({ name, actor: name === 'b' ? slow : family.member() }))
    const spawned = node.spawn(defineSupervisor('shop', { children }), 'shop').catch(codeOf)
    await node.settle()
    const stopped = node.operator.stop(node.runtime.cellAt('shop')!)
    gate('static-stop').resolve()
    expect((await stopped).cause).toBe('stopped')
    expect(await spawned).toBe('start-abandoned')
    expect(family.news()).toBe('+shop/a +shop/b -shop/b stopped -shop/a stopped')
  })
})

test('a supervisor of supervisors heals level by level', async () => {
  await using node = await startTestNode()
  const family = new Family()
  const floor = defineSupervisor('floor', {
    intensity: 1,
    children: [{ name: 'desk', actor: family.member() }],
  })
  const house = defineSupervisor('house', {
    children: [
      { name: 'one', actor: floor },
      { name: 'two', actor: floor },
    ],
  })
  await node.spawn(house, 'house')
  const events = eventsOf(node)
  for (let i = 0; i < 2; i++) {
    at(node, 'house/one/desk').tell('fail', 'now')
    await node.settle()
  }
  expect(events.take()).toBe(
    'failed house/one/desk, restarted house/one/desk, started house/one/desk, failed house/one/desk, ' +
      'escalated house/one, failed house/one, stopped house/one/desk, restarted house/one, ' +
      'spawned house/one/desk, started house/one/desk, started house/one',
  )
})

test('a supervisor tells of its children, also of one that has gone', async () => {
  await using node = await startTestNode()
  const children: ListedChild[] = [
    { name: 'a', actor: idle },
    { name: 'b', actor: idle, restart: 'temporary' },
  ]
  const shop = await node.spawn(defineSupervisor('shop', { children }), 'shop')
  at(node, 'shop/b').stop()
  await node.settle()
  expect(await shop.ask('children')).toEqual([
    { name: 'a', definition: 'idle', restart: 'permanent', isAlive: true },
    { name: 'b', definition: 'idle', restart: 'temporary', isAlive: false },
  ])
})

test('a supervisor with nobody to look after starts and ends', async () => {
  await using node = await startTestNode()
  const shop = await node.spawn(defineSupervisor('shop', { children: [] }), 'shop')
  expect(await shop.ask('children')).toEqual([])
})

describe('a bad spec is refused when it is written', () => {
  const bad: Record<string, [spec: unknown, code: string]> = {
    'no list': [{}, 'supervision-invalid'],
    'a list that is none': [{ children: 'all' }, 'supervision-invalid'],
    'a child that is none': [{ children: [null] }, 'supervision-invalid'],
    'two children of one name': [
      {
        children: [
          { name: 'a', actor: idle },
          { name: 'a', actor: idle },
        ],
      },
      'supervision-invalid',
    ],
    'a child without a name': [{ children: [{ actor: idle }] }, 'name-invalid'],
    'a name of two segments': [{ children: [{ name: 'a/b', actor: idle }] }, 'name-invalid'],
    'a child without an actor': [{ children: [{ name: 'a' }] }, 'definition-invalid'],
    'a class as an actor': [{ children: [{ name: 'a', actor: class {} }] }, 'definition-invalid'],
    'arguments that are no list': [
      { children: [{ name: 'a', actor: idle, args: 1 }] },
      'supervision-invalid',
    ],
    'an unknown field of a child': [
      { children: [{ name: 'a', actor: idle, restrat: 'permanent' }] },
      'supervision-invalid',
    ],
    'an unknown restart type': [
      { children: [{ name: 'a', actor: idle, restart: 'sometimes' }] },
      'supervision-invalid',
    ],
    'a backoff out of range': [
      { children: [{ name: 'a', actor: idle, backoff: { jitter: 2 } }] },
      'supervision-invalid',
    ],
    'a significant child that is permanent': [
      { autoShutdown: 'any-significant', children: [{ name: 'a', actor: idle, significant: true }] },
      'supervision-invalid',
    ],
    'a significant child without automatic shutdown': [
      { children: [{ name: 'a', actor: idle, restart: 'transient', significant: true }] },
      'supervision-invalid',
    ],
    'an unknown strategy': [{ strategy: 'one-for-none', children: [] }, 'supervision-invalid'],
    'an unknown field': [{ intensities: 3, children: [] }, 'supervision-invalid'],
    'a negative intensity': [{ intensity: -1, children: [] }, 'supervision-invalid'],
    'a bad spec of its own': [{ child: { shutdownMs: -1 }, children: [] }, 'supervision-invalid'],
  }
  for (const [what, [spec, code]] of Object.entries(bad)) {
    test(what, () => {
      expect(() => defineSupervisor('shop', spec as SupervisorSpec)).toThrow(
        expect.objectContaining({ code }),
      )
    })
  }
})
