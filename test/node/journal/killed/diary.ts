// A diary: a durable actor that notes the next number, so that a hole or a repetition shows.
import { defineActor } from 'troupe'

export const diary = defineActor('diary', {
  state: () => ({ last: 0, flaws: 0 }),
  snapshots: { every: 50 },
  events: {
    noted(state, number: number) {
      if (number !== state.last + 1) state.flaws++
      state.last = number
    },
  },
  on: {
    async note(self) {
      await self.persist('noted', self.state.last + 1)
      return self.state.last
    },
    read: (self) => ({ ...self.state }),
  },
})
