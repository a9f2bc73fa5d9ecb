// Tests of how a console feels in a cluster: what Tab offers, what the banner says, and what is told unasked.
import { expect, test } from 'vitest'
import { banner } from '../../../node/console/banner.ts'
import { Bulletin } from '../../../node/console/bulletin.ts'
import { completion } from '../../../node/console/completion.ts'
import { openDesks } from './cluster-desk.ts'
import type { ClusterDesks } from './cluster-desk.ts'

const three = ['a', 'b', 'c'] as const

async function openSet(): Promise<ClusterDesks> {
  const desks = await openDesks(three)
  await desks
    .desk('a')
    .run('spawn counter clicks --node b', 'spawn family f 2 --node c', 'spawn counter clocks')
  return desks
}

const places: readonly (readonly [line: string, offers: readonly string[]])[] = [
  ['tell cl', ['clicks', 'clocks']],
  ['info f/', ['f/child-1', 'f/child-2']],
  ['tell clicks in', ['increment']],
  ['tell f/child-1 ke', ['keep', 'kept']],
  ['drain ', ['a', 'all', 'b', 'c']],
  ['ls --node b', ['b']],
  ['spawn counter x --on-node-loss re', ['rehome']],
  ['cluster si', ['simulate-partition']],
  ['cluster --j', ['--json']],
]

test.each(places)('"%s" is completed from all nodes', async (line, offers) => {
  await using desks = await openSet()
  const { offers: made } = await desks.cluster.through(completion(line, desks.desk('a').console))
  expect(made.toSorted()).toEqual(offers)
})

test('Tab does not wait long for a node that is silent', async () => {
  await using desks = await openSet()
  const { cluster } = desks
  cluster.freeze('c')
  const startMs = cluster.clock.now()
  const made = await cluster.through(completion('info f', desks.desk('a').console))
  expect(made.offers).toEqual(['f'])
  expect(cluster.clock.now() - startMs).toBeLessThanOrEqual(250)
  cluster.thaw('c')
  await cluster.until(() =>
    cluster.running.every(({ cluster: own }) => own.facts.memberCount === 3 && own.mayAct),
  )
})

test('the banner says which cluster the node is in, and of how many', async () => {
  await using desks = await openDesks(['a', 'b'])
  const { node, style } = desks.desk('b')
  expect(banner(node, '1.0', style)).toMatch(/^Troupe 1\.0, node b, one of 2 nodes of cluster test; /)
})

test('who joins and who is lost is told at the prompt once, and what fails in other nodes as well', async () => {
  await using desks = await openSet()
  const { cluster } = desks
  const told: string[] = []
  const { node, style } = desks.desk('a')
  const bulletin = new Bulletin(node, style, (text) => void told.push(text))
  bulletin.release()
  await cluster.advance(100)
  await desks.desk('b').run('tell clicks crash')
  await cluster.advance(1_000)
  expect(told.join('\n')).toMatch(/✖ clicks failed \(b\): handler-failed.*\n✔ clicks restarted \(b\)/)
  desks.drop('c')
  cluster.kill('c')
  await cluster.advance(5_000)
  expect(told.join('\n')).toMatch(/^✖ c node-lost$/m)
  await cluster.start('c')
  await cluster.advance(1_000)
  expect(told.join('\n')).toMatch(/^✔ c node-joined$/m)
  expect(told.join('\n').match(/node-lost/g)).toHaveLength(1)
  bulletin.close()
})
