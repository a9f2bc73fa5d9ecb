// Tests of what js-libp2p does wrong: each fault is shown where it is, and then that our streams are not hit by it.
import { AbstractMessageStream } from '@libp2p/utils'
import { defaultLogger } from '@libp2p/logger'
import { expect, test } from 'vitest'
import { handedBytesMax } from '../../../transports/libp2p/muxed-stream.ts'
import { unreadBytesMax, windowBytesMax } from '../../../transports/libp2p/stack.ts'
import { patternOf } from '../../contracts/peer-stream-contract.ts'
import { StreamEar } from '../../contracts/stream-ear.ts'
import { Town } from './town.ts'
import type { SendResult } from '@libp2p/utils'
import type { TestNode } from './town.ts'

/** libp2p's own base of all streams, over nothing: it takes as much as it is told to. */
class BareStream extends AbstractMessageStream {
  takes = Infinity
  readonly sent: number[] = []

  constructor() {
    super({ log: defaultLogger().forComponent('test') })
  }

  sendData(list: Iterable<Uint8Array> & { readonly byteLength: number }): SendResult {
    const sentBytes = Math.min(this.takes, list.byteLength)
    this.takes -= sentBytes
    this.sent.push(sentBytes)
    return { sentBytes, canSendMore: this.takes > 0 }
  }

  sendReset(): void {}
  sendPause(): void {}
  sendResume(): void {}
  async close(): Promise<void> {}
}

async function mains(town: Town): Promise<[StreamEar, StreamEar]> {
  const [near, far] = [await town.node(), await town.node()]
  return (await town.pair(near, far)).map((stream) => new StreamEar(stream)) as [StreamEar, StreamEar]
}

test('upstream: a stream whose sink takes a part of a million buffers throws', () => {
  const stream = new BareStream()
  stream.takes = 0
  stream.send(Uint8Array.of(0))
  for (let count = 0; count < 1_000_000; count++) stream.send(Uint8Array.of(0))
  stream.takes = 1
  expect(() => {
    stream.writableNeedsDrain = false
    stream.send(Uint8Array.of(0))
  }).toThrow(RangeError)
})

test('two hundred thousand small buffers that wait for a window come whole', async () => {
  await using town = new Town()
  const [near, far] = await mains(town)
  const count = 200_000
  for (let index = 0; index < count; index++)
    near.stream.write(Uint8Array.of(index & 255, (index >>> 8) & 255, 7))
  expect(near.stream.queuedBytes).toBeGreaterThan(handedBytesMax)
  await far.untilBytes(count * 3)
  const bytes = far.bytes
  expect(
    bytes.every(
      (byte, at) => byte === [Math.floor(at / 3) & 255, (Math.floor(at / 3) >>> 8) & 255, 7][at % 3],
    ),
  ).toBe(true)
})

test('upstream: what is sent within `idle` stays in the queue', () => {
  const stream = new BareStream()
  stream.addEventListener('idle', () => stream.send(Uint8Array.of(2)), { once: true })
  stream.send(Uint8Array.of(1))
  expect([stream.sent.length, stream.writeBufferLength]).toEqual([1, 1])
})

test('upstream: the promise of onDrain is made once, and a second wait is none', async () => {
  const stream = new BareStream()
  stream.takes = 1
  stream.send(Uint8Array.of(1))
  const first = stream.onDrain()
  stream.safeDispatchEvent('drain')
  await first
  stream.writableNeedsDrain = true
  await stream.onDrain()
  expect(stream.writableNeedsDrain).toBe(true)
})

test('a writer that goes on and on is told of each drain, with a bounded queue', async () => {
  await using town = new Town()
  const [near, far] = await mains(town)
  far.keeps = false
  const slab = patternOf(65_536)
  let most = 0
  for (let round = 0; round < 200; round++) {
    for (let count = 0; count < 4; count++) near.stream.write(slab)
    most = Math.max(most, near.stream.queuedBytes)
    await near.untilDrained()
  }
  await far.untilBytes(200 * 4 * 65_536)
  expect(most).toBeLessThanOrEqual(4 * 65_536)
})

test('eight streams that write at once to one peer have bounded queues, whatever drains', async () => {
  await using town = new Town()
  const [near, far] = [await town.node(), await town.node()]
  const pairs: [StreamEar, StreamEar][] = []
  for (let count = 0; count < 8; count++) {
    const [one, other] = await town.pair(near, far)
    pairs.push([new StreamEar(one), new StreamEar(other)])
  }
  const slab = patternOf(65_536)
  let most = 0
  const write = async ([writer, reader]: [StreamEar, StreamEar]): Promise<void> => {
    reader.keeps = false
    for (let count = 0; count < 128; count++) {
      writer.stream.write(slab)
      most = Math.max(most, writer.stream.queuedBytes)
      if (writer.stream.queuedBytes > 262_144) await writer.untilDrained()
    }
    await reader.untilBytes(128 * 65_536)
  }
  await Promise.all(pairs.map(write))
  expect(most).toBeLessThanOrEqual(262_144 + 65_536)
})

test('eight relayed streams that write at once share one connection to the relay, and come whole', async () => {
  await using town = new Town()
  const relay = await town.node({ isRelay: true })
  const local = await town.node({ listen: [], relays: [relay.address] })
  const far: TestNode = await town.node()
  const pairs: [StreamEar, StreamEar][] = []
  for (let count = 0; count < 8; count++) {
    const [one, other] = await town.pair(far, local)
    pairs.push([new StreamEar(one), new StreamEar(other)])
  }
  const slab = patternOf(65_536)
  const write = async ([writer, reader]: [StreamEar, StreamEar]): Promise<void> => {
    for (let count = 0; count < 24; count++) {
      writer.stream.write(slab)
      if (writer.stream.queuedBytes > 262_144) await writer.untilDrained()
    }
    await reader.untilBytes(24 * 65_536)
    for (let at = 0; at < 24; at++) {
      expect(Buffer.compare(reader.bytes.subarray(at * 65_536, (at + 1) * 65_536), slab)).toBe(0)
    }
  }
  await Promise.all(pairs.map(write))
  expect(relay.transport.refusals.size).toBe(0)
})

test('a reader that nobody listens to holds no more than its bound, and the stream ends with a fault instead of growing', async () => {
  await using town = new Town()
  const [near, far] = [await town.node(), await town.node()]
  const [writer, silent] = await town.pair(near, far)
  const ear = new StreamEar(writer)
  const slab = patternOf(65_536)
  let written = 0
  while (!ear.isOver && written < 16 * unreadBytesMax) {
    writer.write(slab)
    written += slab.byteLength
    if (writer.queuedBytes > 262_144)
      await Promise.race([ear.untilDrained().catch(() => undefined), ear.closing])
  }
  expect(await ear.closing).toMatchObject({ code: 'stream-broken' })
  expect(silent.queuedBytes).toBe(0)
})

test('a stream that waits for its listener is not reset by less than its bound', async () => {
  await using town = new Town()
  const [near, far] = [await town.node(), await town.node()]
  const [writer, silent] = await town.pair(near, far)
  const ear = new StreamEar(writer)
  const bytes = unreadBytesMax - 65_536
  for (let at = 0; at < bytes; at += 65_536) await ear.write(patternOf(65_536))
  const late = new StreamEar(silent)
  await late.untilBytes(bytes)
  await ear.write(patternOf(10))
  await late.untilBytes(bytes + 10)
  expect(ear.isOver).toBe(false)
})

test('the window of a stream is at most half of what may wait unread, so that a pause would never reset it', () => {
  expect(windowBytesMax * 2).toBeLessThanOrEqual(unreadBytesMax)
})
