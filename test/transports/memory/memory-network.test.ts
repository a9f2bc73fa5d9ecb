// Tests of the memory network: the contract of its streams, and what the network does to them.
import { describe, expect, test } from 'vitest'
import { SystemClock } from '../../../node/system-clock.ts'
import { seededRandom } from '../../../runtime/random.ts'
import { ManualClock } from '../../../scenarios/testing/manual-clock.ts'
import { MemoryNetwork } from '../../../transports/memory/memory-network.ts'
import { peerStreamContract, patternOf } from '../../contracts/peer-stream-contract.ts'
import { StreamEar } from '../../contracts/stream-ear.ts'
import type { Clock } from '../../../runtime/clock.ts'
import type { PeerStream } from '../../../runtime/transport.ts'
import type { MemoryNode } from '../../../transports/memory/memory-network-node.ts'
import type { PipeShape } from '../../../transports/memory/memory-stream-pipe.ts'

function networkOf(clock: Clock, shape: PipeShape = {}): MemoryNetwork {
  return new MemoryNetwork({ clock, random: seededRandom(7), shape })
}

/** A node that keeps the streams that others open. */
function listening(network: MemoryNetwork, peer: string): { node: MemoryNode; opened: PeerStream[] } {
  const node = network.node(peer)
  const opened: PeerStream[] = []
  void node.listen({ opened: (stream) => opened.push(stream), readdressed: () => undefined })
  return { node, opened }
}

async function connected(network: MemoryNetwork): Promise<[PeerStream, PeerStream]> {
  const accepting = Promise.withResolvers<PeerStream>()
  await network
    .node('b')
    .listen({ opened: (stream) => accepting.resolve(stream), readdressed: () => undefined })
  const near = network.node('a').dial({ addresses: ['memory/b'] }, 'main', new AbortController().signal)
  return await Promise.all([near, accepting.promise])
}

describe('on a clock that is moved by hand', () => {
  peerStreamContract(async () => await connected(networkOf(new ManualClock())))
})

describe('with latency, jitter, bandwidth and small pieces', () => {
  const shape = { latencyMs: 0.2, jitterMs: 0.3, bytesPerMs: 500_000, pieceBytesMax: 50_000 }
  peerStreamContract(async () => await connected(networkOf(new SystemClock(), shape)))
})

const never = new AbortController().signal

async function pairOn(network: MemoryNetwork, clock: ManualClock): Promise<[StreamEar, StreamEar]> {
  const connecting = connected(network)
  await clock.advance(1_000)
  const [near, far] = await connecting
  return [new StreamEar(near), new StreamEar(far)]
}

test('bytes come after the latency, in pieces, and never overtake each other', async () => {
  const clock = new ManualClock()
  const [near, far] = await pairOn(networkOf(clock, { latencyMs: 10, jitterMs: 5, pieceBytesMax: 1 }), clock)
  const pieces: number[] = []
  const take = far.data.bind(far)
  far.data = (bytes) => {
    pieces.push(bytes.byteLength)
    take(bytes)
  }
  near.stream.write(patternOf(100))
  near.stream.write(patternOf(100, 1))
  await clock.advance(9.9)
  expect(far.byteCount).toBe(0)
  await clock.advance(5.1)
  expect(far.bytes).toEqual(Uint8Array.from([...patternOf(100), ...patternOf(100, 1)]))
  expect(pieces).toEqual(Array(200).fill(1))
})

test('bandwidth holds bytes back, and they count as queued', async () => {
  const clock = new ManualClock()
  const [near, far] = await pairOn(networkOf(clock, { bytesPerMs: 1_000 }), clock)
  for (let count = 0; count < 10; count++) near.stream.write(patternOf(1_000))
  await clock.advance(5)
  expect(far.byteCount).toBe(5_000)
  expect(near.stream.queuedBytes).toBeGreaterThanOrEqual(4_000)
  await clock.advance(5)
  expect([far.byteCount, near.stream.queuedBytes]).toEqual([10_000, 0])
})

