// Snapshots: they spare a recovery the way from the beginning, and without them nothing else is different.
import { expect, test } from 'vitest'
import { defineActor } from '../../../index.ts'
import { ManualClock, startTestNode } from '../../../scenarios/testing/index.ts'
import { MemoryJournal } from '../../../node/journal/memory-journal.ts'
import type { JournalRecord } from '../../../runtime/journal.ts'
import type { Ref } from '../../../index.ts'
import type { SnapshotOptions } from '../../../runtime/actor.ts'

function counting(snapshots: SnapshotOptions, applied: number[], version = 1) {
  return defineActor('count', {
    version,
    state: () => ({ sum: 0 }),
    snapshots,
    events: {
      added(state, by: number) {
        applied.push(by)
        state.sum += by
      },
    },
    on: {
      add: (self, by: number) => self.persist('added', by),
      /** Each in a record of its own, all on their way at once. */
      addEach: (self, all: readonly number[]) => Promise.all(all.map((by) => self.persist('added', by))),
      sum: (self) => self.state.sum,
    },
  })
}

async function filled(options: SnapshotOptions, times: number): Promise<MemoryJournal> {
  const journal = new MemoryJournal(new ManualClock())
  await using node = await startTestNode({ journal })
  const ref = await node.spawn(counting(options, []), 'c')
  for (let i = 1; i <= times; i++) await ref.ask('add', i)
  return journal
}

const kinds = (records: readonly JournalRecord[]): string[] =>
  records.map(({ kind, seq }) => `${kind} ${seq}`)

test('a recovery begins with the newest snapshot', async () => {
  const journal = await filled({ every: 4 }, 10)
  const applied: number[] = []
  await using node = await startTestNode({ journal })
  const ref = await node.spawn(counting({ every: 4 }, applied), 'c')
  expect(await ref.ask('sum')).toBe(55)
  expect(applied).toEqual([9, 10])
})

test('the next snapshot is counted from the last one, over a recovery', async () => {
  const journal = await filled({ every: 4 }, 5)
  await using node = await startTestNode({ journal })
  const ref = await node.spawn(counting({ every: 4 }, []), 'c')
  for (let i = 6; i <= 9; i++) await ref.ask('add', i)
  await node.settle()
  const all = kinds(await journal.read('c', 1, 100))
  expect(all.filter((kind) => kind.startsWith('snapshot'))).toEqual(['snapshot 4', 'snapshot 8'])
})

test('a snapshot says nothing of what is under way when it is made', async () => {
  const journal = new MemoryJournal(new ManualClock())
  const node = await startTestNode({ journal })
  const first = await node.spawn(counting({ every: 2 }, []), 'c')
  await first.ask('addEach', [1, 2, 4])
  await node.stop()
  journal.reboot()
  expect(kinds(await journal.read('c', 1, 100))).toContain('snapshot 2')
  await using next = await startTestNode({ journal })
  const ref = await next.spawn(counting({ every: 2 }, []), 'c')
  expect(await ref.ask('sum')).toBe(7)
})

test('a snapshot of a version that nothing bridges is passed over while the events are there', async () => {
  const journal = await filled({ every: 4 }, 10)
  await using node = await startTestNode({ journal })
  const applied: number[] = []
  const ref = await node.spawn(counting({ every: 4 }, applied, 2), 'c')
  expect(await ref.ask('sum')).toBe(55)
  expect(applied).toHaveLength(10)
})

test('with the events deleted it is a fault', async () => {
  const journal = await filled({ every: 2, deletesEvents: true }, 10)
  await using node = await startTestNode({ journal })
  expect(kinds(await journal.read('c', 1, 100)).at(0)).not.toBe('commit 1')
  await expect(node.spawn(counting({}, [], 2), 'c')).rejects.toMatchObject({ code: 'definition-differs' })
  const same = await node.spawn(counting({}, []), 'c')
  expect(await same.ask('sum')).toBe(55)
})

test('a snapshot has what the actor owes besides its state', async () => {
  const owing = defineActor('owing', {
    state: () => ({ rings: 0 }),
    snapshots: { every: 1, deletesEvents: true },
    events: {
      begun: () => undefined,
      rang(state) {
        state.rings++
      },
    },
    on: {
      begin(self, to: Ref) {
        self.after(1_000, 'ring', undefined, { durable: true })
        to.tell('hello', 'from before', { reliable: true })
        return self.persist('begun')
      },
      ring: (self) => self.persist('rang'),
      rings: (self) => self.state.rings,
    },
  })
  const heard: string[] = []
  const listener = defineActor('listener', { on: { hello: (_, text: string) => void heard.push(text) } })
  await using node = await startTestNode()
  const ref = await node.spawn(owing, 'o')
  const absent = await node.spawn(listener, 'l')
  absent.stop()
  await node.settle()
  await ref.ask('begin', absent)
  await node.settle()
  ref.stop()
  await node.settle()
  await node.spawn(listener, 'l')
  const again = await node.spawn(owing, 'o')
  await node.advance(1_000)
  expect(await again.ask('rings')).toBe(1)
  expect(heard).toEqual(['from before'])
})

test('a state that cannot be written is reported and costs nothing else', async () => {
  const odd = defineActor('odd', {
    state: () => ({ sum: 0, keep: () => 0 }),
    snapshots: { every: 1 },
    events: {
      added(state, by: number) {
        state.sum += by
      },
    },
    on: { add: (self, by: number) => self.persist('added', by), sum: (self) => self.state.sum },
  })
  await using node = await startTestNode()
  const ref = await node.spawn(odd, 'o')
  await ref.ask('add', 1)
  await ref.ask('add', 1)
  expect(await ref.ask('sum')).toBe(2)
  const events = node.runtime.host.events.recent().filter(({ kind }) => kind === 'snapshot-failed')
  expect(events).toHaveLength(2)
})
