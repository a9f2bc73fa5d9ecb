// A cluster of nodes in one process: they find each other, agree, and their actors speak as if they were one node.
import { expect, test } from 'vitest'
import { defineActor } from 'troupe'
import { counter as fileCounter } from '../../../scenarios/hello/counter.ts'
import { TestCluster } from '../../../scenarios/testing/test-cluster.ts'

const counterFile = new URL('../../../scenarios/hello/counter.ts', import.meta.url).pathname

const counter = defineActor('counter', {
  state: (start: number) => ({ count: start }),
  on: {
    add(self, by: number) {
      self.state.count += by
    },
    count(self) {
      return self.state.count
    },
  },
})

test('a node alone founds a cluster, and is up and may act', async () => {
  await using cluster = new TestCluster()
  const { cluster: own } = await cluster.start('a')
  expect([own.member, own.facts.memberByName('a')?.status]).toEqual([1, 'up'])
  await cluster.until(() => own.mayAct)
})

test('three nodes are members of one view', async () => {
  await using cluster = new TestCluster()
  const nodes = await cluster.startAll(['a', 'b', 'c'])
  await cluster.until(() => nodes.every(({ cluster: own }) => own.facts.memberCount === 3 && own.mayAct))
  const views = nodes.map(({ cluster: own }) =>
    [...own.facts.members()].map(({ name, number }) => `${name} ${number}`),
  )
  expect(views[1]).toEqual(views[0])
  expect(views[2]).toEqual(views[0])
})

test('a root of one node is asked from another by its name', async () => {
  await using cluster = new TestCluster()
  const [a, b] = await cluster.startAll(['a', 'b'])
  await cluster.until(() => a!.cluster.mayAct && b!.cluster.mayAct)
  const ref = await cluster.through(a!.node.spawn(counter, 'clicks', 5))
  await cluster.until(() => b!.cluster.knows('clicks'))
  const far = b!.node.find('clicks')
  far?.tell('add', 2)
  expect(await cluster.through(far!.ask('count'))).toBe(7)
  expect(await cluster.through(ref.ask('count'))).toBe(7)
})

test('a killed node is removed within a second and a half, and its root answers elsewhere', async () => {
  await using cluster = new TestCluster()
  const nodes = await cluster.startAll(['a', 'b', 'c'], { load: [counterFile] })
  await cluster.until(() => nodes.every(({ cluster: own }) => own.mayAct))
  const [a, b] = nodes
  const ref = await cluster.through(a!.node.spawn(fileCounter, { name: 'clicks', place: { node: 'c' } }))
  ref.tell('increment', 2)
  expect(await cluster.through(ref.ask('value'))).toBe(2)
  const killedMs = cluster.clock.now()
  cluster.kill('c')
  await cluster.until(() => [a, b].every((one) => one!.cluster.facts.memberCount === 2))
  expect(cluster.clock.now() - killedMs).toBeLessThanOrEqual(1_500)
  expect(await cluster.through(b!.node.find('clicks')!.ask('value'))).toBe(0)
  expect(cluster.clock.now() - killedMs).toBeLessThanOrEqual(2_500)
})

test('a watcher of a root on a node that is lost hears it once', async () => {
  await using cluster = new TestCluster()
  const nodes = await cluster.startAll(['a', 'b', 'c'], { load: [counterFile] })
  await cluster.until(() => nodes.every(({ cluster: own }) => own.mayAct))
  const [a] = nodes
  const place = { node: 'c' }
  const ref = await cluster.through(a!.node.spawn(fileCounter, { name: 'clicks', place, onNodeLoss: 'stop' }))
  const exits: string[] = []
  ref.watch(({ cause }) => exits.push(cause))
  await cluster.advance(50)
  cluster.kill('c')
  await cluster.advance(10_000)
  expect(exits).toEqual(['node-lost'])
})

test('a frozen node that comes back finds itself expelled, does nothing it should not, and joins anew', async () => {
  await using cluster = new TestCluster()
  const nodes = await cluster.startAll(['a', 'b', 'c'], { load: [counterFile] })
  await cluster.until(() => nodes.every(({ cluster: own }) => own.mayAct))
  const [a, b, c] = nodes
  const before = c!.cluster.member
  const ref = await cluster.through(a!.node.spawn(fileCounter, { name: 'clicks', place: { node: 'c' } }))
  cluster.freeze('c')
  const frozenMs = cluster.clock.now()
  await cluster.until(() => [a, b].every((one) => one!.cluster.facts.memberCount === 2))
  expect(cluster.clock.now() - frozenMs).toBeLessThanOrEqual(3_000)
  ref.tell('increment', 1)
  expect(await cluster.through(b!.node.find('clicks')!.ask('value'))).toBe(1)
  expect(c!.cluster.mayAct).toBe(false)
  cluster.thaw('c')
  await cluster.until(() => a!.cluster.facts.memberCount === 3)
  await cluster.until(() => c!.cluster.mayAct)
  expect(c!.cluster.member).toBeGreaterThan(before)
  expect(await cluster.through(c!.node.find('clicks')!.ask('value'))).toBe(1)
  // The others have the numbers that they had, and are answered under them.
  const anew = await cluster.through(a!.node.spawn(fileCounter, { name: 'anew', place: { node: 'c' } }))
  expect(await cluster.through(anew.ask('value'))).toBe(0)
})
