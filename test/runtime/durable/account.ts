// An account: the durable actor that the tests of durability work with.
import { defineActor, Fault } from '../../../index.ts'

export const account = defineActor('account', {
  state: (owner: string) => ({ owner, balance: 0, log: [] as string[] }),
  events: {
    deposited(state, amount: number) {
      state.balance += amount
    },
    renamed: (state, owner: string) => ({ ...state, owner }),
  },
  on: {
    async deposit(self, amount: number) {
      await self.persist('deposited', amount)
      return self.state.balance
    },
    depositLater(self, amount: number) {
      void self.persist('deposited', amount)
      return 'done'
    },
    /** With the handler over, when nobody waits for it. */
    depositBehind(self, amount: number) {
      void Promise.resolve().then(() => self.persist('deposited', amount))
    },
    async both(self, amounts: readonly number[]) {
      await self.persistAll(amounts.map((amount) => ['deposited', amount] as const))
      return self.state.balance
    },
    async careful(self, amount: number) {
      try {
        await self.persist('deposited', amount)
      } catch (fault) {
        return Fault.is(fault) ? fault.code : 'other'
      }
      return 'kept'
    },
    async rename(self, owner: string) {
      await self.persist('renamed', owner)
    },
    async depositAndFail(self, amount: number) {
      await self.persist('deposited', amount)
      throw new Error('behind the commit')
    },
    forget: (self) => self.forget(),
    balance: (self) => self.state.balance,
    owner: (self) => self.state.owner,
  },
})
