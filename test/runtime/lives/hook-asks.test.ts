// Hooks that ask: who only brought them about does not wait for them, and may be asked; who waits for them may not.
import { expect, test } from 'vitest'
import { defineActor } from 'troupe'
import { startTestNode } from 'troupe/testing'
import { at, eventsOf } from '../../supervisors/tree/family.ts'
import type { Fault, Ref } from 'troupe'

/** Asks its parent for the greeting as it starts. */
const curious = defineActor('curious', {
  state: () => ({ greeting: '' }),
  on: { greeting: (self) => self.state.greeting },
  async started(self) {
    const parent = self.path.slice(0, self.path.lastIndexOf('/'))
    self.state.greeting = (await asker(parent).ask('greeting')) as string
  },
})

let asker: (path: string) => Ref

const parent = defineActor('parent', {
  on: {
    greeting: () => 'hello',
    spawn: (self) => self.spawn(curious, 'c').path,
    async spawnLate(self) {
      await Promise.resolve()
      return self.spawn(curious, 'c').path
    },
    start: (self) => self.start(curious, 'c').then(() => 'started'),
    end: (self, child: Ref) => self.stop(child),
    async endLate(self, child: Ref) {
      await Promise.resolve()
      self.stop(child)
    },
  },
})

for (const how of ['spawn', 'spawnLate'] as const) {
  test(`a child whose parent went on (${how}) may ask it in its start`, async () => {
    await using node = await startTestNode()
    asker = (path) => at(node, path)
    const ref = await node.spawn(parent, 'p')
    expect(await ref.ask(how)).toBe('p/c')
    expect(await at(node, 'p/c').ask('greeting')).toBe('hello')
  })
}

test('a child whose parent waits for it in a handler may not: that is a cycle, not a timeout', async () => {
  await using node = await startTestNode()
  asker = (path) => at(node, path)
  const ref = await node.spawn(parent, 'p')
  const fault = await ref.ask('start').catch((error: unknown) => error as Fault)
  expect(fault).toMatchObject({ code: 'ask-cycle' })
})

for (const how of ['end', 'endLate'] as const) {
  test(`a child that is ended by its parent (${how}) may ask it in its stopping hook`, async () => {
    await using node = await startTestNode()
    const heard: unknown[] = []
    const leaving = defineActor('leaving', {
      on: {},
      stopping: async () => void heard.push(await at(node, 'p').ask('greeting')),
    })
    const family = defineActor('family', {
      on: parent.spec.on,
      started: (self) => void self.spawn(leaving, 'c'),
    })
    const ref = await node.spawn(family, 'p')
    ref.tell(how, at(node, 'p/c'))
    await node.settle()
    expect(heard).toEqual(['hello'])
  })
}

test('an actor that an async handler has killed may ask that handler’s actor in its next start', async () => {
  await using node = await startTestNode()
  const heard: unknown[] = []
  const open = Promise.withResolvers<void>()
  const killer = defineActor('killer', {
    on: {
      async strike(_self, victim: Ref) {
        await Promise.resolve()
        victim.kill()
        await open.promise
      },
      greeting: () => 'hello',
    },
  })
  const victim = defineActor('victim', {
    on: {},
    async started() {
      if (node.find('k') !== undefined) heard.push(await at(node, 'k').ask('greeting'))
    },
  })
  await node.spawn(victim, 'v')
  const events = eventsOf(node)
  ;(await node.spawn(killer, 'k')).tell('strike', at(node, 'v'))
  await node.settle()
  open.resolve()
  await node.settle()
  expect(heard).toEqual(['hello'])
  expect(events.take()).toBe('spawned k, halted v, restarted v, started v')
})
