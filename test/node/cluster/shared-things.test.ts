// What the nodes of a cluster share: one of each singleton, groups that all know, and entities that go where their shard goes.
import { expect, test } from 'vitest'
import { defineActor } from 'troupe'
import { refAt } from '../../../runtime/ref.ts'
import { TestCluster } from '../../../scenarios/testing/test-cluster.ts'

const single = defineActor('single', {
  state: (by: string) => ({ by }),
  on: { by: (self) => self.state.by },
})

const sprite = defineActor('sprite', {
  state: (key: string) => ({ key, count: 0 }),
  on: { add: (self) => ++self.state.count },
})

test('whoever spawns a singleton is given the one that there is, and it was started once', async () => {
  await using cluster = new TestCluster()
  const nodes = await cluster.startAll(['a', 'b', 'c'])
  await cluster.until(() => nodes.every(({ cluster: own }) => own.mayAct))
  const spawns = nodes.map(({ name, node }) => node.spawn(single, { name: 'boss', isSingleton: true }, name))
  const refs = await cluster.through(Promise.all(spawns))
  const answers = await cluster.through(Promise.all(refs.map((ref) => ref.ask('by'))))
  expect(new Set(answers).size).toBe(1)
})

test('a name that is no singleton is taken for who wants one', async () => {
  await using cluster = new TestCluster()
  const [a, b] = await cluster.startAll(['a', 'b'])
  await cluster.until(() => a!.cluster.mayAct && b!.cluster.mayAct)
  await cluster.through(a!.node.spawn(single, 'boss', 'a'))
  const late = b!.node.spawn(single, { name: 'boss', isSingleton: true }, 'b')
  await expect(cluster.through(late)).rejects.toMatchObject({ code: 'name-taken' })
})

test('a group is known to all nodes, and forgets who has ended and whose node was lost', async () => {
  await using cluster = new TestCluster()
  const nodes = await cluster.startAll(['a', 'b', 'c'])
  await cluster.until(() => nodes.every(({ cluster: own }) => own.mayAct && own.facts.memberCount === 3))
  const [a, b, c] = nodes
  const heard: string[] = []
  a!.cluster.groups.watch('choir', ({ path, isIn }) => heard.push(`${isIn ? '+' : '-'}${path}`))
  const one = await cluster.through(b!.node.spawn(single, { name: 'one', restart: 'temporary' }, 'b'))
  const two = await cluster.through(c!.node.spawn(single, { name: 'two', onNodeLoss: 'stop' }, 'c'))
  b!.cluster.groups.join('choir', one)
  c!.cluster.groups.join('choir', two)
  await cluster.advance(100)
  const paths = (): string[] => a!.cluster.groups.members('choir').map(({ path }) => path)
  expect(paths().toSorted()).toEqual(['one', 'two'])
  one.stop()
  await cluster.advance(100)
  expect(paths()).toEqual(['two'])
  cluster.kill('c')
  await cluster.until(() => a!.cluster.facts.memberCount === 2)
  expect(paths()).toEqual([])
  expect(heard).toEqual(['+one', '+two', '-one', '-two'])
})

test('entities go to sleep where they were and are woken where their shard goes, as a node joins', async () => {
  await using cluster = new TestCluster()
  const [a] = await cluster.startAll(['a'])
  await cluster.until(() => a!.cluster.mayAct)
  a!.node.entities(sprite)
  const refs = Array.from({ length: 20 }, (_, key) => refAt(a!.node.runtime.host, `sprite/${key}`))
  for (const ref of refs) expect(await cluster.through(ref.ask('add'))).toBe(1)
  const b = await cluster.start('b')
  b.node.entities(sprite)
  const isShared = (): boolean => b.cluster.facts.shards().every(({ from }) => from === 0)
  await cluster.until(() => isShared() && b.cluster.mayAct)
  const owners = new Set(b.cluster.facts.shards().map(({ owner }) => owner))
  expect(owners.size).toBe(2)
  for (const ref of refs) expect(await cluster.through(ref.ask('add'))).toBeGreaterThan(0)
  const awake = b.node.runtime.cells().filter(({ path }) => path.startsWith('sprite/'))
  expect([...awake].length).toBeGreaterThan(0)
})
