// Stops that overlap with something else: a failure, a halt, a suspension, another end.
import { expect, test } from 'vitest'
import { defineActor } from 'troupe'
import { startTestNode } from 'troupe/testing'
import { at, endsOf, eventsOf, Family, gate } from '../../supervisors/tree/family.ts'
import type { Ref } from 'troupe'

const codeOf = (fault: { code: string }): string => fault.code

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

test('a down hook that fails while its life is being ended changes nothing more', async () => {
  await using node = await startTestNode()
  const { promise, reject } = Promise.withResolvers<void>()
  const watcher = defineActor('watcher', {
    on: { watch: (self, ref: Ref) => self.watch(ref) },
    down: () => promise,
  })
  await node.spawn(watcher, 'w')
  const other = await node.spawn(new Family().member(), 'other')
  at(node, 'w').tell('watch', at(node, 'other'))
  await node.settle()
  other.stop()
  await node.settle()
  const parent = node.runtime.cellAt('w')!
  parent.host.supervision.restart(parent)
  const events = eventsOf(node)
  reject(new Error('too late to matter'))
  await node.settle()
  expect(events.take()).toBe('hook-failed w, halted w, restarted w')
})

test('a permanent child that fails on its way out by its parent’s order is gone', async () => {
  await using node = await startTestNode()
  const parent = defineActor('parent', {
    on: { end: (self, child: Ref) => self.stop(child) },
    started: (self) => void self.spawn(new Family().member(), { name: 'c', restart: 'permanent' }),
  })
  const ref = await node.spawn(parent, 'p')
  const asked = at(node, 'p/c').ask('wait', 'fails-on-its-way-out')
  at(node, 'p/c').tell('fail', 'on the way out')
  await node.settle()
  const ends = endsOf(node, 'p/c')
  ref.tell('end', at(node, 'p/c'))
  await node.settle()
  gate('fails-on-its-way-out').resolve()
  await asked
  await node.settle()
  expect(ends).toEqual({ 'p/c': 'failed handler-failed' })
})

test('a child that fails while its parent stops is not started again', async () => {
  await using node = await startTestNode()
  const family = new Family()
  const slow = family.member({ stops: () => gate('parent-stops').promise })
  const parent = family.member({
    starts(self) {
      self.spawn(family.member(), { name: 'a', restart: 'permanent' })
      self.spawn(slow, 'b')
    },
  })
  await node.spawn(parent, 'p')
  at(node, 'p').stop()
  await node.settle()
  const events = eventsOf(node)
  at(node, 'p/a').tell('fail', 'now')
  await node.settle()
  expect(events.take()).toBe('failed p/a, stopped p/a')
  gate('parent-stops').resolve()
  await node.settle()
  expect(events.take()).toBe('stopped p/b, stopped p')
})
