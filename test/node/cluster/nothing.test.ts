// Nothing as a payload: it is nothing on the other node too, so that a handler's own default holds there.
import { expect, test } from 'vitest'
import { counter } from '../../../scenarios/hello/counter.ts'
import { TestCluster } from '../../../scenarios/testing/test-cluster.ts'

const file = new URL('../../../scenarios/hello/counter.ts', import.meta.url).pathname

test('a message without a payload reaches another node without one, also the first on its way', async () => {
  await using cluster = new TestCluster()
  const [a, b] = await cluster.startAll(['a', 'b'], { load: [file] })
  await cluster.until(() => a!.cluster.mayAct && b!.cluster.mayAct)
  const ref = await cluster.through(a!.node.spawn(counter, { name: 'clicks', place: { node: 'b' } }))
  for (let count = 0; count < 3; count++) ref.tell('increment')
  await cluster.through(ref.ask('increment'))
  expect(await cluster.through(ref.ask('value'))).toBe(4)
})
