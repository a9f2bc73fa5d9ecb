// Stops: after the mail, children first, within a deadline, and whatever else is under way at that moment.
import { expect, test } from 'vitest'
import { defineActor } from 'troupe'
import { startTestNode } from 'troupe/testing'
import { at, endsOf, eventsOf, Family, gate } from '../../supervisors/tree/family.ts'
import type { Ref } from 'troupe'

const codeOf = (fault: { code: string }): string => fault.code
const never = (): Promise<never> => new Promise(() => undefined)

test('an actor that is asked to stop handles the mail it has, and refuses what comes after', async () => {
  await using node = await startTestNode()
  const ref = await node.spawn(new Family().member(), 'ada')
  const before = [ref.ask('increment'), ref.ask('increment')]
  ref.stop()
  const after = ref.ask('increment').catch(codeOf)
  expect(await Promise.all(before)).toEqual([1, 2])
  expect(await after).toBe('actor-stopped')
  expect(node.find('ada')).toBeUndefined()
})

test('self.stop lets the handler and the mail behind it end first', async () => {
  await using node = await startTestNode()
  const family = new Family()
  const ref = await node.spawn(family.member(), 'ada')
  ref.tell('end')
  expect(await ref.ask('increment')).toBe(1)
  await node.settle()
  expect(family.news()).toBe('+ada -ada stopped')
})

test('a stop waits for the async handler that runs and for the mail behind it', async () => {
  await using node = await startTestNode()
  const ref = await node.spawn(new Family().member(), 'ada')
  const asked = [ref.ask('wait', 'stop-waits'), ref.ask('increment')]
  await node.settle()
  ref.stop()
  gate('stop-waits').resolve()
  expect(await Promise.all(asked)).toEqual(['stop-waits', 1])
})

test('a second stop changes nothing', async () => {
  await using node = await startTestNode()
  const family = new Family()
  const ref = await node.spawn(family.member({ stops: () => gate('second-stop').promise }), 'ada')
  const ends = endsOf(node, 'ada')
  ref.stop()
  ref.stop()
  await node.settle()
  ref.stop()
  gate('second-stop').resolve()
  await node.settle()
  ref.stop()
  expect(ends).toEqual({ ada: 'stopped' })
  expect(family.news()).toBe('+ada -ada stopped')
})

test('children end in reverse, each with all below it before the next', async () => {
  await using node = await startTestNode()
  const family = new Family()
  const middle = family.member({
    starts: (self) => void ['x', 'y'].forEach((name) => self.spawn(family.member(), name)),
  })
  await node.spawn(
    family.member({ starts: (self) => void ['a', 'b'].forEach((name) => self.spawn(middle, name)) }),
    't',
  )
  family.news()
  at(node, 't').stop()
  await node.settle()
  expect(family.news()).toBe(
    '-t/b/y stopped -t/b/x stopped -t/b stopped -t/a/y stopped -t/a/x stopped -t/a stopped -t stopped',
  )
})

test('a child whose hook is async is waited for before the one before it ends', async () => {
  await using node = await startTestNode()
  const family = new Family()
  const slow = family.member({ stops: () => gate('slow-child').promise })
  await node.spawn(
    family.member({
      starts: (self) => void [family.member(), slow].map((child, i) => self.spawn(child, `c${i}`)),
    }),
    't',
  )
  family.news()
  at(node, 't').stop()
  await node.settle()
  expect(family.news()).toBe('-t/c1 stopped')
  gate('slow-child').resolve()
  await node.settle()
  expect(family.news()).toBe('-t/c0 stopped -t stopped')
})

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

test('a permanent child comes back from its own stop, with the mail that it accepts then', async () => {
  await using node = await startTestNode()
  const family = new Family()
  const ref = await node.spawn(family.member({ child: { restart: 'permanent' } }), 'ada')
  ref.tell('increment')
  ref.stop()
  await node.settle()
  expect(family.news()).toBe('+ada -ada stopped +ada')
  expect(await ref.ask('value')).toBe(0)
})

