// A clockwork: the durable actor that the tests of durable timers work with.
import { defineActor } from '../../../index.ts'
import type { TimerOptions } from '../../../index.ts'

export interface Start {
  readonly ms: number
  readonly name?: string
  readonly options?: TimerOptions
}

/** How often its handler is still to fail. */
export const trouble = { failures: 0 }

export const clockwork = defineActor('clockwork', {
  state: () => ({ beats: [] as string[] }),
  events: {
    beat(state, what: string) {
      state.beats.push(what)
    },
  },
  on: {
    after: (self, { ms, name = 'beat', options }: Start) =>
      self.after(ms, name, 'x', { durable: true, ...options }),
    every: (self, { ms, name = 'beat', options }: Start) =>
      self.every(ms, name, 'x', { durable: true, ...options }),
    volatile: (self, { ms }: Start) => self.after(ms, 'beat', 'volatile'),
    cancel: (self, key: string) => self.cancel(key),
    startAndFail(self, { ms }: Start) {
      self.after(ms, 'beat', 'x', { durable: true })
      throw new Error('after all not')
    },
    startAndCancel(self, { ms }: Start) {
      self.after(ms, 'beat', 'x', { durable: true })
      return [self.cancel('beat'), self.cancel('beat')]
    },
    async beat(self, what: string) {
      if (trouble.failures-- > 0) throw new Error('not now')
      await self.persist('beat', what)
    },
    /** Persists nothing. */
    tick: () => undefined,
    beats: (self) => self.state.beats,
  },
})
