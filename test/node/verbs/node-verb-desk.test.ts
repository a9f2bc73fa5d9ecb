// Tests of a node's verb desk: what another node may ask for, and that nothing it has begun outlives it.
import { expect, test } from 'vitest'
import { NodeVerbDesk } from '../../../node/verbs/node-verb-desk.ts'
import { streamsOpenMax, verbsRunningMax } from '../../../node/verbs/verb-desk.ts'
import { TestNode } from 'troupe/testing'
import { castFiles } from '../console/desk.ts'
import type { VerbOrder } from '../../../node/verbs/verb-order.ts'

async function openDesk(): Promise<{ readonly node: TestNode; readonly desk: NodeVerbDesk }> {
  const node = new TestNode({ strict: true })
  for (const file of castFiles) await node.definitions.load(file)
  await node.openThreads()
  return { node, desk: new NodeVerbDesk(node) }
}

const run = (name: string, input: unknown, id = 1): VerbOrder => ({ act: 'run', id, name, input })
const open = (name: string, input: unknown, id = 1): VerbOrder => ({ act: 'open', id, name, input })

test('another node may ask for verbs about actors, and for those that go over nodes', async () => {
  const { node, desk } = await openDesk()
  await using _ = node
  await node.spawnRoot({ definition: node.definitions.get('counter'), options: 'clicks', args: [] })
  expect(JSON.parse(await desk.take(run('ls', {}), 2))).toMatchObject({ total: 1 })
  expect(JSON.parse(await desk.take(run('ask', { actor: 'clicks', message: 'value' }), 2))).toMatchObject({
    reply: 0,
  })
  expect(JSON.parse(await desk.take(run('paths', { start: 'cl', limit: 5 }), 2))).toEqual(['clicks'])
  expect(JSON.parse(await desk.take(run('pulse', null), 2))).toMatchObject({ actors: 1 })
})

const refused: readonly (readonly [name: string, input: unknown, code: string])[] = [
  ['load', { file: '/etc/passwd' }, 'command-unknown'],
  ['spawn', { definition: 'counter' }, 'command-unknown'],
  ['journal compact', {}, 'command-unknown'],
  ['drain', { node: 'a' }, 'command-unknown'],
  ['frobnicate', {}, 'command-unknown'],
  ['burden', { path: 'clicks' }, 'command-unknown'],
  ['tail', {}, 'command-unknown'],
  ['ls', { limit: -1 }, 'argument-invalid'],
  ['ls', { limit: 1e9 }, 'argument-invalid'],
  ['ls', { constructor: 1 }, 'option-unknown'],
  ['ls', { path: {} }, 'argument-invalid'],
  ['ask', null, 'argument-missing'],
  ['paths', { start: 'x'.repeat(5_000), limit: 5 }, 'argument-invalid'],
  ['paths', { start: '', limit: 1e6 }, 'argument-invalid'],
]

test.each(refused)('%s with %j is refused', async (name, input, code) => {
  const { node, desk } = await openDesk()
  await using _ = node
  await expect(desk.take(run(name, input), 2)).rejects.toMatchObject({ code })
})

test('what is opened is checked as well', async () => {
  const { node, desk } = await openDesk()
  await using _ = node
  await expect(desk.take(open('news', { kinds: 'all' }), 2)).rejects.toMatchObject({
    code: 'argument-invalid',
  })
  await expect(desk.take(open('events', {}), 2)).rejects.toMatchObject({
    code: 'command-unknown',
  })
  await expect(desk.take(open('ls', {}), 2)).rejects.toMatchObject({ code: 'command-unknown' })
})

test('each asker has its own bounds, and what it has begun ends with it', async () => {
  const { node, desk } = await openDesk()
  await using _ = node
  for (let id = 1; id <= streamsOpenMax; id++) await desk.take(open('tail', {}, id), 2)
  await expect(desk.take(open('tail', {}, 99), 2)).rejects.toMatchObject({ code: 'streams-full' })
  const next = desk.take({ act: 'next', id: 1 }, 2)
  desk.ended(2)
  expect(JSON.parse(await next)).toMatchObject({ isEnd: true })
  await desk.take(open('tail', {}, 1), 3)
  desk.keep((member) => member !== 3)
})

test('no asker has more verbs run at once than it may', async () => {
  const { node, desk } = await openDesk()
  await using _ = node
  await node.spawnRoot({ definition: node.definitions.get('keeper'), options: 'box', args: [] })
  await node.spawnRoot({ definition: node.definitions.get('counter'), options: 'clicks', args: [] })
  node.operator.suspend(node.runtime.cellAt('clicks') as never)
  const asked = { actor: 'clicks', message: 'value' }
  const waiting = Array.from({ length: verbsRunningMax }, (_one, id) =>
    desk.take(run('ask', asked, id + 1), 2),
  )
  const settled = Promise.allSettled(waiting)
  await expect(desk.take(run('ls', {}, 999), 2)).rejects.toMatchObject({ code: 'streams-full' })
  desk.ended(2)
  await node.advance(10_000)
  expect((await settled).every(({ status }) => status === 'rejected')).toBe(true)
})
