// Tests of a thread that blocks: how soon the node gives it up, and who is back then.
import { expect, test } from 'vitest'
import { startTestNode } from 'troupe/testing'
import { counter } from '../../../scenarios/hello/counter.ts'

test('a thread that was ready and then blocks is given up after the time of a stall, not of a start', async () => {
  await using node = await startTestNode({ threads: 1, load: ['scenarios/hello/counter.ts'] })
  const lost: unknown[] = []
  node.runtime.host.events.follow(({ kind, atMs, detail }) => {
    if (kind === 'thread-lost') lost.push([atMs, Object(detail).code])
  })
  const clicks = await node.spawn(counter, { name: 'clicks', place: { thread: 1 } })
  clicks.tell('increment', 3)
  await node.advance(1_000)
  node.threads.freeze(1)
  await node.advance(1_250)
  expect(lost).toEqual([[2_000, 'thread-stalled']])
  expect(await clicks.ask('value')).toBe(0)
})
