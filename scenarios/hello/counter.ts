// A counter: the smallest actor worth having; it counts, and it can be made to fail.
import { defineActor, Fault } from 'troupe'

export const counter = defineActor('counter', {
  state: () => ({ count: 0 }),
  on: {
    /** Adds to the count; by one unless told otherwise. */
    increment(self, by: number = 1) {
      if (typeof by !== 'number') {
        throw new Fault(
          'number-expected',
          `Cannot increment by ${JSON.stringify(by)}: that is not a number`,
          {
            hint: 'Send a number, or nothing for 1.',
          },
        )
      }
      self.state.count += by
    },
    value(self) {
      return self.state.count
    },
    /** Fails as a bug would: the supervisor starts the counter again, from zero. */
    crash() {
      throw new Error('the counter was told to crash')
    },
  },
})
