// Tests of projections on whole nodes: what actors persist is read, and the next node goes on where the one before has ended.
import { expect, test } from 'vitest'
import { defineActor } from 'troupe'
import { ManualClock, startTestNode } from 'troupe/testing'
import { MemoryJournal } from '../../../node/journal/memory-journal.ts'
import { Node } from '../../../node/node.ts'
import { seededRandom } from '../../../runtime/random.ts'
import { all, sums } from './stand.ts'

const account = defineActor('account', {
  state: () => ({ balance: 0 }),
  events: {
    deposited(state, amount: number) {
      state.balance += amount
    },
  },
  tags: (_event, payload) => (Number(payload) > 5 ? ['money', 'large'] : ['money']),
  on: {
    async deposit(self, amount: number) {
      await self.persist('deposited', amount)
      return self.state.balance
    },
    forget: (self) => self.forget(),
  },
})

test('what actors persist is read by actor and by tag', async () => {
  await using node = await startTestNode()
  const ada = await node.spawn(account, 'bank/ada')
  const bob = await node.spawn(account, 'bank/bob')
  await ada.ask('deposit', 5)
  await bob.ask('deposit', 7)
  const large = await all(node.events({ tags: ['large'] }))
  expect(large).toMatchObject([
    { actor: 'bank/bob', event: 'deposited', payload: 7, tags: ['money', 'large'] },
  ])
  expect(await all(node.events({ actor: 'bank/a*' }))).toMatchObject([{ payload: 5, seq: 1, version: 1 }])
  await bob.ask('forget')
  expect((await all(node.events({ actor: 'bank/bob' }))).at(-1)).toMatchObject({ event: '$forgotten' })
})

test('a projection is written down at the end of its node, and goes on in the next with the journal', async () => {
  const journal = new MemoryJournal(new ManualClock())
  for (const expected of [[5], [5, 7], [5, 7, 9]]) {
    await using node = await startTestNode({ journal })
    const ada = await node.spawn(account, 'bank/ada')
    await ada.ask('deposit', expected.at(-1) ?? 0)
    const totals = await node.project({ name: 'totals', ...sums })
    await totals.reached()
    expect(totals.state.seen).toEqual(expected)
    expect(totals.applied).toBe(expected.length)
    await node.stop()
    expect([totals.status, totals.fault]).toEqual(['stopped', undefined])
    expect(node.clock.pendingAlarms).toBe(0)
  }
})

test('a node without a journal reads no events and has no projections', async () => {
  await using node = new Node({}, { clock: new ManualClock(), random: seededRandom(1) })
  expect(() => node.events()).toThrow(expect.objectContaining({ code: 'journal-missing' }))
  await expect(node.project({ name: 'totals', ...sums })).rejects.toMatchObject({ code: 'journal-missing' })
})
