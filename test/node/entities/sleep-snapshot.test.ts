// Tests of the snapshot that an entity gets when it is put to sleep: it spares the next life the way, and nothing else is different.
import { expect, test } from 'vitest'
import { defineActor } from 'troupe'
import { ManualClock, startTestNode } from 'troupe/testing'
import { MemoryJournal } from '../../../node/journal/memory-journal.ts'
import { snapshotOnSleepMin } from '../../../runtime/durable/durable-life.ts'
import { keep, told, Writer } from '../../contracts/journal-writer.ts'
import { purse } from './purse.ts'
import type { JournalRecord } from '../../../runtime/journal.ts'

const load = ['test/node/entities/purse.ts']
const idleMs = 1_000

/** Says what each life applies. */
function counter(applied: number[], deletesEvents = false) {
  return defineActor('counter', {
    state: () => ({ sum: 0 }),
    snapshots: { deletesEvents },
    events: {
      added(state, by: number) {
        applied.push(by)
        state.sum += by
      },
    },
    on: {
      async add(self, by: number) {
        await self.persist('added', by)
        return self.state.sum
      },
      sum: (self) => self.state.sum,
      forget: (self) => self.forget(),
    },
  })
}

const newJournal = (): MemoryJournal => new MemoryJournal(new ManualClock())

/** One life with so many events, and sleep. */
async function slept(journal: MemoryJournal, events: number): Promise<readonly JournalRecord[]> {
  await using node = await startTestNode({ journal })
  const ada = node.entity(counter([]), 'ada', { idleMs })
  for (let by = 1; by <= events; by++) await ada.ask('add', by)
  await node.advance(2 * idleMs)
  expect(node.entityKeeper.register.resident).toBe(0)
  return journal.read('counter/ada', 1, 1_000)
}

/** What a further life applies, and what it has. */
async function woken(journal: MemoryJournal): Promise<{ readonly applied: number[]; readonly sum: unknown }> {
  const applied: number[] = []
  await using node = await startTestNode({ journal })
  const sum = await node.entity(counter(applied), 'ada').ask('sum')
  return { applied, sum }
}

test('an entity that has written enough sleeps with a snapshot, and its next life begins there', async () => {
  const journal = newJournal()
  const records = await slept(journal, snapshotOnSleepMin)
  expect(told(records).at(-1)).toBe(`snapshot ${snapshotOnSleepMin}`)
  expect(await woken(journal)).toEqual({ applied: [], sum: 55 })
})

test('without that snapshot the next life is the same', async () => {
  const journal = newJournal()
  const records = await slept(journal, snapshotOnSleepMin + 3)
  const copy = newJournal()
  const writer = await Writer.open(copy, 'counter/ada')
  const commits = records.filter(({ kind }) => kind !== 'snapshot')
  expect(commits.length).toBe(records.length - 1)
  for (const { position: _, ...commit } of commits) await keep(copy, { ...commit, epoch: writer.epoch })
  const [whole, without] = [await woken(journal), await woken(copy)]
  expect(without.sum).toBe(whole.sum)
  expect([whole.applied.length, without.applied.length]).toEqual([0, snapshotOnSleepMin + 3])
})

test('an entity that has written less sleeps without one, and those of several lives count together', async () => {
  const journal = newJournal()
  const first = await slept(journal, snapshotOnSleepMin - 1)
  expect(first.filter(({ kind }) => kind === 'snapshot')).toEqual([])
  const second = await slept(journal, 1)
  expect(told(second).at(-1)).toBe(`snapshot ${snapshotOnSleepMin}`)
})

test('an entity that has written nothing since the last one gets no other', async () => {
  const journal = newJournal()
  await slept(journal, snapshotOnSleepMin)
  const records = await slept(journal, 0)
  expect(records.filter(({ kind }) => kind === 'snapshot')).toHaveLength(1)
})

test('an entity that has forgotten all stays forgotten however often it sleeps', async () => {
  const journal = newJournal()
  await slept(journal, snapshotOnSleepMin)
  {
    await using node = await startTestNode({ journal })
    const ada = node.entity(counter([]), 'ada', { idleMs })
    await ada.ask('forget')
    await node.advance(2 * idleMs)
    for (let life = 0; life < 2; life++) {
      expect(await ada.ask('sum')).toBe(0)
      await node.advance(2 * idleMs)
    }
    const failed = node.runtime.host.events.recent().filter(({ kind }) => kind === 'snapshot-failed')
    expect(failed).toEqual([])
    expect(told(await journal.read('counter/ada', 1, 100))).toEqual([`end ${snapshotOnSleepMin + 1}`])
  }
  expect(await woken(journal)).toEqual({ applied: [], sum: 0 })
})

test('where events are deleted the snapshot before stays, with all events since', async () => {
  const journal = newJournal()
  {
    await using node = await startTestNode({ journal })
    const ada = node.entity(counter([], true), 'ada', { idleMs })
    for (let life = 1; life <= 3; life++) {
      for (let by = 0; by < snapshotOnSleepMin; by++) await ada.ask('add', 1)
      await node.advance(2 * idleMs)
    }
    const records = told(await journal.read('counter/ada', 1, 1_000))
    expect(records[0]).toBe('commit 20')
    expect(records.filter((record) => record.startsWith('snapshot'))).toEqual(['snapshot 20', 'snapshot 30'])
  }
  expect(await woken(journal)).toEqual({ applied: [], sum: 30 })
})

test('in a worker thread an entity sleeps with a snapshot, too', async () => {
  const journal = newJournal()
  await using node = await startTestNode({ journal, threads: 2, load })
  const ada = node.entity(purse, 'ada', { idleMs })
  for (let coins = 0; coins < snapshotOnSleepMin; coins++) await ada.ask('fill', 1)
  await node.advance(2 * idleMs)
  await node.settle()
  const records = told(await journal.read('purse/ada', 1, 100))
  expect(records.at(-1)).toBe(`snapshot ${snapshotOnSleepMin}`)
  expect(await ada.ask('coins')).toEqual({ owner: 'ada', coins: snapshotOnSleepMin })
})
