// Tests of nodes behind a relay: reached though they listen nowhere, moved when their relay dies, and brought together directly when one can dial.
import { expect, test } from 'vitest'
import { StreamEar } from '../../contracts/stream-ear.ts'
import { Town } from './town.ts'
import { countMessages, sendMessages } from './relay-story.ts'
import type { TestNode } from './town.ts'

async function behindRelays(
  town: Town,
  count: number,
): Promise<{ relays: TestNode[]; local: TestNode; far: TestNode }> {
  const relays: TestNode[] = []
  for (let index = 0; index < count; index++) relays.push(await town.node({ isRelay: true }))
  const local = await town.node({ listen: [], relays: relays.map(({ address }) => address) })
  return { relays, local, far: await town.node() }
}

test('a node that listens only through a relay is reached, and reaches others', async () => {
  await using town = new Town()
  const { relays, local, far } = await behindRelays(town, 1)
  expect(local.transport.addresses).toEqual([`${relays[0]!.address}/p2p-circuit/p2p/${local.transport.peer}`])
  const [dialled, taken] = await town.pair(far, local)
  expect([dialled.way, taken.way, dialled.peer, taken.peer]).toEqual([
    'relayed',
    'relayed',
    local.transport.peer,
    far.transport.peer,
  ])
  const [out, back] = await town.pair(local, far)
  expect([out.way, back.way]).toEqual(['direct', 'direct'])
})

test('fifty thousand messages come through a relay as they were', async () => {
  await using town = new Town()
  const { local, far } = await behindRelays(town, 1)
  const [dialled, taken] = await town.pair(far, local)
  const heard = countMessages(taken)
  await sendMessages(dialled, 50_000)
  expect(await heard.until(50_000)).toEqual({ count: 50_000, bad: 0 })
})

test('the death of a relay is told, another takes its place, and the node is reached through it', async () => {
  await using town = new Town()
  const { relays, local, far } = await behindRelays(town, 3)
  const [first, second, third] = relays as [TestNode, TestNode, TestNode]
  const ears = (await town.pair(far, local)).map((stream) => new StreamEar(stream))
  expect(local.transport.addresses).toHaveLength(2)
  await first.transport.close()
  for (const { closing } of ears) expect(await closing).toMatchObject({ code: 'stream-broken' })
  const isMoved = (addresses: readonly string[]): boolean =>
    addresses.some((address) => address.includes(third.transport.peer))
  const addresses = await local.addressesUntil(isMoved)
  expect(addresses.some((address) => address.includes(first.transport.peer))).toBe(false)
  expect(addresses.some((address) => address.includes(second.transport.peer))).toBe(true)
  const [again] = await town.pair(far, local)
  expect(again.way).toBe('relayed')
})

test('a relay that is dropped because it does not answer gives way to another', async () => {
  await using town = new Town()
  const { relays, local, far } = await behindRelays(town, 3)
  const [first, , third] = relays as [TestNode, TestNode, TestNode]
  const [stream] = await town.pair(local, first)
  const ear = new StreamEar(stream)
  const why = new Error('it does not answer')
  local.transport.drop(first.transport.peer, why)
  expect(await ear.closing).toMatchObject({ code: 'stream-broken' })
  const isMoved = (addresses: readonly string[]): boolean =>
    addresses.some((address) => address.includes(third.transport.peer))
  expect(isMoved(await local.addressesUntil(isMoved))).toBe(true)
  const [again] = await town.pair(far, local)
  expect(again.way).toBe('relayed')
})

test('a relay that comes back is used again', async () => {
  await using town = new Town()
  const { relays, local } = await behindRelays(town, 1)
  const [relay] = relays as [TestNode]
  const listen = [relay.address.split('/p2p/')[0]!]
  await relay.transport.close()
  await local.addressesUntil((addresses) => addresses.length === 0)
  await town.node({ isRelay: true, listen, credentials: relay.credentials })
  const addresses = await local.addressesUntil((now) => now.length > 0)
  expect(addresses[0]).toContain(relay.transport.peer)
})

test('over a relayed stream the node behind the relay is asked to dial back, and both have a direct stream', async () => {
  await using town = new Town()
  const { local, far } = await behindRelays(town, 1)
  const [dialled, taken] = await town.pair(far, local)
  const signal = new AbortController().signal
  expect(await local.transport.connectBack(taken, signal)).toBe(false)
  expect(await far.transport.connectBack(dialled, signal)).toBe(true)
  const [atLocal, atFar] = await Promise.all([local.next(), far.next()])
  expect([atLocal.way, atLocal.isDialled, atFar.way, atFar.isDialled]).toEqual([
    'direct',
    true,
    'direct',
    false,
  ])
  const [writer, reader] = [new StreamEar(atFar), new StreamEar(atLocal)]
  await writer.write(Uint8Array.of(7))
  await reader.untilBytes(1)
  expect(reader.bytes).toEqual(Uint8Array.of(7))
})

test('a connect-back to where nobody listens says no, and the relayed stream goes on', async () => {
  await using town = new Town()
  const { local } = await behindRelays(town, 1)
  const far = await town.node({ announce: ['/ip4/127.0.0.1/tcp/1'] })
  const [dialled, taken] = await town.pair(far, local)
  expect(await far.transport.connectBack(dialled, new AbortController().signal)).toBe(false)
  const [writer, reader] = [new StreamEar(dialled), new StreamEar(taken)]
  await writer.write(Uint8Array.of(7))
  await reader.untilBytes(1)
  expect(reader.byteCount).toBe(1)
})

test('a node that is no relay relays nothing', async () => {
  await using town = new Town()
  const plain = await town.node()
  const local = await town.node({ listen: [], relays: [plain.address] })
  expect(local.transport.addresses).toEqual([])
})

test('whoever sends more than the quota of a relay waits, and nothing is lost', async () => {
  await using town = new Town()
  const relay = await town.node({ isRelay: true, relayBytesPerSecond: 4_000_000 })
  const local = await town.node({ listen: [], relays: [relay.address] })
  const far = await town.node()
  const [dialled, taken] = await town.pair(far, local)
  const [writer, reader] = [new StreamEar(dialled), new StreamEar(taken)]
  reader.keeps = false
  const startMs = performance.now()
  for (let count = 0; count < 128; count++) await writer.write(new Uint8Array(65_536))
  await reader.untilBytes(128 * 65_536)
  // A second's worth at once, and the rest at four megabytes a second.
  expect(performance.now() - startMs).toBeGreaterThan(700)
  expect(relay.transport.refusals.size).toBe(0)
})
