// Recovery: what the journal holds is applied to today's code, and what cannot be is a fault that says so.
import { expect, test } from 'vitest'
import { defineActor } from '../../../index.ts'
import { ManualClock, startTestNode } from '../../../scenarios/testing/index.ts'
import { MemoryJournal } from '../../../node/journal/memory-journal.ts'
import type { Definition, Ref } from '../../../index.ts'

const count1 = defineActor('count', {
  state: () => ({ sum: 0, names: [] as string[] }),
  events: {
    added(state, by: number) {
      state.sum += by
    },
    named(state, name: string) {
      state.names.push(name)
    },
  },
  on: {
    add: (self, by: number) => self.persist('added', by),
    name: (self, name: string) => self.persist('named', name),
    sum: (self) => self.state.sum,
  },
})

interface Counting extends Record<string, (payload?: unknown) => unknown> {
  sum(): number
}

/** Writes some records with one definition, then begins with another where they are. */
async function upgraded(write: (journal: MemoryJournal) => Promise<void>, next: unknown) {
  const journal = new MemoryJournal(new ManualClock())
  await write(journal)
  const node = await startTestNode({ journal })
  const ref = await node.spawn(next as Definition<[], unknown, Record<string, never>>, {
    name: 'c',
    restart: 'temporary',
  })
  return { node, ref: ref as unknown as Ref<Counting> }
}

async function added(journal: MemoryJournal, definition = count1, times = 3): Promise<void> {
  await using node = await startTestNode({ journal })
  const ref = await node.spawn(definition, 'c')
  for (let i = 1; i <= times; i++) await ref.ask('add', i)
}

test('the hook hears how much was recovered, before the start and before the mail', async () => {
  const heard: unknown[] = []
  const next = defineActor('count', {
    state: () => ({ sum: 0 }),
    events: {
      added(state, by: number) {
        state.sum += by
      },
    },
    recovered: (self, { seq }) => void heard.push(['recovered', seq, self.state.sum]),
    started: (self) => void heard.push(['started', self.state.sum]),
    on: { sum: (self) => heard.push('mail') && self.state.sum },
  })
  const { node, ref } = await upgraded(added, next)
  expect(await ref.ask('sum')).toBe(6)
  expect(heard).toEqual([['recovered', 3, 6], ['started', 6], 'mail'])
  await node.stop()
})

test('what a hook persists is there before the mail', async () => {
  const eager = defineActor('eager', {
    state: () => ({ sum: 0 }),
    events: {
      added(state, by: number) {
        state.sum += by
      },
    },
    started: (self) => void self.persist('added', 1),
    on: { sum: (self) => self.state.sum },
  })
  await using node = await startTestNode()
  const ref = await node.spawn(eager, 'e')
  expect(await ref.ask('sum')).toBe(1)
})

test('an upcast makes of old events those of today, and leaves out what is gone', async () => {
  const next = defineActor('count', {
    state: () => ({ sum: 0 }),
    events: {
      grew(state, { by }: { by: number }) {
        state.sum += by
      },
    },
    eventVersions: { grew: 2 },
    upcast: ({ name, payload, version }) =>
      name === 'added' && version === 1 ? { name: 'grew', payload: { by: payload } } : undefined,
    on: { sum: (self) => self.state.sum },
  })
  const { node, ref } = await upgraded(async (journal) => {
    await added(journal)
    await using old = await startTestNode({ journal })
    await (await old.spawn(count1, 'c')).ask('name', 'x')
  }, next)
  expect(await ref.ask('sum')).toBe(6)
  await node.stop()
})

test('an event that nobody knows is a fault that names it', async () => {
  const next = defineActor('count', { state: () => ({}), events: {}, on: {} })
  const journal = new MemoryJournal(new ManualClock())
  await added(journal)
  await using node = await startTestNode({ journal })
  await expect(node.spawn(next, 'c')).rejects.toMatchObject({ code: 'event-unknown', message: /"added"/ })
})

test('an event of another version without an upcast is a fault', async () => {
  const next = defineActor('count', {
    state: () => ({}),
    events: { added: () => undefined },
    eventVersions: { added: 2 },
    on: {},
  })
  const journal = new MemoryJournal(new ManualClock())
  await added(journal)
  await using node = await startTestNode({ journal })
  await expect(node.spawn(next, 'c')).rejects.toMatchObject({ code: 'event-unknown' })
})

