// A backoff in place of the budget: its growing delay is what bounds the restarts.
import { expect, test } from 'vitest'
import { defineActor, Node } from 'troupe'
import { seededRandom } from '../../runtime/random.ts'
import { ManualClock } from '../../scenarios/testing/manual-clock.ts'

test('a child with a backoff is started again after failures that would have exhausted the budget', async () => {
  const clock = new ManualClock()
  const node = new Node({ name: 'test' }, { clock, random: seededRandom(1) })
  const fragile = defineActor('fragile', {
    on: {
      fail() {
        throw new Error('as told')
      },
    },
  })
  const backoff = { minMs: 10, maxMs: 100, factor: 2, jitter: 0, resetAfterMs: 1_000 }
  const ref = await node.spawn(fragile, { name: 'fragile', backoff })
  for (let i = 0; i < 8; i++) {
    ref.tell('fail')
    await clock.advance(100)
  }
  expect(node.find('fragile')?.path).toBe('fragile')
  await node.stop()
})
