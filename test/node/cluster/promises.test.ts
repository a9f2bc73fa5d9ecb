// The tests of the kernel's promises between two actors of a cluster: on one node, on two, and in the threads of two.
import { describe } from 'vitest'
import { promisesContract } from '../../contracts/promises.ts'
import { TestCluster } from '../../../scenarios/testing/test-cluster.ts'
import type { ClusterPlace } from '../../../node/cluster/cluster-place.ts'
import type { World } from '../../contracts/promises.ts'

const load = [new URL('../threads/traveller.ts', import.meta.url).pathname]

/** Messages between its nodes need no time, so that it passes only when a test says so. */
async function clusterWorld(
  names: readonly string[],
  options: { readonly places: readonly [ClusterPlace, ClusterPlace]; readonly threads?: number },
): Promise<World> {
  const cluster = new TestCluster({ shape: {} })
  const { places, threads = 0 } = options
  const nodes = await cluster.startAll(names, { load, threads })
  await cluster.until(() =>
    nodes.every(({ cluster: own }) => own.mayAct && own.facts.memberCount === names.length),
  )
  const [first] = nodes
  if (first === undefined) throw new Error('a cluster of nobody')
  return {
    node: first.node,
    places,
    pass: (ms) => cluster.advance(ms),
    close: () => cluster[Symbol.asyncDispose](),
  }
}

describe('on a node alone in its cluster', () => {
  promisesContract(() => clusterWorld(['a'], { places: [{ node: 'a' }, { node: 'a' }] }))
})

describe('here and on another node', () => {
  promisesContract(() => clusterWorld(['a', 'b'], { places: [{ node: 'a' }, { node: 'b' }] }))
})

describe('on another node and here', () => {
  promisesContract(() => clusterWorld(['a', 'b'], { places: [{ node: 'b' }, { node: 'a' }] }))
})

describe('on two other nodes', () => {
  promisesContract(() => clusterWorld(['a', 'b', 'c'], { places: [{ node: 'b' }, { node: 'c' }] }))
})

describe('in the threads of two nodes', () => {
  promisesContract(() => clusterWorld(['a', 'b'], { places: [{ node: 'a' }, { node: 'b' }], threads: 2 }))
})

describe('in the threads of two other nodes', () => {
  promisesContract(() =>
    clusterWorld(['a', 'b', 'c'], { places: [{ node: 'b' }, { node: 'c' }], threads: 1 }),
  )
})
