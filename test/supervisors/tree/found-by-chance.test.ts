// What random trees have found: the smallest case of each fault that the property of supervision has brought to light.
import { expect, test } from 'vitest'
import { defineActor } from 'troupe'
import { startTestNode } from 'troupe/testing'
import { at, eventsOf, Family, gate } from './family.ts'

const never = (): Promise<never> => new Promise(() => undefined)

test('an order for one that the group halts anyway is no second halt', async () => {
  await using node = await startTestNode()
  const family = new Family()
  const parent = family.member({
    supervision: { strategy: 'one-for-all' },
    starts(self) {
      self.spawn(family.member(), 'a')
      self.spawn(family.member({ stops: () => gate('chance-order').promise }), 'b')
    },
  })
  await node.spawn(parent, 'p')
  const events = eventsOf(node)
  family.news()
  at(node, 'p/b').tell('fail', 'now')
  await node.settle()
  node.operator.restart(node.runtime.cellAt('p/a')!)
  await node.settle()
  gate('chance-order').resolve()
  await node.settle()
  expect(events.take()).toBe('failed p/b, halted p/a, restarted p/a, started p/a, restarted p/b, started p/b')
})

test('a start that fails after a failure came up from below is not decided upon again', async () => {
  await using node = await startTestNode()
  const family = new Family()
  let lives = 0
  const middle = family.member({
    supervision: { intensity: 0 },
    async starts(self) {
      self.spawn(family.member(), 'leaf')
      if (++lives !== 2) return
      await gate('chance-start').promise
      throw new Error('the start as well')
    },
  })
  const parent = family.member({
    supervision: { strategy: 'one-for-all', intensity: 10 },
    starts: (self) => void self.spawn(middle, 'm'),
  })
  await node.spawn(parent, 'p')
  at(node, 'p/m/leaf').tell('fail', 'first')
  await node.settle()
  const events = eventsOf(node)
  // The group waits for the second start of the middle one while its child fails again.
  at(node, 'p/m/leaf').tell('fail', 'second')
  await node.settle()
  gate('chance-start').resolve()
  await node.settle()
  const kinds = events.take().split(', ')
  expect(kinds.filter((line) => line === 'failed p/m')).toHaveLength(1)
  expect(kinds.filter((line) => line === 'failed-ending p/m')).toHaveLength(1)
  expect(node.operator.outlook(node.runtime.cellAt('p/m')!)).toMatchObject({ spent: 2 })
  expect(await at(node, 'p/m/leaf').ask('value')).toBe(0)
})

test('a kill begins nobody whom a halting sibling has kept waiting', async () => {
  await using node = await startTestNode()
  const family = new Family()
  let starts = 0
  const fragile = family.member({
    starts() {
      if (++starts > 1) throw new Error('not under this parent')
    },
  })
  const parent = family.member({
    supervision: { strategy: 'one-for-all', intensity: 1 },
    starts(self) {
      self.spawn(fragile, 'a')
      self.spawn(family.member({ stops: never }), 'b')
    },
  })
  await node.spawn(parent, { name: 'p', restart: 'temporary' })
  at(node, 'p/a').tell('fail', 'now')
  await node.settle()
  const events = eventsOf(node)
  at(node, 'p').kill()
  await node.settle()
  expect(events.take()).toBe('killed p/b, killed p/a, killed p')
  expect(node.runtime.host.timers.count).toBe(0)
})

test('a child that would be passed up to a parent that is down already just ends', async () => {
  await using node = await startTestNode()
  const family = new Family()
  const low = family.member({
    supervision: { directives: [{ error: RangeError, directive: 'escalate' }] },
    starts: (self) => void ['a', 'b'].forEach((name) => self.spawn(family.member(), name)),
  })
  const parent = family.member({
    supervision: { strategy: 'one-for-all' },
    starts(self) {
      self.spawn(low, 'low')
      self.spawn(family.member({ stops: () => gate('chance-escalate').promise }), 'other')
    },
  })
  await node.spawn(parent, 'p')
  at(node, 'p/other').tell('fail', 'first')
  await node.settle()
  const events = eventsOf(node)
  at(node, 'p/low').tell('fail', 'second')
  await node.settle()
  at(node, 'p/low/b').tell('fail', 'third')
  await node.settle()
  expect(events.take()).toBe('failed p/low, failed p/low/b, stopped p/low/b')
  gate('chance-escalate').resolve()
  await node.settle()
  expect(await at(node, 'p/low/b').ask('value')).toBe(0)
})

test('of two failures in one group the siblings still go down in reverse, also one that came later', async () => {
  await using node = await startTestNode()
  const family = new Family()
  const slow = family.member({ stops: () => gate('chance-order-of-two').promise })
  const parent = family.member({
    supervision: { strategy: 'one-for-all' },
    starts: (self) =>
      void ['a', 'b'].forEach((name) => self.spawn(name === 'b' ? slow : family.member(), name)),
    down: (self) => void self.spawn(family.member(), 'late'),
  })
  await node.spawn(parent, 'p')
  const other = await node.spawn(family.member(), 'other')
  node.runtime.cellAt('p')!.self!.watch(at(node, 'other'))
  at(node, 'p/b').tell('fail', 'first')
  await node.settle()
  other.stop()
  await node.settle()
  at(node, 'p/a').tell('fail', 'second')
  family.news()
  gate('chance-order-of-two').resolve()
  await node.settle()
  expect(family.news()).toBe('-p/a failed -p/late stopped +p/a +p/b +p/late')
})

test('a handler that fails after a failure came up from below is not decided upon again', async () => {
  await using node = await startTestNode()
  const family = new Family()
  const { promise, reject } = Promise.withResolvers<void>()
  const middle = defineActor('middle', {
    supervision: { intensity: 0 },
    on: { work: () => promise },
    started: (self) => void self.spawn(family.member(), 'leaf'),
  })
  const parent = family.member({
    supervision: { strategy: 'one-for-all', intensity: 10 },
    starts(self) {
      self.spawn(middle, 'm')
      self.spawn(family.member({ stops: () => gate('chance-handler').promise }), 'other')
    },
  })
  await node.spawn(parent, 'p')
  const asked = at(node, 'p/m')
    .ask('work')
    .catch((fault: { code: string }) => fault.code)
  at(node, 'p/other').tell('fail', 'keeps the group busy')
  await node.settle()
  const events = eventsOf(node)
  at(node, 'p/m/leaf').tell('fail', 'comes up')
  await node.settle()
  reject(new Error('the handler as well'))
  expect(await asked).toBe('handler-failed')
  expect(events.take()).toBe(
    'failed p/m/leaf, escalated p/m, failed p/m, stopped p/m/leaf, failed-ending p/m',
  )
  gate('chance-handler').resolve()
  await node.settle()
  expect(await at(node, 'p/m/leaf').ask('value')).toBe(0)
})
