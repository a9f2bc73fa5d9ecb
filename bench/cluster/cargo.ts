// A hold: an actor that takes large cargo and says how much it was.
import { defineActor } from 'troupe'

export const hold = defineActor('hold', {
  on: {
    take(_self, cargo: Uint8Array) {
      return cargo.byteLength
    },
  },
})
