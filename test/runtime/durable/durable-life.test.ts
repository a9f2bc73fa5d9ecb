// The durable part of a life: what it keeps when lives follow each other, move, forget, and change what they have persisted.
import { describe, expect, test } from 'vitest'
import { defineActor, Fault } from '../../../index.ts'
import { ManualClock, startTestNode } from '../../../scenarios/testing/index.ts'
import { MemoryJournal } from '../../../node/journal/memory-journal.ts'
import { account } from './account.ts'

const sums = defineActor('sums', {
  state: () => ({ sum: 0 }),
  snapshots: { every: 3 },
  events: {
    added(state, by: number) {
      state.sum += by
    },
  },
  on: {
    add: (self, by: number) => self.persist('added', by),
    forget: (self) => self.forget(),
    sum: (self) => self.state.sum,
  },
})

describe('forgetting', () => {
  test.each([0, 1, 2, 3, 4])('is not undone by a snapshot, with %i more events', async (more) => {
    const journal = new MemoryJournal(new ManualClock())
    await using node = await startTestNode({ journal })
    const ref = await node.spawn(sums, 's')
    await ref.ask('add', 100)
    await ref.ask('add', 100)
    await ref.ask('forget')
    for (let i = 0; i < more; i++) await ref.ask('add', 1)
    await node.settle()
    journal.reboot()
    await using next = await startTestNode({ journal })
    expect(await (await next.spawn(sums, 's')).ask('sum')).toBe(more)
  })
})

test('a life whose records somebody else has gone on with is over, also if its handlers hear of that', async () => {
  const journal = new MemoryJournal(new ManualClock())
  await using node = await startTestNode({ journal })
  const ada = await node.spawn(account, 'ada', 'Ada')
  await ada.ask('deposit', 1)
  journal.failNext(new Fault('journal-conflict', 'Cannot keep it: by order', { hint: 'Go on.' }))
  expect(await ada.ask('careful', 2).catch((fault: Fault) => fault.code)).toBe('journal-conflict')
  expect(node.runtime.cellAt('ada')?.rareIfAny?.restarts).toBe(1)
  expect(await ada.ask('careful', 3)).toBe('kept')
  expect(await ada.ask('balance')).toBe(4)
})
