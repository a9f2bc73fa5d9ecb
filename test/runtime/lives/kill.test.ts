// Kills from outside: at once, without a last word, whatever is under way.
import { expect, test } from 'vitest'
import { defineActor } from 'troupe'
import { startTestNode } from 'troupe/testing'
import { at, endsOf, eventsOf, Family, gate } from '../../supervisors/tree/family.ts'
import type { Ref } from 'troupe'

const codeOf = (fault: { code: string }): string => fault.code
const never = (): Promise<never> => new Promise(() => undefined)
const temporary = { restart: 'temporary' } as const

test('a kill from outside ends the actor at once, its mail is dead and no hook runs', async () => {
  await using node = await startTestNode()
  const family = new Family()
  const ref = await node.spawn(family.member({ child: temporary }), 'ada')
  const asked = ref.ask('value').catch(codeOf)
  ref.kill()
  expect(node.find('ada')).toBeUndefined()
  expect(await asked).toBe('actor-killed')
  expect(family.news()).toBe('+ada')
})

test('a kill ends an async handler that would never have ended, and its actor lives again', async () => {
  await using node = await startTestNode()
  const ref = await node.spawn(new Family().member(), 'ada')
  const asked = ref.ask('hang').catch(codeOf)
  await node.settle()
  ref.kill()
  expect(await asked).toBe('handler-abandoned')
  expect(await ref.ask('increment')).toBe(1)
})

test('a kill takes all below along, without hooks, the last started first, each before its parent', async () => {
  await using node = await startTestNode()
  const family = new Family()
  const middle = family.member({ starts: (self) => void self.spawn(family.member(), 'leaf') })
  const top = family.member({ starts: (self) => void ['a', 'b'].forEach((name) => self.spawn(middle, name)) })
  await node.spawn(top, { name: 't', ...temporary })
  const events = eventsOf(node)
  family.news()
  at(node, 't').kill()
  expect(events.take()).toBe('killed t/b/leaf, killed t/b, killed t/a/leaf, killed t/a, killed t')
  expect(family.news()).toBe('')
})

test('a kill during the stopping hook cuts it short, and nobody starts the actor again', async () => {
  await using node = await startTestNode()
  const ref = await node.spawn(new Family().member({ stops: never }), { name: 'ada', shutdownMs: Infinity })
  const ends = endsOf(node, 'ada')
  ref.stop()
  await node.settle()
  ref.kill()
  await node.settle()
  expect(ends).toEqual({ ada: 'killed' })
})

test('a kill while children end cuts all of it short: they are killed, not stopped', async () => {
  await using node = await startTestNode()
  const family = new Family()
  const child = family.member({ stops: (self) => (self.path === 't/c' ? never() : undefined) })
  const top = family.member({
    child: { shutdownMs: Infinity },
    starts: (self) =>
      void ['a', 'b', 'c'].forEach((name) => self.spawn(child, { name, shutdownMs: Infinity })),
  })
  await node.spawn(top, 't')
  const ends = endsOf(node, 't', 't/a', 't/b', 't/c')
  family.news()
  at(node, 't').stop()
  await node.settle()
  at(node, 't').kill()
  await node.settle()
  expect(ends).toEqual({ 't/c': 'killed', 't/b': 'killed', 't/a': 'killed', t: 'killed' })
  expect(family.news()).toBe('-t/c stopped')
})

test('a kill during the halt before a restart only hastens it', async () => {
  await using node = await startTestNode()
  const family = new Family()
  let stops = 0
  const member = family.member({
    stops: () => (++stops === 1 ? never() : undefined),
    child: { shutdownMs: Infinity },
  })
  const ref = await node.spawn(member, 'ada')
  const ends = endsOf(node, 'ada')
  ref.tell('fail', 'now')
  await node.settle()
  ref.kill()
  expect(await ref.ask('value')).toBe(0)
  expect([family.news(), ends]).toEqual(['+ada -ada failed +ada', {}])
})

test('a transient and a permanent actor come back from a kill with their mail, a temporary one does not', async () => {
  await using node = await startTestNode()
  const outcome = async (restart: 'permanent' | 'transient' | 'temporary') => {
    const ref = await node.spawn(new Family().member(), { name: restart, restart })
    const asked = ref.ask('increment').catch(codeOf)
    ref.kill()
    return asked
  }
  expect(await Promise.all((['permanent', 'transient', 'temporary'] as const).map(outcome))).toEqual([
    1,
    1,
    'actor-killed',
  ])
})

test('killing who has ended does nothing, killing twice is killing once', async () => {
  await using node = await startTestNode()
  const ref = await node.spawn(new Family().member(), 'ada')
  const events = eventsOf(node)
  const killer = defineActor('killer', {
    on: {
      strike(_self, victim: Ref) {
        victim.kill()
        victim.kill()
      },
    },
  })
  ;(await node.spawn(killer, 'k')).tell('strike', at(node, 'ada'))
  await node.settle()
  expect(events.take()).toBe('spawned k, halted ada, restarted ada, started ada')
  ref.stop()
  await node.settle()
  ref.kill()
  expect(events.take()).toBe('stopped ada')
})

test('a suspended actor can be killed, and its next life is suspended as well', async () => {
  await using node = await startTestNode()
  const ref = await node.spawn(new Family().member(), 'ada')
  const cell = node.runtime.cellAt('ada')!
  node.operator.suspend(cell)
  const asked = ref.ask('increment')
  ref.kill()
  await node.settle()
  expect(cell.handled).toBe(0)
  node.operator.resume(cell)
  expect(await asked).toBe(1)
})

test('a start that is killed while a group waits for it does not stop the group', async () => {
  await using node = await startTestNode()
  const family = new Family()
  let starts = 0
  const slow = family.member({ starts: () => (++starts === 2 ? gate('killed-in-group').promise : undefined) })
  const parent = family.member({
    supervision: { strategy: 'one-for-all' },
    starts(self) {
      self.spawn(family.member(), 'a')
      self.spawn(slow, 'b')
      self.spawn(family.member(), 'c')
    },
  })
  await node.spawn(parent, 'p')
  at(node, 'p/a').tell('fail', 'now')
  await node.settle()
  family.news()
  at(node, 'p/b').kill()
  await node.settle()
  expect(family.news()).toBe('-p/a stopped +p/a +p/b +p/c')
  expect(await at(node, 'p/c').ask('value')).toBe(0)
})
