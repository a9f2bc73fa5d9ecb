// Stops: after the mail, children first, in reverse.
import { expect, test } from 'vitest'
import { defineActor } from 'troupe'
import { startTestNode } from 'troupe/testing'
import { at, endsOf, Family, gate } from '../../supervisors/tree/family.ts'
import type { Ref } from 'troupe'

const codeOf = (fault: { code: string }): string => fault.code

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
