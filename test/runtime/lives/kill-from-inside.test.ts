// Kills from inside a handler or a hook: after the code that runs now, also where they hit it itself.
import { expect, test } from 'vitest'
import { defineActor } from 'troupe'
import { startTestNode } from 'troupe/testing'
import { at, Family } from '../../supervisors/tree/family.ts'
import type { Ref } from 'troupe'

const codeOf = (fault: { code: string }): string => fault.code
const never = (): Promise<never> => new Promise(() => undefined)
const temporary = { restart: 'temporary' } as const

test('a handler that kills its own actor runs to its end with its self; the next message is not handled', async () => {
  await using node = await startTestNode()
  const seen: string[] = []
  const suicide = defineActor('suicide', {
    on: {
      die(self) {
        self.ref.kill()
        seen.push(self.path)
        return 'last words'
      },
      next: () => void seen.push('next'),
    },
  })
  const ref = await node.spawn(suicide, { name: 's', ...temporary })
  const asked = ref.ask('die')
  ref.tell('next')
  expect(await asked).toBe('last words')
  await node.settle()
  expect(seen).toEqual(['s'])
  expect(node.audit()).toMatchObject({ actors: 0, deadLetters: { 'actor-killed': 1 }, differences: [] })
})

test('an async handler that kills its own actor is cut off at its next await', async () => {
  await using node = await startTestNode()
  const seen: string[] = []
  const suicide = defineActor('suicide', {
    on: {
      async die(self) {
        self.ref.kill()
        seen.push(self.path)
        await never()
      },
    },
  })
  const ref = await node.spawn(suicide, { name: 's', ...temporary })
  expect(await ref.ask('die').catch(codeOf)).toBe('handler-abandoned')
  expect(seen).toEqual(['s'])
  expect(node.find('s')).toBeUndefined()
})

test('an async handler that kills its own actor after an await has its self until it awaits again', async () => {
  await using node = await startTestNode()
  const seen: string[] = []
  const suicide = defineActor('suicide', {
    on: {
      async die(self) {
        await Promise.resolve()
        self.ref.kill()
        seen.push(self.path)
        await never()
      },
    },
  })
  const ref = await node.spawn(suicide, { name: 's', ...temporary })
  expect(await ref.ask('die').catch(codeOf)).toBe('handler-abandoned')
  expect(seen).toEqual(['s'])
})

test('a handler that kills a sibling whose strategy takes its own actor along runs to its end', async () => {
  await using node = await startTestNode()
  const family = new Family()
  const killer = defineActor('killer', {
    on: {
      strike(self, victim: Ref) {
        victim.kill()
        return self.path
      },
    },
    started: () => void family.diary.push('+killer'),
  })
  const parent = family.member({
    supervision: { strategy: 'one-for-all' },
    starts(self) {
      self.spawn(family.member(), 'victim')
      self.spawn(killer, 'killer')
    },
  })
  await node.spawn(parent, 'p')
  family.news()
  expect(await at(node, 'p/killer').ask('strike', at(node, 'p/victim'))).toBe('p/killer')
  await node.settle()
  expect(family.news()).toBe('+p/victim +killer')
})

test('a hook that kills its parent runs to its end with its self', async () => {
  await using node = await startTestNode()
  const family = new Family()
  const strike = (self: { path: string }): void => {
    node.find('p')?.kill()
    family.diary.push(`still ${self.path}`)
  }
  const other = await node.spawn(family.member(), 'other')
  const child = defineActor('child', {
    on: { look: (self, ref: Ref) => self.watch(ref) },
    down: strike,
  })
  await node.spawn(family.member({ starts: (self) => void self.spawn(child, 'c') }), {
    name: 'p',
    ...temporary,
  })
  at(node, 'p/c').tell('look', at(node, 'other'))
  await node.settle()
  family.news()
  other.stop()
  await node.settle()
  expect(family.news()).toBe('-other stopped still p/c')
  expect(node.audit().actors).toBe(0)
})

test('a stopping hook that kills its parent while that ends runs to its end, and both are gone', async () => {
  await using node = await startTestNode()
  const family = new Family()
  const child = family.member({
    stops(self) {
      node.find('p')?.kill()
      family.diary.push(`still ${self.path}`)
    },
  })
  const top = family.member({ starts: (self) => void ['a', 'b'].forEach((name) => self.spawn(child, name)) })
  await node.spawn(top, 'p')
  family.news()
  at(node, 'p').stop()
  await node.settle()
  expect(family.news()).toBe('-p/b stopped still p/b -p/a stopped still p/a -p stopped')
  expect(node.audit()).toMatchObject({ actors: 0, differences: [] })
})

test('a kill and a failure in one handler are one kill more, and the actor lives on', async () => {
  await using node = await startTestNode()
  const hasty = defineActor('hasty', {
    on: {
      both(self) {
        self.ref.kill()
        throw new Error('and that as well')
      },
      value: () => 1,
    },
  })
  const ref = await node.spawn(hasty, 'h')
  ref.tell('both')
  expect(await ref.ask('value')).toBe(1)
  expect(node.runtime.cellAt('h')?.rareIfAny?.restarts).toBe(2)
})