test('an event that cannot be applied ends the life, and each that follows, until the budget is spent', async () => {
  const broken = defineActor('broken', {
    state: () => ({}),
    events: {
      broke() {
        throw new Error('never')
      },
    },
    on: { go: (self) => self.persist('broke'), hi: () => 'hi' },
  })
  await using node = await startTestNode()
  const ref = await node.spawn(broken, 'b')
  await expect(ref.ask('go')).rejects.toMatchObject({ code: 'event-failed' })
  await node.settle()
  await expect(ref.ask('hi')).rejects.toMatchObject({ code: /actor-(failed|stopped|unknown)/ })
})

const kept = defineActor('kept', {
  state: () => ({ sum: 0 }),
  durable: 'state',
  on: {
    async add(self, by: number) {
      self.state.sum += by
      await self.save()
    },
    addVolatile(self, by: number) {
      self.state.sum += by
    },
    sum: (self) => self.state.sum,
  },
})

test('with durable state the last one that was saved is kept', async () => {
  const journal = new MemoryJournal(new ManualClock())
  const first = await startTestNode({ journal })
  const ref = await first.spawn(kept, 'k')
  await ref.ask('add', 2)
  await ref.ask('add', 3)
  await ref.ask('addVolatile', 10)
  await using next = await startTestNode({ journal })
  expect(await (await next.spawn(kept, 'k')).ask('sum')).toBe(5)
  expect(await journal.read('k', 1, 10)).toHaveLength(1)
})

test('a saved state of older code goes through its upgrade, and is refused without one', async () => {
  const journal = new MemoryJournal(new ManualClock())
  const first = await startTestNode({ journal })
  await (await first.spawn(kept, 'k')).ask('add', 2)
  const { upgrade, ...rest } = {
    upgrade: (state: unknown, from: number) => ({ sum: (state as { sum: number }).sum * 10 + from }),
    state: () => ({ sum: 0 }),
    durable: 'state' as const,
    version: 2,
    on: { sum: (self: { state: { sum: number } }) => self.state.sum },
  }
  const bare = await startTestNode({ journal })
  await expect(bare.spawn(defineActor('kept', rest), 'k')).rejects.toMatchObject({
    code: 'definition-differs',
  })
  await using next = await startTestNode({ journal })
  expect(await (await next.spawn(defineActor('kept', { ...rest, upgrade }), 'k')).ask('sum')).toBe(21)
})

test('a durable actor without a name of its own is refused, and so is one below such', async () => {
  await using node = await startTestNode()
  await expect(node.spawn(kept)).rejects.toMatchObject({ code: 'durable-unnamed' })
  const parent = defineActor('parent', { on: { go: (self) => self.spawn(kept, 'k').path } })
  const below = await node.spawn(parent)
  await expect(below.ask('go')).rejects.toMatchObject({ code: 'durable-unnamed' })
  const named = await node.spawn(parent, 'p')
  expect(await named.ask('go')).toBe('p/k')
})

test('persisting what a definition cannot is refused, and nothing is written', async () => {
  const plain = defineActor('plain', {
    on: {
      persist: (self) => (self.persist as (name: string) => Promise<void>)('x'),
      save: (self) => self.save(),
      forget: (self) => self.forget(),
    },
  })
  await using node = await startTestNode()
  const ref = await node.spawn(plain, 'p')
  for (const name of ['persist', 'save', 'forget'] as const)
    await expect(ref.ask(name)).rejects.toMatchObject({ code: 'actor-volatile' })
  const odd = defineActor('odd', {
    state: () => ({}),
    events: { was: (state) => state },
    on: {
      unknown: (self) => (self.persist as (name: string) => Promise<void>)('never'),
      save: (self) => self.save(),
      none: (self) => self.persistAll([]),
    },
  })
  const other = await node.spawn(odd, 'o')
  await expect(other.ask('unknown')).rejects.toMatchObject({ code: 'event-unknown' })
  await expect(other.ask('save')).rejects.toMatchObject({ code: 'actor-volatile' })
  await expect(other.ask('none')).rejects.toMatchObject({ code: 'events-invalid' })
  const journal = node.runtime.host.durability?.journal
  expect(await journal?.heads(undefined, 10)).toEqual([])
})
