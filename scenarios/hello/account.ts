// An account: a durable actor; on a node with a journal it keeps what it was told, also when the process is killed.
import { defineActor, Fault } from 'troupe'

export const account = defineActor('account', {
  state: (owner: string = 'nobody') => ({ owner, balance: 0 }),
  events: {
    deposited(state, amount: number) {
      state.balance += amount
    },
    withdrawn(state, amount: number) {
      state.balance -= amount
    },
  },
  on: {
    /** Adds to the balance; the reply comes when that is on the disk. */
    async deposit(self, amount: number) {
      await self.persist('deposited', checked(amount))
      return self.state.balance
    },
    async withdraw(self, amount: number) {
      const { balance } = self.state
      if (checked(amount) > balance) {
        throw new Fault('account-overdrawn', `Cannot withdraw ${amount}: the balance is ${balance}`, {
          hint: 'Deposit first, or withdraw less.',
        })
      }
      await self.persist('withdrawn', amount)
      return self.state.balance
    },
    balance: (self) => self.state.balance,
    /** Fails as a bug would: the next life has the same balance. */
    crash() {
      throw new Error('the account was told to crash')
    },
  },
})

function checked(amount: number): number {
  if (typeof amount === 'number' && amount > 0 && Number.isFinite(amount)) return amount
  throw new Fault('number-expected', `Cannot take ${JSON.stringify(amount)}: that is no number above 0`, {
    hint: 'Send a number above 0.',
  })
}
