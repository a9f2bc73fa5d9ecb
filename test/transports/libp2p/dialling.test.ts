// Tests of dialling and listening: addresses that cannot be used, peers that are not there, two that dial each other at once, what a dial proves.
import { createServer } from 'node:net'
import { expect, test } from 'vitest'
import { Fault } from '../../../runtime/fault.ts'
import { seededRandom } from '../../../runtime/random.ts'
import { dialFailed } from '../../../transports/libp2p/dial-failure.ts'
import { openLibp2pTransport } from '../../../transports/libp2p/libp2p-transport.ts'
import { addressCharactersMax } from '../../../transports/libp2p/node-address.ts'
import { StreamEar } from '../../contracts/stream-ear.ts'
import { clock, never, TestCredentials, Town } from './town.ts'
import type { AddressInfo } from 'node:net'

test.each([
  'localhost:4001',
  '/ip4/127.0.0.1',
  '/ip4/127.0.0.1/udp/4001',
  '/ip4/127.0.0.1/tcp/4001/ws',
  '/dns4/node.example/tcp/4001',
  '/ip4/300.0.0.1/tcp/4001',
  `/ip4/127.0.0.1/tcp/4001/${'x'.repeat(addressCharactersMax)}`,
])('a node does not open with %s to listen at', async (address) => {
  await using town = new Town()
  await expect(town.node({ listen: [address] })).rejects.toMatchObject({ code: 'address-unusable' })
})

test.each([
  { relays: ['/ip4/127.0.0.1/tcp/4001'] },
  { announce: ['/p2p-circuit'] },
  {
    relays: Array.from(
      { length: 9 },
      () => '/ip4/127.0.0.1/tcp/1/p2p/12D3KooWEJctckQC9MVdoiytcVsnAJVmxhJw12CTfjAp6vUx9zuT',
    ),
  },
])('a node does not open with %j', async (options) => {
  await using town = new Town()
  await expect(town.node(options)).rejects.toMatchObject({ code: 'address-unusable' })
})

test('a port that is taken is named with its hint', async () => {
  await using town = new Town()
  const one = await town.node()
  const taken = one.address.split('/p2p/')[0]!
  const transport = await openLibp2pTransport({
    clock,
    random: seededRandom('taken'),
    credentials: new TestCredentials(town.authority),
    listen: [taken],
  })
  const fault = await transport
    .listen({ opened: () => {}, readdressed: () => {} })
    .catch((error: unknown) => error)
  await transport.close()
  expect(fault).toMatchObject({ code: 'address-unusable' })
  expect((fault as Fault).message).toContain(taken)
  expect((fault as Fault).hint).toContain('/tcp/')
})

test('a node that listens nowhere has no address, and dials all the same', async () => {
  await using town = new Town()
  const [silent, other] = [await town.node({ listen: [] }), await town.node()]
  expect(silent.transport.addresses).toEqual([])
  const [, taken] = await town.pair(silent, other)
  expect(taken.peer).toBe(silent.transport.peer)
})

test('an announced address stands in place of those that are listened at', async () => {
  await using town = new Town()
  const node = await town.node({ announce: ['/dns4/node.example/tcp/4001'] })
  expect(node.transport.addresses).toEqual([`/dns4/node.example/tcp/4001/p2p/${node.transport.peer}`])
})

test('a dial to a port where nobody listens is peer-unreachable, and says that the machine is there', async () => {
  await using town = new Town()
  const [near, gone] = [await town.node(), await town.node()]
  const { peer, addresses } = gone.transport
  const target = { peer, addresses: [...addresses] }
  await gone.transport.close()
  const refused = { code: 'peer-unreachable', details: { isRefused: true } }
  await expect(near.transport.dial(target, 'main', never())).rejects.toMatchObject(refused)
  const caller = AbortSignal.abort()
  const given = { code: 'peer-unreachable', details: { isRefused: false } }
  await expect(near.transport.dial(target, 'main', caller)).rejects.toMatchObject(given)
})

test('a dial to a port that answers nothing ends when the caller gives up', async () => {
  await using town = new Town()
  const near = await town.node()
  const silent = createServer()
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
  const caller = new AbortController()
  silent.once('connection', () => caller.abort())
  const address = `/ip4/127.0.0.1/tcp/${(silent.address() as AddressInfo).port}`
  const dial = near.transport.dial({ addresses: [address] }, 'main', caller.signal)
  await expect(dial).rejects.toMatchObject({ code: 'peer-unreachable' })
  silent.close()
})

