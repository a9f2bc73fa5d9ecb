// The contract of a peer stream: what every one of them does, whatever carries its bytes.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { StreamEar } from './stream-ear.ts'
import type { PeerStream } from '../../runtime/transport.ts'

/** Bytes that differ from place to place, and from seed to seed. */
export function patternOf(length: number, seed = 0): Uint8Array {
  return Uint8Array.from({ length }, (_, at) => (at * 31 + (at >>> 8) * 7 + seed * 101) & 255)
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(Buffer.concat(parts))
}

/** Whether they are the same, without a difference of a million lines. */
function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return Buffer.from(one.buffer, one.byteOffset, one.byteLength).equals(other)
}

/** @param connect makes two ends of a new stream: the one that was dialled, and the one that was opened by it */
export function peerStreamContract(connect: () => Promise<[PeerStream, PeerStream]>): void {
  async function heard(): Promise<[StreamEar, StreamEar]> {
    const [near, far] = await connect()
    return [new StreamEar(near), new StreamEar(far)]
  }

  async function closedBoth([near, far]: [StreamEar, StreamEar]): Promise<void> {
    near.stream.close()
    expect(await Promise.all([near.closing, far.closing])).toEqual([undefined, undefined])
  }

  test('each end names the other, and says which of them has dialled', async () => {
    const pair = await heard()
    const [{ stream: near }, { stream: far }] = pair
    expect(near.peer).not.toBe(far.peer)
    expect([near.isDialled, far.isDialled]).toEqual([true, false])
    expect(near.purpose).toBe(far.purpose)
    expect(near.way).toBe(far.way)
    expect(near.address.length).toBeGreaterThan(0)
    await closedBoth(pair)
  })

  test('bytes come whole and in order, in both directions, from one byte to some mebibytes', async () => {
    const pair = await heard()
    const [near, far] = pair
    const sizes = [1, 2, 4_095, 4_096, 4_097, 65_535, 65_536, 65_537, 262_144, 1_000_003, 4_194_304]
    const parts = sizes.map((size, index) => patternOf(size, index))
    const bytes = sizes.reduce((sum, size) => sum + size, 0)
    for (const part of parts) {
      near.stream.write(part)
      far.stream.write(part)
    }
    await Promise.all([near.untilBytes(bytes), far.untilBytes(bytes)])
    expect(isSame(far.bytes, joined(parts))).toBe(true)
    expect(isSame(near.bytes, joined(parts))).toBe(true)
    await closedBoth(pair)
  })

  test('whatever the pieces are, the bytes are the same', async () => {
    const pair = await heard()
    const [near, far] = pair
    const sent: Uint8Array[] = []
    let bytes = 0
    const piece = fc.oneof(fc.integer({ min: 1, max: 64 }), fc.integer({ min: 1, max: 70_000 }))
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { minLength: 1, maxLength: 24 }), async (sizes) => {
        for (const size of sizes) {
          const part = patternOf(size, sent.length)
          sent.push(part)
          bytes += size
          near.stream.write(part)
        }
        await far.untilBytes(bytes)
        expect(far.byteCount).toBe(bytes)
      }),
      { numRuns: 40 },
    )
    expect(isSame(far.bytes, joined(sent))).toBe(true)
    await closedBoth(pair)
  })

  test('a hundred thousand writes of a few bytes in one turn come whole', async () => {
    const pair = await heard()
    const [near, far] = pair
    const parts = Array.from({ length: 100_000 }, (_, index) => patternOf(1 + (index % 7), index))
    for (const part of parts) near.stream.write(part)
    const whole = joined(parts)
    await far.untilBytes(whole.byteLength)
    expect(isSame(far.bytes, whole)).toBe(true)
    await closedBoth(pair)
  })

  test('what comes before anybody listens waits for the listener', async () => {
    const [nearStream, farStream] = await connect()
    const near = new StreamEar(nearStream)
    const early = patternOf(100_000)
    await near.write(early)
    const far = new StreamEar(farStream)
    await far.untilBytes(early.byteLength)
    near.stream.write(patternOf(3))
    await far.untilBytes(early.byteLength + 3)
    expect(isSame(far.bytes, joined([early, patternOf(3)]))).toBe(true)
    await closedBoth([near, far])
  })

  test('queued bytes are counted until they have left, and then it is said once', async () => {
    const pair = await heard()
    const [near] = pair
    expect(near.stream.queuedBytes).toBe(0)
    near.stream.write(patternOf(300_000))
    near.stream.write(patternOf(10))
    expect(near.stream.queuedBytes).toBeGreaterThan(0)
    await near.until(() => near.drainedCount === 1)
    expect(near.stream.queuedBytes).toBe(0)
    near.stream.write(patternOf(10))
    expect(near.stream.queuedBytes).toBeGreaterThan(0)
    await near.until(() => near.drainedCount === 2)
    expect(near.stream.queuedBytes).toBe(0)
    await closedBoth(pair)
    expect(near.drainedCount).toBe(2)
  })

  test('memory may be used again once it was drained', async () => {
    const pair = await heard()
    const [near, far] = pair
    const slab = new Uint8Array(65_536)
    const sent: Uint8Array[] = []
    for (let round = 0; round < 40; round++) {
      slab.set(patternOf(slab.byteLength, round))
      sent.push(slab.slice())
      await near.write(slab)
      slab.fill(255)
    }
    await far.untilBytes(40 * 65_536)
    expect(isSame(far.bytes, joined(sent))).toBe(true)
    await closedBoth(pair)
  })

  test('a writer that stops at its own limit until drained moves 64 MiB with no more than that queued', async () => {
    const pair = await heard()
    const [near, far] = pair
    far.keeps = false
    const slab = patternOf(65_536)
    const limitBytes = 524_288
    let most = 0
    for (let count = 0; count < 1_024; count++) {
      near.stream.write(slab)
      most = Math.max(most, near.stream.queuedBytes)
      if (near.stream.queuedBytes >= limitBytes) await near.untilDrained()
    }
    await far.untilBytes(1_024 * 65_536)
    expect(far.byteCount).toBe(1_024 * 65_536)
    expect(most).toBeLessThanOrEqual(limitBytes + slab.byteLength)
    await closedBoth(pair)
  })

  test('a write of no bytes does nothing', async () => {
    const pair = await heard()
    const [near, far] = pair
    near.stream.write(new Uint8Array(0))
    expect(near.stream.queuedBytes).toBe(0)
    near.stream.write(patternOf(1))
    await far.untilBytes(1)
    await closedBoth(pair)
    expect(near.events).toEqual(['drained', 'closed'])
  })

  test('a close sends what was written before, and ends both sides without a fault', async () => {
    const pair = await heard()
    const [near, far] = pair
    const sent = patternOf(3_000_000)
    near.stream.write(sent)
    await closedBoth(pair)
    expect(isSame(far.bytes, sent)).toBe(true)
    expect(near.stream.queuedBytes).toBe(0)
  })

  test('both sides may close at once, and again', async () => {
    const [near, far] = await heard()
    near.stream.close()
    far.stream.close()
    near.stream.close()
    expect(await Promise.all([near.closing, far.closing])).toEqual([undefined, undefined])
    near.stream.close()
    far.stream.abort(new Error('too late'))
    near.stream.abort(new Error('too late'))
    expect(near.events.filter((event) => event === 'closed')).toHaveLength(1)
  })

  test('the side that was dialled may close as well', async () => {
    const [near, far] = await heard()
    far.stream.write(patternOf(70_000))
    far.stream.close()
    expect(await Promise.all([near.closing, far.closing])).toEqual([undefined, undefined])
    expect(isSame(near.bytes, patternOf(70_000))).toBe(true)
  })

  test('an abort ends both sides at once, here with its reason and there with a fault', async () => {
    const [near, far] = await heard()
    near.stream.write(patternOf(1_000_000))
    const why = new Error('enough')
    near.stream.abort(why)
    expect(await near.closing).toBe(why)
    expect(await far.closing).toBeInstanceOf(Error)
    expect(near.stream.queuedBytes).toBe(0)
  })

  test('a write after the end is dropped', async () => {
    const pair = await heard()
    const [near, far] = pair
    near.stream.close()
    near.stream.write(patternOf(10))
    await Promise.all([near.closing, far.closing])
    near.stream.write(patternOf(10))
    far.stream.write(patternOf(10))
    expect([near.stream.queuedBytes, far.stream.queuedBytes, far.byteCount]).toEqual([0, 0, 0])
  })

  test('whoever listens after the end hears the bytes, and then the end', async () => {
    const [nearStream, farStream] = await connect()
    const near = new StreamEar(nearStream)
    await near.write(patternOf(1_000))
    near.stream.close()
    const nearEnd = await near.closing
    const far = new StreamEar(farStream)
    expect([nearEnd, await far.closing]).toEqual([undefined, undefined])
    expect(far.events).toEqual(['data', 'closed'])
    expect(isSame(far.bytes, patternOf(1_000))).toBe(true)
  })

  test('streams do not mix', async () => {
    const pairs: [StreamEar, StreamEar][] = []
    for (let count = 0; count < 4; count++) pairs.push(await heard())
    for (const [index, [near]] of pairs.entries()) {
      for (let count = 0; count < 16; count++) near.stream.write(patternOf(50_000, index))
    }
    for (const [index, [, far]] of pairs.entries()) {
      await far.untilBytes(16 * 50_000)
      const whole = joined(Array.from({ length: 16 }, () => patternOf(50_000, index)))
      expect(isSame(far.bytes, whole)).toBe(true)
    }
    for (const pair of pairs) await closedBoth(pair)
  })
}
