// The waker: entities that sleep are awake when a durable timer is due or letters of theirs are on their way, also after a restart.
import { expect, test } from 'vitest'
import { defineActor } from '../../../index.ts'
import { ManualClock, startTestNode } from '../../../scenarios/testing/index.ts'
import { MemoryJournal } from '../../../node/journal/memory-journal.ts'

const rung: string[] = []

const alarm = defineActor('alarm', {
  state: (key: string) => ({ key, rung: 0 }),
  events: {
    rang(state) {
      state.rung++
    },
  },
  on: {
    set: (self, delayMs: number) => self.after(delayMs, 'ring', undefined, { durable: true }),
    async ring(self) {
      await self.persist('rang')
      rung.push(`${self.state.key} ${self.state.rung}`)
    },
  },
})

test.each([0, 2])('one that sleeps is woken when its timer is due, with %s threads', async (threads) => {
  rung.length = 0
  await using node = await startTestNode({ threads })
  node.entities(alarm, { idleMs: 1_000 })
  await Promise.all([node.entity(alarm, 'a').ask('set', 60_000), node.advance(1)])
  await node.advance(10_000)
  expect(node.runtime.cellAt('alarm/a')).toBeUndefined()
  await node.advance(52_000)
  expect(rung).toEqual(['a 1'])
})

test('a node that begins wakes those who are due, and others at their time', async () => {
  rung.length = 0
  const journal = new MemoryJournal(new ManualClock())
  const first = await startTestNode({ journal })
  await first.entity(alarm, 'early').ask('set', 10)
  await first.entity(alarm, 'late').ask('set', 30_000)
  const next = await startTestNode({ journal })
  await next.advance(20)
  next.entities(alarm)
  await next.advance(1_000)
  expect(rung).toEqual(['early 1'])
  await next.advance(30_000)
  expect(rung).toEqual(['early 1', 'late 1'])
  await next.stop()
})
