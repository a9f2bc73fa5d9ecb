// The tests of the shards of a node: nobody begins elsewhere before all that lived here sleeps.
import { expect, test } from 'vitest'
import { shardOf } from '../../../actors/cluster/placement/shard-of.ts'
import { lullMsMax, Shards } from '../../../node/cluster/shards.ts'
import { ManualClock } from '../../../scenarios/testing/manual-clock.ts'
import type { ClusterFacts } from '../../../actors/cluster/state/cluster-facts.ts'
import type { Command } from '../../../actors/cluster/state/command.ts'

const path = 'sprite/p'

class Table {
  readonly clock = new ManualClock()
  readonly proposed: Command[] = []
  readonly stopped: string[] = []
  awake = [path]
  maySleep = true
  from = 2
  readonly shards: Shards = new Shards({
    clock: this.clock,
    // Nothing else of the facts is looked at.
    facts: () =>
      ({
        shards: () => [{ shard: shardOf(path), owner: 1, from: this.from, epoch: 3 }],
      }) as unknown as ClusterFacts,
    member: () => 2,
    propose: (command) => {
      this.proposed.push(command)
      this.from = 0
      return Promise.resolve({ type: 'counted', count: 1 })
    },
    entities: () => this.awake,
    lull: () => {
      if (this.maySleep) this.awake = []
      return Promise.resolve()
    },
    stop: (one) => {
      this.stopped.push(one)
      this.awake = []
    },
  })
}

const shed = { type: 'shed', member: 2, shards: [{ shard: shardOf(path), epoch: 3 }] }

test('a shard is let go once its entities sleep', async () => {
  const table = new Table()
  table.shards.changed()
  await table.clock.settle()
  expect(table.proposed).toEqual([shed])
  expect(table.stopped).toEqual([])
})

test('an entity that does not sleep in time is stopped, and its shard let go only then', async () => {
  const table = new Table()
  table.maySleep = false
  table.shards.changed()
  await table.clock.advance(lullMsMax - 1)
  expect(table.proposed).toEqual([])
  await table.clock.advance(200)
  expect(table.stopped).toEqual([path])
  expect(table.proposed).toEqual([shed])
})

test('shards that others have to let go of are left alone', async () => {
  const table = new Table()
  table.from = 7
  table.shards.changed()
  await table.clock.advance(lullMsMax * 2)
  expect(table.proposed).toEqual([])
  expect(table.awake).toEqual([path])
})
