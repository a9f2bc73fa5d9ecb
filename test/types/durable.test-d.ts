// The types of durability: what an actor persists is one of its events with that event's payload, and nothing else compiles.
import { defineActor } from '../../index.ts'

defineActor('typed', {
  state: (owner: string) => ({ owner, balance: 0 }),
  events: {
    deposited(state, amount: number) {
      state.balance += amount
    },
    renamed: (state, owner: string) => ({ ...state, owner }),
    closed(state) {
      state.balance = 0
    },
  },
  eventVersions: { deposited: 2 },
  upcast: ({ name, payload }) => (name === 'paid' ? { name: 'deposited', payload } : undefined),
  recovered: (self, { seq }) => self.persist('deposited', seq),
  started: (self) => self.persistAll([['deposited', 1], ['closed']]),
  on: {
    async deposit(self, amount: number) {
      await self.persist('deposited', amount)
      await self.persist('closed')
      // @ts-expect-error the payload of another event
      await self.persist('renamed', amount)
      // @ts-expect-error no event of that name
      await self.persist('withdrawn', amount)
      // @ts-expect-error one of them has the wrong payload
      await self.persistAll([['deposited', 'x']])
      return self.state.balance
    },
  },
})

defineActor('without', {
  state: () => ({ count: 0 }),
  on: {
    // @ts-expect-error without events there is nothing to persist
    count: (self) => self.persist('counted', 1),
  },
})

// @ts-expect-error versions are those of its events
defineActor('odd', { state: () => ({}), events: { was() {} }, eventVersions: { is: 2 }, on: {} })

// @ts-expect-error an upcast gives an event of today
defineActor('past', { state: () => ({}), events: { was() {} }, upcast: () => ({ name: 'gone' }), on: {} })
