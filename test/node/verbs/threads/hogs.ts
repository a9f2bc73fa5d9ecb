// Hogs and talkers: actors that keep a thread busy, and actors that send to each other without end.
import { defineActor } from 'troupe'
import type { Ref } from 'troupe'

/** Computes for a millisecond or more, again and again. */
export const hog = defineActor('hog', {
  state: () => ({ sum: 0 }),
  started(self) {
    self.every(2, 'burn')
  },
  on: {
    burn(self) {
      for (let n = 0; n < 400_000; n++) self.state.sum = (self.state.sum + n) % 1_000_003
    },
  },
})

/** Sends to somebody, often. */
export const talker = defineActor('talker', {
  state: (to?: Ref) => ({ to, heard: 0 }),
  on: {
    begin(self, to: Ref) {
      self.state.to = to
      self.every(1, 'talk')
    },
    talk(self) {
      for (let n = 0; n < 5; n++) self.state.to?.tell('hear')
    },
    hear(self) {
      self.state.heard++
    },
  },
})