test('a permanent child that its parent stops is gone for good', async () => {
  await using node = await startTestNode()
  const family = new Family()
  const parent = defineActor('parent', {
    on: { end: (self, child: Ref) => self.stop(child) },
    started: (self) => void self.spawn(family.member(), { name: 'c', restart: 'permanent' }),
  })
  const ref = await node.spawn(parent, 'p')
  ref.tell('end', at(node, 'p/c'))
  await node.advance(60_000)
  expect(node.find('p/c')).toBeUndefined()
  expect(family.news()).toBe('+p/c -p/c stopped')
})

test('self.stop of somebody else’s child is refused', async () => {
  await using node = await startTestNode()
  const stopper = defineActor('stopper', { on: { end: (self, ref: Ref) => self.stop(ref) } })
  await node.spawn(new Family().member(), 'ada')
  await expect((await node.spawn(stopper)).ask('end', at(node, 'ada'))).rejects.toMatchObject({
    code: 'child-unknown',
  })
})

test('a stop overtaken by a failure is still a stop: a transient actor is not started again', async () => {
  await using node = await startTestNode()
  const family = new Family()
  const ref = await node.spawn(family.member(), 'ada')
  const ends = endsOf(node, 'ada')
  ref.tell('fail', 'on the way out')
  const asked = ref.ask('value').catch(codeOf)
  ref.stop()
  await node.settle()
  expect(await asked).toBe('actor-failed')
  expect(ends).toEqual({ ada: 'failed handler-failed' })
  expect(family.news()).toBe('+ada -ada failed')
})

test('a stop that comes while a failed life is being halted is heard when the halt is over', async () => {
  await using node = await startTestNode()
  const family = new Family()
  const ref = await node.spawn(family.member({ stops: () => gate('halt-then-stop').promise }), 'ada')
  const ends = endsOf(node, 'ada')
  ref.tell('fail', 'now')
  await node.settle()
  ref.stop()
  gate('halt-then-stop').resolve()
  await node.settle()
  expect(ends).toEqual({ ada: 'stopped' })
  expect(family.news()).toBe('+ada -ada failed')
})

test('a permanent actor that is asked to stop while it is being halted comes back as it would have', async () => {
  await using node = await startTestNode()
  const family = new Family()
  const member = family.member({
    stops: () => gate('halt-permanent').promise,
    child: { restart: 'permanent' },
  })
  const ref = await node.spawn(member, 'ada')
  ref.tell('fail', 'now')
  await node.settle()
  ref.stop()
  gate('halt-permanent').resolve()
  await node.settle()
  expect(family.news()).toBe('+ada -ada failed +ada')
  expect(await ref.ask('value')).toBe(0)
})

test('a child that its parent stops while it is being halted for a restart ends instead', async () => {
  await using node = await startTestNode()
  const family = new Family()
  const parent = defineActor('parent', {
    on: { end: (self, child: Ref) => self.stop(child) },
    started: (self) =>
      void self.spawn(family.member({ stops: () => gate('ordered-in-halt').promise }), {
        name: 'c',
        restart: 'permanent',
      }),
  })
  const ref = await node.spawn(parent, 'p')
  at(node, 'p/c').tell('fail', 'now')
  await node.settle()
  ref.tell('end', at(node, 'p/c'))
  gate('ordered-in-halt').resolve()
  await node.settle()
  expect(node.find('p/c')).toBeUndefined()
  expect(family.news()).toBe('+p/c -p/c failed')
})

test('a stopping hook that throws or rejects is an event, and the end goes on', async () => {
  await using node = await startTestNode()
  const events = eventsOf(node)
  const throwing = () => {
    throw new Error('no')
  }
  const members = [throwing, () => Promise.reject(new Error('no'))].map((stops) =>
    new Family().member({ stops }),
  )
  for (const [i, member] of members.entries()) await node.spawn(member, `m${i}`)
  const ends = endsOf(node, 'm0', 'm1')
  events.take()
  at(node, 'm0').stop()
  await node.settle()
  at(node, 'm1').stop()
  await node.settle()
  expect(ends).toEqual({ m0: 'stopped', m1: 'stopped' })
  expect(events.take()).toBe('hook-failed m0, stopped m0, hook-failed m1, stopped m1')
})

