// Silent lines: a line whose other side is not heard goes on with another stream, before the old one has given up.
import { expect, test } from 'vitest'
import { ManualClock } from '../../../scenarios/testing/manual-clock.ts'
import { seededRandom } from '../../../runtime/random.ts'
import { sessionPair } from '../../transports/session/session-pair.ts'
import { silentEveryMs, SilentLines } from '../../../node/cluster/silent-lines.ts'
import type { Line } from '../../../transports/session/line.ts'

test('a silent line has another stream at the next look, and one that is heard keeps its own', async () => {
  const clock = new ManualClock()
  const { near, far } = sessionPair({ clock, random: seededRandom(1) })
  await clock.advance(300)
  const first = near.session.stream
  const silent: Line[] = []
  const lines = new SilentLines({ clock, silent: () => silent })
  lines.start()
  await clock.advance(silentEveryMs * 3)
  expect(near.session.stream).toBe(first)
  silent.push(near.line)
  await clock.advance(silentEveryMs)
  silent.pop()
  await clock.advance(silentEveryMs)
  expect(near.session.stream === first).toBe(false)
  expect([near.line.isAttached, far.line.isAttached]).toEqual([true, true])
  lines.close()
})
