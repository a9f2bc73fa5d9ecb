// A tally and those who send to it: it notices what comes twice, out of order or not at all.
import { defineActor } from 'troupe'
import type { RefOf } from 'troupe'

/** Messages that a sender sends before it waits for an answer. */
const burst = 100

/** The message of one sender; its messages are numbered from 1. */
export interface Numbered {
  readonly from: string
  readonly number: number
}

export const tally = defineActor('tally', {
  state: () => ({ counted: 0, flaws: 0, last: new Map<string, number>() }),
  on: {
    count({ state }, { from, number }: Numbered) {
      if (number !== (state.last.get(from) ?? 0) + 1) state.flaws++
      state.last.set(from, number)
      state.counted++
    },
    sum: ({ state: { counted, flaws } }) => ({ counted, flaws }),
  },
})

export const sender = defineActor('sender', {
  state: (to: RefOf<typeof tally>) => ({ to, sent: 0 }),
  on: {
    /** Sends so many more, and answers how many it has sent in all. */
    async send({ state, path }, messages: number) {
      const { to } = state
      for (const last = state.sent + messages; state.sent < last;) {
        to.tell('count', { from: path, number: ++state.sent })
        // Whoever never waits would fill the other's mailbox.
        if (state.sent % burst === 0) await to.ask('sum')
      }
      return state.sent
    },
  },
})
