// Tests of the verb desk: what a thread does with the orders of the main thread.
import { startTestNode } from 'troupe/testing'
import { expect, test } from 'vitest'
import { feedRecordsMax } from '../../../../node/verbs/feed.ts'
import { batchRecordsMax, streamsOpenMax, VerbDesk } from '../../../../node/verbs/verb-desk.ts'
import { castFiles } from '../../console/desk.ts'
import type { TestNode } from 'troupe/testing'
import type { RecordBatch } from '../../../../node/verbs/verb-order.ts'

async function openNode(): Promise<{ readonly node: TestNode; readonly desk: VerbDesk }> {
  const node = await startTestNode({ load: castFiles })
  await node.spawn(node.definitions.get('counter') as never, 'clicks')
  return { node, desk: new VerbDesk(node) }
}

const allEvents = { path: undefined, kind: undefined, since: undefined, for: undefined, count: undefined }

async function nextBatch(desk: VerbDesk, id: number): Promise<RecordBatch> {
  return JSON.parse(await desk.take({ act: 'next', id })) as RecordBatch
}

test('a verb is run and answers as JSON text', async () => {
  const { node, desk } = await openNode()
  await using _ = node
  const answer = await desk.take({ act: 'run', id: 1, name: 'info', input: { actor: 'clicks' } })
  expect(JSON.parse(answer)).toMatchObject({ path: 'clicks' })
})

test('a verb that is not there, or answers otherwise, is refused', async () => {
  const { node, desk } = await openNode()
  await using _ = node
  for (const name of ['nonsense', 'tail'])
    await expect(desk.take({ act: 'run', id: 1, name, input: {} })).rejects.toMatchObject({
      code: 'command-unknown',
    })
  for (const name of ['nonsense', 'info'])
    await expect(desk.take({ act: 'open', id: 1, name, input: {} })).rejects.toMatchObject({
      code: 'command-unknown',
    })
})

test('records come in batches of a bounded size; what comes faster than it is fetched is counted', async () => {
  const { node, desk } = await openNode()
  await using _ = node
  await desk.take({ act: 'open', id: 7, name: 'tail', input: allEvents })
  const cell = node.runtime.cellAt('clicks')
  if (cell === undefined) throw new Error('clicks lives')
  const lost = 5
  for (let n = 0; n < batchRecordsMax; n++) node.runtime.host.events.emit('log', cell, n)
  await node.settle()
  // Nobody fetches: the rest fills the room that there is.
  for (let n = 0; n < feedRecordsMax - batchRecordsMax + lost; n++) {
    node.runtime.host.events.emit('log', cell, n)
    if (n % 1_000 === 0) await node.settle()
  }
  await node.settle()
  const batch = await nextBatch(desk, 7)
  expect(batch).toMatchObject({ dropped: lost, isEnd: false })
  expect(batch.records).toHaveLength(batchRecordsMax)
  expect((await nextBatch(desk, 7)).dropped).toBe(0)
  await desk.take({ act: 'cancel', id: 7 })
  expect(await nextBatch(desk, 7)).toEqual({ records: [], dropped: 0, isEnd: true })
})

test('only so many streams go on in one thread', async () => {
  const { node, desk } = await openNode()
  await using _ = node
  const input = { path: undefined, sort: 'mailbox', every: 1_000, count: undefined, limit: 1, once: false }
  for (let id = 0; id < streamsOpenMax; id++) await desk.take({ act: 'open', id, name: 'top', input })
  const more = { act: 'open', id: streamsOpenMax, name: 'top', input } as const
  await expect(desk.take(more)).rejects.toMatchObject({ code: 'streams-full' })
  await desk.take({ act: 'cancel', id: 0 })
  await desk.take(more)
  for (let id = 0; id <= streamsOpenMax; id++) await desk.take({ act: 'cancel', id })
})

test('a stream ends with the fault that ended it', async () => {
  const { node, desk } = await openNode()
  await using _ = node
  const input = { path: 'clicks', sort: 'mailbox', every: 100, count: undefined, limit: 1, once: false }
  await desk.take({ act: 'open', id: 1, name: 'top', input })
  node.find('clicks')?.stop()
  const [next] = await Promise.allSettled([nextBatch(desk, 1), node.advance(200)])
  expect(next).toMatchObject({ status: 'rejected', reason: { code: 'actor-unknown' } })
})

test('an order that no thread knows is refused', async () => {
  await using node = await startTestNode({ threads: 1 })
  const refused = await node.fleet
    ?.call(1, 'nonsense' as never, null as never)
    .catch((fault: unknown) => fault)
  expect(refused).toMatchObject({ code: 'call-unknown' })
})

test('a verb that nobody waits for any more is told', async () => {
  const { node, desk } = await openNode()
  await using _ = node
  const stopping = desk.take({
    act: 'run',
    id: 3,
    name: 'ask',
    input: { actor: 'clicks', message: 'value', timeout: 50 },
  })
  await desk.take({ act: 'cancel', id: 3 })
  await expect(stopping).rejects.toMatchObject({ code: 'command-cancelled' })
  await node.advance(100)
})
