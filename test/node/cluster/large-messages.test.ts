// Large messages between nodes: they have a stream of their own, and nothing but what follows them to the same actor waits.
import { expect, test } from 'vitest'
import { defineActor } from 'troupe'
import { TestCluster } from '../../../scenarios/testing/test-cluster.ts'

const log = defineActor('log', {
  state: () => ({ sizes: [] as number[] }),
  on: {
    note(self, bytes: Uint8Array) {
      self.state.sizes.push(bytes.byteLength)
    },
    sizes(self) {
      return self.state.sizes
    },
  },
})

test('a large message does not hold up small ones to others, and keeps its place among those to the same actor', async () => {
  await using cluster = new TestCluster({ shape: { latencyMs: 1, bytesPerMs: 1_000 } })
  const [a, b] = await cluster.startAll(['a', 'b'])
  await cluster.until(() => a!.cluster.mayAct && b!.cluster.mayAct)
  for (const name of ['one', 'other']) await cluster.through(a!.node.spawn(log, name))
  await cluster.until(() => b!.cluster.knows('other') && b!.cluster.knows('one'))
  const one = b!.node.find('one')!
  const other = b!.node.find('other')!
  // Both ways are known before, and the second connection stands.
  one.tell('note', new Uint8Array(200_000))
  expect(await cluster.through(one.ask('sizes'))).toEqual([200_000])
  expect(await cluster.through(other.ask('sizes'))).toEqual([])
  const beganMs = cluster.clock.now()
  one.tell('note', new Uint8Array(2_000_000))
  one.tell('note', new Uint8Array(1))
  other.tell('note', new Uint8Array(2))
  expect(await cluster.through(other.ask('sizes'))).toEqual([2])
  expect(cluster.clock.now() - beganMs).toBeLessThan(100)
  expect(await cluster.through(one.ask('sizes'))).toEqual([200_000, 2_000_000, 1])
  // At a thousand bytes in a millisecond it cannot have come sooner.
  expect(cluster.clock.now() - beganMs).toBeGreaterThan(1_900)
  expect(cluster.network.streams('a', 'b').some(({ dialler }) => dialler.purpose === 'bulk')).toBe(true)
})
