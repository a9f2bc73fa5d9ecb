// A purse: a durable actor that gives money to others by reliable messages, so that none is lost on the way and none comes twice.
import { defineActor } from 'troupe'
import type { Ref } from 'troupe'

/** What each purse begins with. */
export const startBalance = 1_000

export interface Transfer {
  readonly to: Ref
  readonly amount: number
}

export const purse = defineActor('purse', {
  state: () => ({ balance: startBalance }),
  events: {
    paid(state, amount: number) {
      state.balance -= amount
    },
    received(state, amount: number) {
      state.balance += amount
    },
  },
  on: {
    /** Pays, and sends what was paid: both are in one record, so neither is without the other. */
    async give(self, { to, amount }: Transfer) {
      if (amount > self.state.balance) return false
      to.tell('receive', amount, { reliable: true })
      await self.persist('paid', amount)
      return true
    },
    /** The record of it says also that the message was handled. */
    receive: (self, amount: number) => self.persist('received', amount),
    balance: (self) => self.state.balance,
  },
})
