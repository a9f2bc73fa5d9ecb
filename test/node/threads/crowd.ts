// A crowd: actors that count what others send them in order, and others that send; for tests in which all of them move.
import { defineActor } from 'troupe'
import type { RefOf } from 'troupe'

interface Hit {
  readonly from: string
  readonly number: number
}

/** Counts hits, and those that do not follow the last one of the same sender. */
export const target = defineActor('target', {
  state: () => ({ last: {} as Record<string, number>, count: 0, disordered: 0 }),
  on: {
    hit({ state }, { from, number }: Hit) {
      if (number !== (state.last[from] ?? 0) + 1) state.disordered++
      state.last[from] = number
      state.count++
    },
    tally: ({ state: { count, disordered } }) => ({ count, disordered }),
  },
})

/** Hits all targets, as often as it is told. */
export const shooter = defineActor('shooter', {
  state: (targets: readonly RefOf<typeof target>[]) => ({ targets, shots: 0 }),
  on: {
    shoot(self, times: number) {
      for (let left = times; left > 0; left--) {
        self.state.shots++
        for (const one of self.state.targets) one.tell('hit', { from: self.path, number: self.state.shots })
      }
    },
    /** Answers once all targets have handled what they were sent: each is asked behind that. */
    async finish({ state }) {
      for (const one of state.targets) await one.ask('tally')
      return state.shots
    },
  },
})
