// Tests of the session as a wire: the contract over a memory network that is quiet, slices what it carries, or breaks streams all the time.
import { describe } from 'vitest'
import { seededRandom } from '../../../runtime/random.ts'
import { ManualClock } from '../../../scenarios/testing/manual-clock.ts'
import { wireContract } from '../../contracts/wire.ts'
import { sessionPair } from './session-pair.ts'
import type { Wire } from '../../../runtime/wire.ts'
import type { PairOptions } from './session-pair.ts'

function wires(options: Omit<PairOptions, 'clock'> = {}): [Wire, Wire] {
  const { near, far } = sessionPair({ clock: new ManualClock(), ...options })
  return [near.session, far.session]
}

const narrow = {
  signals: { records: 1_000, bytes: 20_000 },
  messages: { records: 1_000, bytes: 100_000 },
}

describe('over a quiet network', () => {
  wireContract(() => wires())
})

describe('with narrow room', () => {
  wireContract(() => wires({ session: { room: narrow } }))
})

describe('over a network that slices', () => {
  wireContract(() => wires({ shape: { pieceBytesMax: 3_000 } }))
})

describe('over streams that break after some hundred kilobytes', () => {
  const random = seededRandom(3)
  wireContract(() =>
    wires({
      line: { redialMs: { min: 0, max: 0 } },
      opened: (pair) => {
        pair.breakAfter('a', 100_000 + random.integer(200_000))
        pair.breakAfter('b', 100_000 + random.integer(200_000))
      },
    }),
  )
})
