// A purse: a durable entity for tests.
import { defineActor } from 'troupe'

export const purse = defineActor('purse', {
  state: (owner: string) => ({ owner, coins: 0 }),
  events: {
    filled(state, coins: number) {
      state.coins += coins
    },
  },
  on: {
    async fill(self, coins: number) {
      await self.persist('filled', coins)
      return self.state.coins
    },
    coins: (self) => ({ owner: self.state.owner, coins: self.state.coins }),
  },
})

/** Rings by itself, awake or not. */
export const bell = defineActor('bell', {
  state: () => ({ rung: 0 }),
  events: {
    rang(state, times: number) {
      state.rung += times
    },
  },
  on: {
    set: (self, ms: number) => self.after(ms, 'ring', 1, { durable: true }),
    ring: (self, times: number) => self.persist('rang', times),
    rung: (self) => self.state.rung,
  },
})