test('a handler that fails while its life is being ended changes nothing more', async () => {
  await using node = await startTestNode()
  const family = new Family()
  const failing = defineActor('failing', {
    on: {
      async work() {
        await gate('fails-in-halt').promise
        throw new Error('too late to matter')
      },
    },
  })
  const parent = family.member({
    starts: (self) => void self.spawn(failing, { name: 'c', restart: 'permanent' }),
  })
  await node.spawn(parent, 'p')
  const asked = at(node, 'p/c').ask('work').catch(codeOf)
  await node.settle()
  at(node, 'p').tell('fail', 'now')
  await node.settle()
  const events = eventsOf(node)
  gate('fails-in-halt').resolve()
  expect(await asked).toBe('handler-failed')
  await node.settle()
  expect(events.take()).toBe('failed p/c, stopped p/c, restarted p, spawned p/c, started p')
})

test('nothing can be spawned under an actor that is ending, in its mail, its children’s end or its hook', async () => {
  await using node = await startTestNode()
  const codes: string[] = []
  const child = new Family().member()
  const parent = defineActor('parent', {
    on: {
      try(self) {
        try {
          self.spawn(child)
          codes.push('spawned')
        } catch (fault) {
          codes.push(codeOf(fault as { code: string }))
        }
      },
    },
    stopping(self) {
      try {
        self.spawn(child)
      } catch (fault) {
        codes.push(codeOf(fault as { code: string }))
      }
    },
  })
  const ref = await node.spawn(parent, 'p')
  ref.tell('try')
  await node.settle()
  ref.tell('try')
  ref.stop()
  await node.settle()
  expect(codes).toEqual(['spawned', 'actor-stopped', 'actor-stopped'])
})

test('a suspended actor that is asked to stop ends after it is resumed; its parent’s stop resumes it', async () => {
  await using node = await startTestNode()
  const cellAt = (path: string) => node.runtime.cellAt(path)!
  const refs = await Promise.all(['a', 'b'].map((name) => node.spawn(new Family().member(), name)))
  for (const path of ['a', 'b']) node.operator.suspend(cellAt(path))
  const asked = refs.map((ref) => ref.ask('increment'))
  refs[0]!.stop()
  const stopped = node.operator.stop(cellAt('b'))
  await node.settle()
  expect(await asked[1]).toBe(1)
  expect(await stopped).toEqual({ cause: 'stopped' })
  expect(node.find('a')).toBeDefined()
  node.operator.resume(cellAt('a'))
  expect(await asked[0]).toBe(1)
  await node.settle()
  expect(node.find('a')).toBeUndefined()
})

test('timers, watches and the stash of an actor that fails for good are gone with it', async () => {
  await using node = await startTestNode()
  const family = new Family()
  await node.spawn(family.member(), 'other')
  const hoarder = defineActor('hoarder', {
    on: {
      hoard(self, other: Ref) {
        self.every(10, 'tick')
        self.watch(other)
      },
      aside: (self) => self.stash(),
      tick: () => undefined,
      fail() {
        throw new Error('for good')
      },
    },
  })
  const ref = await node.spawn(hoarder, { name: 'h', restart: 'temporary' })
  ref.tell('hoard', at(node, 'other'))
  const asked = ref.ask('aside').catch(codeOf)
  ref.tell('fail')
  await node.settle()
  expect(await asked).toBe('actor-failed')
  expect(node.runtime.host.timers.count).toBe(0)
  expect(node.runtime.cellAt('other')?.rareIfAny?.watchers?.size).toBe(0)
  expect(node.audit().differences).toEqual([])
})
