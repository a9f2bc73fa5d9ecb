// A cluster of real nodes on loopback: real keys, real sockets, real time; what `startNode` does with the option `cluster`.
import { expect, test } from 'vitest'
import { defineActor } from 'troupe'
import { counter } from '../../../scenarios/hello/counter.ts'
import { addressesOf, clusterOf, found, happens, SystemRoom, until } from './system-room.ts'

const echo = defineActor('echo', {
  state: () => ({}),
  on: { say: (_self, text: string) => text },
})

test('three nodes found and join a cluster, speak both ways, and find each other again after all were off', async () => {
  await using room = await SystemRoom.open()
  const [a, b, c] = await room.startAll(['a', 'b', 'c'])
  await a!.spawn(counter, { name: 'at-c', place: { node: 'c' } })
  await c!.spawn(echo, 'at-home')
  expect(await (await found(b!, 'at-c')).ask('value')).toBe(0)
  expect(await (await found(a!, 'at-home')).ask('say', 'hello')).toBe('hello')
  expect(await (await found(c!, 'at-c')).ask('value')).toBe(0)
  const before = [a!, b!, c!].map((node) => clusterOf(node).member)

  await room.stop(a!, b!, c!)
  // Nobody is told where anybody is: what they remember has to do.
  const again = await Promise.all(['a', 'b', 'c'].map((name) => room.start(name)))
  await Promise.all(again.map((node) => until(node, (facts) => facts.memberCount === 3)))
  const numbers = again.map((node) => clusterOf(node).member)
  expect(Math.min(...numbers)).toBeGreaterThan(Math.max(...before))
  await again[0]!.spawn(counter, { name: 'new', place: { node: 'b' } })
  expect(await (await found(again[2]!, 'new')).ask('value')).toBe(0)
})

test('a node without keys, with a wrong passphrase or of a node that runs already does not start', async () => {
  await using room = await SystemRoom.open()
  await expect(room.start('a')).rejects.toMatchObject({ code: 'trust-missing' })
  await room.found('a')
  await expect(room.start('a', { passphrase: 'not the one it was made with' })).rejects.toMatchObject({
    code: 'passphrase-wrong',
  })
  await room.start('a')
  await expect(room.start('a')).rejects.toMatchObject({ code: 'folder-locked' })
})

test('a node of another cluster is refused, and so is its token', async () => {
  await using room = await SystemRoom.open()
  await using other = await SystemRoom.open()
  const [a] = await room.startAll(['a'])
  await other.found('x')
  const x = await other.start('x', { seeds: addressesOf(a!) })
  const address = addressesOf(a!)
  const peer = address[0]!.split('/p2p/')[1]!
  await expect(clusterOf(x).company.peers.meet({ peer, addresses: address })).rejects.toMatchObject({
    code: 'peer-refused',
  })
  expect(clusterOf(a!).facts.memberCount).toBe(1)
})

test('a node that is revoked in the folder of another is thrown out, and does not get in again', async () => {
  await using room = await SystemRoom.open()
  const [a, b, c] = await room.startAll(['a', 'b', 'c'])
  const { peer } = clusterOf(a!).facts.memberByName('c')!
  const isOut = Promise.all(
    [a!, b!].map((node) =>
      until(node, (facts) => facts.isRevoked(peer) && facts.memberByName('c') === undefined),
    ),
  )
  const isFrozen = happens(c!, 'node-frozen')
  await room.revoke('a', peer)
  await isOut
  await isFrozen
  expect(clusterOf(c!).mayAct).toBe(false)
  const target = { peer: clusterOf(b!).facts.memberByName('b')!.peer, addresses: addressesOf(b!) }
  await expect(clusterOf(c!).company.peers.meet(target)).rejects.toMatchObject({
    code: expect.stringMatching(/^peer-/),
  })
})

test('a certificate that ends within seconds is renewed under traffic, and no message waits for another wire', async () => {
  await using room = await SystemRoom.open()
  const [a] = await room.startAll(['a'])
  await room.join('b', await room.token(a!))
  await room.shortenLeaf('b', 'a', 3_000)
  const before = await room.leafEndsMs('b')
  const b = await room.start('b', { seeds: addressesOf(a!) })
  await a!.spawn(counter, 'clicks')
  const ref = await found(b, 'clicks')
  const talk = clusterOf(b).talk(clusterOf(a!).member)
  let asked = 0
  while (Date.now() < before + 500) {
    ref.tell('increment', 1)
    expect(await ref.ask('value', { deadlineMs: 2_000 })).toBe(++asked)
  }
  expect(await room.leafEndsMs('b')).toBeGreaterThan(before + 60_000)
  expect(clusterOf(b).talk(clusterOf(a!).member)).toBe(talk)
  expect([clusterOf(a!).facts.memberCount, clusterOf(b).member]).toEqual([2, 2])
})
