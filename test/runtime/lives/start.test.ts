// Starts: what happens before the first message, and what a start that fails or is abandoned leaves behind.
import { expect, test } from 'vitest'
import { defineActor, Fault } from 'troupe'
import { startTestNode } from 'troupe/testing'
import { at, eventsOf, Family, gate } from '../../supervisors/tree/family.ts'
import type { Ref } from 'troupe'

const codeOf = (fault: { code: string }): string => fault.code

test('no message is handled before an async start has ended, and none that came meanwhile is lost', async () => {
  await using node = await startTestNode()
  const seen: string[] = []
  const open = Promise.withResolvers<void>()
  const slow = defineActor('slow', {
    on: { note: (_self, text: string) => void seen.push(text) },
    async started() {
      seen.push('begins')
      await open.promise
      seen.push('begun')
    },
  })
  const spawned = node.spawn(slow, 'slow')
  await node.settle()
  at(node, 'slow').tell('note', 'mail')
  await node.settle()
  expect(seen).toEqual(['begins'])
  open.resolve()
  await spawned
  await node.settle()
  expect(seen).toEqual(['begins', 'begun', 'mail'])
})

test('a spawn resolves when the start has ended, not before', async () => {
  await using node = await startTestNode()
  let isSpawned = false
  const spawned = node.spawn(new Family().member({ starts: () => gate('spawn').promise }), 'ada').then(() => {
    isSpawned = true
  })
  await node.settle()
  expect(isSpawned).toBe(false)
  gate('spawn').resolve()
  await spawned
})

const failures = {
  'a state factory that throws': {
    state: () => {
      throw new TypeError('no state')
    },
  },
  'a start that throws': {
    started: () => {
      throw new TypeError('no start')
    },
  },
  'a start that rejects': { started: () => Promise.reject(new TypeError('no start')) },
  'a start that rejects later': {
    async started() {
      await gate('never-closed').promise
      throw new TypeError('no start')
    },
  },
}

for (const [what, hooks] of Object.entries(failures)) {
  test(`${what} rejects the spawn with start-failed and leaves nothing behind`, async () => {
    await using node = await startTestNode()
    gate('never-closed').resolve()
    const definition = defineActor('faulty', { on: {}, ...hooks })
    const fault = (await node.spawn(definition, 'faulty').catch((error: unknown) => error as Fault)) as Fault
    expect(fault.code).toBe('start-failed')
    expect((fault.cause as Error).name).toBe('TypeError')
    expect([node.find('faulty'), node.audit().actors, node.runtime.host.registry.count]).toEqual([
      undefined,
      0,
      0,
    ])
    await node.spawn(new Family().member(), 'faulty')
  })

  test(`${what} is not tried again when it was the first one, whatever the restart type`, async () => {
    await using node = await startTestNode()
    const events = eventsOf(node)
    const definition = defineActor('faulty', { on: {}, ...hooks })
    await node.spawn(definition, { name: 'faulty', restart: 'permanent' }).catch(() => undefined)
    await node.advance(60_000)
    expect(events.take()).toBe('spawned faulty, failed faulty, stopped faulty')
  })
}

test('a Fault thrown by a start reaches the spawner as it is', async () => {
  await using node = await startTestNode()
  const definition = defineActor('faulty', {
    on: {},
    started() {
      throw new Fault('config-missing', 'Cannot start: no config', { hint: 'Write one.' })
    },
  })
  await expect(node.spawn(definition)).rejects.toMatchObject({ code: 'config-missing', hint: 'Write one.' })
})

test('a start that fails takes its children, timers and watches along, without the stopping hook', async () => {
  await using node = await startTestNode()
  const family = new Family()
  const other = await node.spawn(family.member(), 'other')
  family.news()
  const definition = defineActor('faulty', {
    on: { tick: () => undefined },
    started(self) {
      self.spawn(family.member(), 'child')
      self.every(10, 'tick')
      self.watch(other as unknown as Ref)
      throw new Error('after all that')
    },
    stopping: () => void family.diary.push('stopping hook'),
  })
  await node.spawn(definition, 'faulty').catch(() => undefined)
  expect(family.news()).toBe('+faulty/child -faulty/child stopped')
  expect(node.runtime.host.timers.count).toBe(0)
  expect(node.audit().actors).toBe(1)
  at(node, 'other').stop()
  await node.settle()
})

test('self.spawn throws what a synchronous start threw, and the child is gone', async () => {
  await using node = await startTestNode()
  const faulty = new Family().member({
    starts() {
      throw new Error('no')
    },
  })
  const parent = defineActor('parent', {
    on: {
      make(self) {
        try {
          self.spawn(faulty, 'child')
        } catch (fault) {
          return (fault as Fault).code + self.children.length
        }
        return 'nothing was thrown'
      },
    },
  })
  expect(await (await node.spawn(parent, 'p')).ask('make')).toBe('start-failed0')
})

