// Tests of moves between real threads under load, and of threads that die or hang in the middle of it.
import { expect, test } from 'vitest'
import { startNode } from 'troupe'
import { sink, source } from './flow.ts'
import type { Fault } from 'troupe'

const load = [new URL('flow.ts', import.meta.url).href]

test('two senders in two threads tell 10,000 numbers each while their receiver moves 50 times between three threads', async () => {
  await using node = await startNode({ threads: 2, load })
  const receiver = await node.spawn(sink, { name: 'receiver', place: { thread: 0 } })
  const senders = await Promise.all(
    [1, 2].map((thread) => node.spawn(source, { name: `sender-${thread}`, place: { thread } })),
  )
  const poured = senders.map((sender) => sender.ask('pour', [receiver, 10_000], { timeoutMs: 60_000 }))
  for (let move = 1; move <= 50; move++) await node.move(receiver, { thread: move % 3 })
  expect(await Promise.all(poured)).toEqual([10_000, 10_000])
  expect(await receiver.ask('report')).toEqual({
    counts: { 'sender-1': 10_000, 'sender-2': 10_000 },
    flaws: [],
  })
})

test('a thread that leaves in the middle of it takes its roots along and brings them back; every ask has an end', async () => {
  await using node = await startNode({ threads: 2, load })
  const receiver = await node.spawn(sink, { name: 'receiver', restart: 'permanent', place: { thread: 1 } })
  const bystander = await node.spawn(sink, { name: 'bystander', place: { thread: 2 } })
  const sender = await node.spawn(source, { name: 'sender', place: { thread: 2 } })
  const before = node.fleet!.crew.inSlot(1)!.id
  const asking = sender.ask('ask', [receiver, 1_000], { timeoutMs: 60_000 })
  const asks = Array.from({ length: 100 }, () =>
    receiver.ask('report').then(
      () => 'reply',
      (fault: Fault) => fault.code,
    ),
  )
  receiver.tell('exit')
  const ends = await Promise.all(asks)
  expect(ends).toHaveLength(100)
  for (const end of ends) expect(['reply', 'thread-lost']).toContain(end)
  expect(await bystander.ask('report')).toEqual({ counts: {}, flaws: [] })
  expect(await asking).toBeLessThanOrEqual(1)
  expect(await receiver.ask('report')).toEqual({ counts: {}, flaws: [] })
  expect(node.fleet!.crew.inSlot(1)!.id).not.toBe(before)
})

test('a thread whose handler never returns is replaced, while the other threads answer', async () => {
  await using node = await startNode({ threads: 2, threadStallMs: 200, load })
  const spinner = await node.spawn(sink, { name: 'spinner', restart: 'permanent', place: { thread: 1 } })
  const neighbour = await node.spawn(sink, { name: 'neighbour', place: { thread: 1 } })
  const bystander = await node.spawn(sink, { name: 'bystander', place: { thread: 2 } })
  const stuck = spinner.ask('spin', undefined, { timeoutMs: 60_000 }).catch((fault: Fault) => fault.code)
  expect(await bystander.ask('report')).toEqual({ counts: {}, flaws: [] })
  expect(await stuck).toBe('thread-lost')
  for (const ref of [spinner, neighbour, bystander])
    expect(await ref.ask('report')).toEqual({ counts: {}, flaws: [] })
})
