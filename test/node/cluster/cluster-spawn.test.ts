// Tests of a spawn in a cluster: what is wanted goes to the node that it is for, or is refused before any node is asked.
import { expect, test } from 'vitest'
import { defineActor } from 'troupe'
import { spawnInCluster } from '../../../node/cluster/cluster-spawn.ts'
import { Town } from '../../actors/cluster/state/town.ts'
import type { ActorDefinition } from '../../../runtime/definition.ts'
import type { ClusterRequest, ClusterSpawnParts } from '../../../node/cluster/cluster-spawn.ts'

const counter = defineActor('counter', { state: () => 0, on: { get: () => 0 } }) as unknown as ActorDefinition

/** This node is a, of a, b and c. */
class Bench {
  readonly town = new Town('a', 'b', 'c')
  isDraining = false
  readonly here: Record<string, unknown>[] = []
  readonly there: unknown[] = []

  async spawn(place: unknown, more: Partial<ClusterRequest> = {}): Promise<void> {
    // What is not given here is not used.
    const parts = {
      fleet: {
        spawn: (order: Record<string, unknown>) => Promise.resolve(this.here.push(order)),
        resident: { station: { runtime: { host: { registry: new Map() } } } },
      },
      facts: () => this.town.state,
      member: () => 1,
      isDraining: () => this.isDraining,
      catchUp: (run: () => void) => run(),
      ownerOf: (path: string) => this.town.state.under(path)?.member,
      spawnAt: (member: number, wish: { readonly onLoss: unknown }) => {
        this.there.push([member, wish.onLoss])
        return Promise.resolve('bank')
      },
    }
    const request = {
      definition: counter,
      place,
      onNodeLoss: undefined,
      options: { name: 'bank' },
      args: [],
      ...more,
    }
    await spawnInCluster(parts as unknown as ClusterSpawnParts, request)
  }
}

test('without a wish for a node it starts here, in whatever thread is wished for', async () => {
  const bench = new Bench()
  await bench.spawn(undefined)
  await bench.spawn({ node: 'a' })
  expect([bench.here.map(({ wish }) => wish), bench.there]).toEqual([['auto', 'auto'], []])
})

test('a wish for another node, by its name or by who lives there, is sent to it', async () => {
  const bench = new Bench()
  await bench.spawn({ node: 'c' })
  bench.town.claim(2, 'friend')
  await bench.spawn({ near: { path: 'friend/child' } })
  expect([bench.here, bench.there]).toEqual([
    [],
    [
      [3, 'rehome'],
      [2, 'rehome'],
    ],
  ])
})

test.each([
  ['what is restarted goes elsewhere', undefined, {}, 'rehome'],
  ['what is never restarted ends', undefined, { restart: 'temporary' }, 'stop'],
  ['what was asked for counts', 'wait', { restart: 'temporary' }, 'wait'],
] as const)('when its node is lost, %s', async (_, onNodeLoss, options, onLoss) => {
  const bench = new Bench()
  await bench.spawn(undefined, { onNodeLoss, options: { name: 'bank', ...options } })
  expect(bench.here[0]?.['onLoss']).toBe(onLoss)
})

test('a fate that there is none of, a node that there is none of, and a name that is none are refused', async () => {
  const bench = new Bench()
  await expect(bench.spawn(undefined, { onNodeLoss: 'burn' as never })).rejects.toMatchObject({
    code: 'place-invalid',
  })
  await expect(bench.spawn({ node: 'x' })).rejects.toMatchObject({ code: 'node-unknown' })
  await expect(bench.spawn(undefined, { options: { name: 'a//b' } })).rejects.toMatchObject({
    code: 'name-invalid',
  })
  expect([bench.here, bench.there]).toEqual([[], []])
})

test('a node that drains starts nothing itself, and still sends others what is theirs', async () => {
  const bench = new Bench()
  bench.isDraining = true
  await expect(bench.spawn(undefined)).rejects.toMatchObject({ code: 'node-draining' })
  await bench.spawn({ node: 'b' })
  expect([bench.here, bench.there]).toEqual([[], [[2, 'rehome']]])
})
