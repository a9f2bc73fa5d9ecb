// Deadlines: how long a kind stop may take, and what is cut off then.
import { expect, test } from 'vitest'
import { defineActor } from 'troupe'
import { startTestNode } from 'troupe/testing'
import { at, endsOf, Family, gate } from '../../supervisors/tree/family.ts'
import type { Ref } from 'troupe'

const codeOf = (fault: { code: string }): string => fault.code
const never = (): Promise<never> => new Promise(() => undefined)

test('a stopping hook that does not end is cut off at the deadline, and the actor has been killed', async () => {
  await using node = await startTestNode()
  const member = new Family().member({ stops: never, child: { shutdownMs: 100 } })
  await node.spawn(member, 'ada')
  const ends = endsOf(node, 'ada')
  at(node, 'ada').stop()
  await node.advance(99)
  expect(ends).toEqual({})
  await node.advance(1)
  expect(ends).toEqual({ ada: 'killed' })
})

test('an actor that was asked to stop and had to be cut off is not started again, though a killed one would be', async () => {
  await using node = await startTestNode()
  const family = new Family()
  await node.spawn(family.member({ stops: never, child: { restart: 'transient', shutdownMs: 100 } }), 'ada')
  at(node, 'ada').stop()
  await node.advance(100)
  expect(node.find('ada')).toBeUndefined()
  expect(family.news()).toBe('+ada -ada stopped')
})

test('every child has its own deadline, by default five seconds', async () => {
  await using node = await startTestNode()
  const family = new Family()
  const stuck = family.member({ stops: never })
  await node.spawn(
    family.member({
      child: { shutdownMs: Infinity },
      starts: (self) => void ['a', 'b'].forEach((name) => self.spawn(stuck, name)),
    }),
    't',
  )
  const ends = endsOf(node, 't/a', 't/b', 't')
  at(node, 't').stop()
  await node.advance(4_999)
  expect(ends).toEqual({})
  await node.advance(1)
  expect(ends).toEqual({ 't/b': 'killed' })
  await node.advance(5_000)
  expect(ends).toEqual({ 't/b': 'killed', 't/a': 'killed', t: 'stopped' })
})

test('a parent’s own deadline holds for all below it', async () => {
  await using node = await startTestNode()
  const family = new Family()
  const stuck = family.member({ stops: never })
  const parent = family.member({
    child: { shutdownMs: 50 },
    starts: (self) => void ['a', 'b'].forEach((name) => self.spawn(stuck, name)),
  })
  await node.spawn(parent, 't')
  const ends = endsOf(node, 't/a', 't/b', 't')
  family.news()
  at(node, 't').stop()
  await node.advance(50)
  expect(ends).toEqual({ 't/b': 'killed', 't/a': 'killed', t: 'killed' })
  expect(family.news()).toBe('-t/b stopped')
})

test('a busy handler is abandoned at the deadline, its ask is told so and its outcome is unknown', async () => {
  await using node = await startTestNode()
  const parent = defineActor('parent', {
    on: { end: (self, child: Ref) => self.stop(child) },
    started: (self) => void self.spawn(new Family().member(), { name: 'c', shutdownMs: 200 }),
  })
  const ref = await node.spawn(parent, 'p')
  const asked = at(node, 'p/c')
    .ask('hang', undefined, { timeoutMs: 60_000 })
    .catch((fault: unknown) => fault)
  const waiting = at(node, 'p/c').ask('value', undefined, { timeoutMs: 60_000 }).catch(codeOf)
  await node.settle()
  ref.tell('end', at(node, 'p/c'))
  await node.advance(200)
  expect(await asked).toMatchObject({ code: 'handler-abandoned', outcome: 'unknown' })
  expect(await waiting).toBe('actor-killed')
  expect(node.find('p/c')).toBeUndefined()
  expect(node.audit().deadLetters).toEqual({ 'handler-abandoned': 1, 'actor-killed': 1 })
})

test('what an abandoned handler brings back late is taken by nobody', async () => {
  await using node = await startTestNode()
  const ref = await node.spawn(new Family().member({ child: { restart: 'permanent' } }), 'ada')
  const asked = ref.ask('wait', 'late-reply').catch(codeOf)
  await node.settle()
  ref.kill()
  expect(await asked).toBe('handler-abandoned')
  gate('late-reply').resolve()
  await node.settle()
  expect(await ref.ask('value')).toBe(0)
  expect(node.audit()).toMatchObject({ handled: 1, dead: 1, differences: [] })
})

test('a stopping hook that fails after it was cut off is heard by nobody', async () => {
  await using node = await startTestNode()
  const failing = async (): Promise<never> => {
    await gate('fails-after-cut').promise
    throw new Error('too late')
  }
  await node.spawn(new Family().member({ stops: failing, child: { shutdownMs: 10 } }), 'ada')
  at(node, 'ada').stop()
  await node.advance(10)
  const { events } = node.runtime.host
  const before = events.count
  gate('fails-after-cut').resolve()
  await node.settle()
  expect(events.count).toBe(before)
})