test('self.start waits for the child, and throws what its start threw', async () => {
  await using node = await startTestNode()
  const family = new Family()
  const parent = defineActor('parent', {
    on: {
      async good(self) {
        await self.start(family.member({ starts: () => gate('start-good').promise }), 'good')
        family.diary.push('good has started')
      },
      bad: (self) =>
        self.start(family.member({ starts: () => Promise.reject(new Error('no')) }), 'bad').then(() => 1),
    },
  })
  const ref = await node.spawn(parent, 'p')
  const asked = ref.ask('good')
  await node.settle()
  expect(family.news()).toBe('+p/good')
  gate('start-good').resolve()
  await asked
  expect(family.news()).toBe('good has started')
  await expect(ref.ask('bad')).rejects.toMatchObject({ code: 'start-failed' })
  expect(node.find('p/bad')).toBeUndefined()
})

test('an async start that fails after self.spawn has returned is its supervisor’s affair', async () => {
  await using node = await startTestNode()
  let tries = 0
  const flaky = new Family().member({
    starts: async () => {
      await Promise.resolve()
      if (++tries < 3) throw new Error(`try ${tries}`)
    },
  })
  const parent = new Family().member({ starts: (self) => void self.spawn(flaky, 'flaky') })
  await node.spawn(parent, 'p')
  expect(await at(node, 'p/flaky').ask('value')).toBe(0)
  expect(tries).toBe(3)
})

test('a spawn whose start is abandoned by a kill is rejected with start-abandoned', async () => {
  await using node = await startTestNode()
  const spawned = node
    .spawn(new Family().member({ starts: () => new Promise(() => undefined) }), {
      name: 'ada',
      restart: 'temporary',
    })
    .catch(codeOf)
  await node.settle()
  at(node, 'ada').kill()
  expect(await spawned).toBe('start-abandoned')
  expect(node.find('ada')).toBeUndefined()
})

test('a transient actor that is killed during its first start is started again, its spawn is rejected', async () => {
  await using node = await startTestNode()
  let tries = 0
  const member = new Family().member({
    starts: () => (++tries === 1 ? new Promise(() => undefined) : undefined),
  })
  const spawned = node.spawn(member, 'ada').catch(codeOf)
  await node.settle()
  at(node, 'ada').kill()
  expect(await spawned).toBe('start-abandoned')
  expect(await at(node, 'ada').ask('value')).toBe(0)
})

test('a start that is under way when the actor is asked to stop ends first, then the mail, then the actor', async () => {
  await using node = await startTestNode()
  const family = new Family()
  const spawned = node.spawn(family.member({ starts: () => gate('stop-in-start').promise }), 'ada')
  await node.settle()
  const asked = at(node, 'ada').ask('increment')
  at(node, 'ada').stop()
  await node.settle()
  expect(node.find('ada')).toBeDefined()
  gate('stop-in-start').resolve()
  expect(String(await spawned)).toBe('ada')
  expect(await asked).toBe(1)
  await node.settle()
  expect(family.news()).toBe('+ada -ada stopped')
  expect(node.find('ada')).toBeUndefined()
})

test('a start that stops its own actor lets it handle nothing that comes later', async () => {
  await using node = await startTestNode()
  const family = new Family()
  await node.spawn(family.member({ starts: (self) => self.stop() }), 'ada')
  await node.settle()
  expect(family.news()).toBe('+ada -ada stopped')
  expect(node.find('ada')).toBeUndefined()
})

test('a start that kills its own actor runs to its end with its self', async () => {
  await using node = await startTestNode()
  const family = new Family()
  const member = family.member({
    starts(self) {
      self.ref.kill()
      family.diary.push(`still ${self.path}`)
    },
  })
  await node.spawn(member, { name: 'ada', restart: 'temporary' })
  await node.settle()
  expect(family.news()).toBe('+ada still ada')
  expect(node.find('ada')).toBeUndefined()
})

test('a start that kills its parent runs to its end, then both are gone and the books balance', async () => {
  await using node = await startTestNode()
  const family = new Family()
  const child = defineActor('child', {
    on: {},
    started(self) {
      node.find('p')?.kill()
      family.diary.push(`still ${self.path}`)
    },
  })
  const parent = defineActor('parent', {
    on: {
      make(self) {
        self.spawn(child, 'c')
        return self.children.length
      },
    },
  })
  const ref = await node.spawn(parent, { name: 'p', restart: 'temporary' })
  expect(await ref.ask('make')).toBe(1)
  await node.settle()
  expect(family.news()).toBe('still p/c')
  expect(node.audit()).toMatchObject({ actors: 0, differences: [] })
})

test('the self that a failed start was given is good for nothing after it', async () => {
  await using node = await startTestNode()
  let kept: { readonly path: string } | undefined
  const faulty = new Family().member({
    starts(self) {
      kept = self
      throw new Error('no')
    },
  })
  await node.spawn(faulty, 'faulty').catch(() => undefined)
  expect(() => kept?.path).toThrow(expect.objectContaining({ code: 'self-expired' }))
})