test('a stream breaks at the byte that was named, and both ends hear of it', async () => {
  const clock = new ManualClock()
  const network = networkOf(clock)
  const [near, far] = await pairOn(network, clock)
  network.streams('a', 'b')[0]!.breakAfter('a', 57)
  near.stream.write(patternOf(100))
  await clock.settle()
  expect(far.bytes).toEqual(patternOf(57))
  expect(await near.closing).toMatchObject({ code: 'stream-broken' })
  expect(await far.closing).toMatchObject({ code: 'stream-broken' })
  expect(network.streams()).toEqual([])
})

test('a partition that drops holds bytes and dials until it heals; one way it lets the other way through', async () => {
  const clock = new ManualClock()
  const network = networkOf(clock)
  const [near, far] = await pairOn(network, clock)
  const heal = network.partition({ from: ['a'], to: ['b'], isOneWay: true, flavour: 'drop' })
  near.stream.write(patternOf(10))
  far.stream.write(patternOf(20))
  await clock.advance(60_000)
  expect([far.byteCount, near.byteCount]).toEqual([0, 20])
  heal()
  await clock.settle()
  expect(far.byteCount).toBe(10)
  expect(clock.pendingAlarms).toBe(0)
})

test('a partition that resets breaks streams, and dials fail at once', async () => {
  const clock = new ManualClock()
  const network = networkOf(clock)
  const [near] = await pairOn(network, clock)
  const heal = network.partition({ from: ['a'], to: ['b'], flavour: 'reset' })
  expect(await near.closing).toMatchObject({ code: 'stream-broken' })
  const node = network.node('c')
  expect(network.way('c', 'b')).toBe('free')
  expect(network.way('b', 'a')).toBe('reset')
  await expect(network.node('a').dial({ addresses: ['memory/b'] }, 'main', never)).rejects.toMatchObject({
    code: 'peer-unreachable',
  })
  heal()
  expect((await node.dial({ addresses: ['memory/b'] }, 'main', never)).peer).toBe('b')
})

test('a dial that nobody answers fails when its time is over, or when it is called off', async () => {
  const clock = new ManualClock()
  const network = networkOf(clock)
  const { node } = listening(network, 'a')
  listening(network, 'b')
  network.stop('b')
  const late = node.dial({ addresses: ['memory/b'] }, 'main', never)
  const controller = new AbortController()
  const early = node.dial({ addresses: ['memory/b'] }, 'main', controller.signal)
  controller.abort()
  await expect(early).rejects.toMatchObject({ code: 'peer-unreachable' })
  const failed = late.catch((error: unknown) => error)
  await clock.advance(5_000)
  expect(await failed).toMatchObject({ code: 'peer-unreachable' })
  expect(clock.pendingAlarms).toBe(0)
})

test('addresses are tried in their order, and who answers under another name is refused', async () => {
  const network = networkOf(new ManualClock())
  const { node } = listening(network, 'a')
  listening(network, 'b')
  const stream = await node.dial({ peer: 'b', addresses: ['memory/x', 'memory/b'] }, 'bulk', never)
  expect([stream.peer, stream.purpose, stream.address]).toEqual(['b', 'bulk', 'memory/b'])
  const mistaken = node.dial({ peer: 'c', addresses: ['memory/b'] }, 'main', never)
  await expect(mistaken).rejects.toMatchObject({ code: 'peer-refused' })
})

test('a node that stands still says nothing and goes on where it was', async () => {
  const clock = new ManualClock()
  const network = networkOf(clock)
  const [near, far] = await pairOn(network, clock)
  network.stop('b')
  near.stream.write(patternOf(10))
  far.stream.write(patternOf(10))
  await clock.advance(10_000)
  expect([near.byteCount, far.byteCount]).toEqual([0, 0])
  network.resume('b')
  await clock.settle()
  expect([near.byteCount, far.byteCount]).toEqual([10, 10])
})

test('a node that crashes hears nothing more, and the others that their streams broke', async () => {
  const clock = new ManualClock()
  const network = networkOf(clock, { latencyMs: 3 })
  const [near, far] = await pairOn(network, clock)
  network.crash('b')
  await clock.advance(2.9)
  expect(near.events).toEqual([])
  await clock.advance(0.1)
  expect(await near.closing).toMatchObject({ code: 'stream-broken' })
  expect(far.events).toEqual([])
  expect(network.streams()).toEqual([])
})