test('addresses are tried in their order until one answers', async () => {
  await using town = new Town()
  const [near, far, gone] = [await town.node(), await town.node(), await town.node()]
  const dead = gone.address.split('/p2p/')[0]!
  await gone.transport.close()
  const target = { peer: far.transport.peer, addresses: [dead, far.address] }
  const stream = await near.transport.dial(target, 'main', never())
  expect([stream.peer, stream.address]).toEqual([far.transport.peer, far.address])
})

test('a dial without an id reaches whoever is there, and says who that is', async () => {
  await using town = new Town()
  const [near, far] = [await town.node(), await town.node()]
  const stream = await near.transport.dial({ addresses: [far.address.split('/p2p/')[0]!] }, 'main', never())
  expect(stream.peer).toBe(far.transport.peer)
})

test('a dial of somebody else at a node of the cluster is peer-refused', async () => {
  await using town = new Town()
  const [near, far, third] = [await town.node(), await town.node(), await town.node()]
  const target = { peer: third.transport.peer, addresses: [far.address.split('/p2p/')[0]!] }
  await expect(near.transport.dial(target, 'main', never())).rejects.toMatchObject({ code: 'peer-refused' })
  const named = { peer: third.transport.peer, addresses: [far.address] }
  await expect(near.transport.dial(named, 'main', never())).rejects.toMatchObject({
    code: 'address-unusable',
  })
})

test('a dial with no address, or of oneself, fails with a fault', async () => {
  await using town = new Town()
  const node = await town.node()
  const nowhere = { peer: node.transport.peer, addresses: [] }
  await expect(node.transport.dial(nowhere, 'main', never())).rejects.toMatchObject({
    code: 'peer-unreachable',
  })
  await expect(node.dial(node)).rejects.toBeInstanceOf(Fault)
  expect(dialFailed('dial x', [{ address: 'a', error: 7 }]).message).toContain('7')
})

test('two nodes that dial each other at once have two streams, and both carry bytes', async () => {
  await using town = new Town()
  const [one, other] = [await town.node(), await town.node()]
  const [fromOne, fromOther, atOther, atOne] = await Promise.all([
    one.dial(other),
    other.dial(one),
    other.next(),
    one.next(),
  ])
  for (const [from, at] of [
    [fromOne, atOther],
    [fromOther, atOne],
  ] as const) {
    const [writer, reader] = [new StreamEar(from), new StreamEar(at)]
    await writer.write(Uint8Array.of(1, 2, 3))
    await reader.untilBytes(3)
    expect([...reader.bytes]).toEqual([1, 2, 3])
  }
})

test('each stream has a connection of its own, which ends with it', async () => {
  await using town = new Town()
  const [near, far] = [await town.node(), await town.node()]
  const [main, farMain] = await town.pair(near, far, 'main')
  const [bulk, farBulk] = await town.pair(near, far, 'bulk')
  expect(farMain.address).not.toBe(farBulk.address)
  const ears = [main, farMain].map((stream) => new StreamEar(stream))
  main.abort(new Error('gone'))
  await Promise.all(ears.map(async ({ closing }) => await closing))
  const [writer, reader] = [new StreamEar(bulk), new StreamEar(farBulk)]
  await writer.write(Uint8Array.of(9))
  await reader.untilBytes(1)
  expect(farBulk.purpose).toBe('bulk')
})

test('closing a transport ends its streams in order on both sides', async () => {
  await using town = new Town()
  const [near, far] = [await town.node(), await town.node()]
  const ears = (await town.pair(near, far)).map((stream) => new StreamEar(stream))
  ears[0]!.stream.write(new Uint8Array(100_000))
  await near.transport.close()
  expect(await Promise.all(ears.map(async ({ closing }) => await closing))).toEqual([undefined, undefined])
  expect(ears[1]!.byteCount).toBe(100_000)
})

test('a stream whose process is gone ends with a fault', async () => {
  await using town = new Town()
  const [near, far] = [await town.node(), await town.node()]
  const [stream] = await town.pair(near, far)
  const ear = new StreamEar(stream)
  far.credentials.banned.add(near.transport.peer)
  far.credentials.change()
  expect(await ear.closing).toMatchObject({ code: 'stream-broken' })
})
