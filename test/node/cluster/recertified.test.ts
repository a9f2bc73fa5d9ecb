// A new certificate: the connections of a node are made anew, and nobody notices.
import { expect, test } from 'vitest'
import { counter } from '../../../scenarios/hello/counter.ts'
import { TestCluster } from '../../../scenarios/testing/test-cluster.ts'

const file = new URL('../../../scenarios/hello/counter.ts', import.meta.url).pathname

test('a node with a new certificate goes on over a new connection to each other node, and loses nothing', async () => {
  await using cluster = new TestCluster()
  const [a, b] = await cluster.startAll(['a', 'b'], { load: [file] })
  await cluster.until(() => a!.cluster.mayAct && b!.cluster.mayAct)
  const ref = await cluster.through(a!.node.spawn(counter, { name: 'clicks', place: { node: 'b' } }))
  const { line } = a!.cluster.talk(b!.cluster.member)!
  const before = line.session.stream
  for (let count = 0; count < 50; count++) ref.tell('increment', 1)
  a!.cluster.company.recertified()
  for (let count = 0; count < 50; count++) ref.tell('increment', 1)
  await cluster.until(() => line.isAttached && line.session.stream !== before)
  expect(await cluster.through(ref.ask('value'))).toBe(100)
})
