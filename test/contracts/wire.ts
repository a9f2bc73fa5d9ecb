// The contract of a wire: what every one of them does, whatever carries its frames.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { recordWords } from '../../runtime/wire.ts'
import { Ear } from './wire-ear.ts'
import type { Frame, Lane, Wire } from '../../runtime/wire.ts'

const lanes: readonly Lane[] = ['signals', 'messages']

/** A frame of `count` records, all of whose words are `mark`, and with a body of `bodyBytes`. */
export function frameOf(mark: number, count = 1, bodyBytes = 4): Frame {
  const words = new Int32Array(count * recordWords).fill(mark)
  const body = new Uint8Array(bodyBytes).fill(mark & 255)
  return { words, count, body, attachments: [] }
}

/** @param connect makes two ends of a new wire; a mebibyte or less fills it up */
export function wireContract(connect: () => [Wire, Wire]): void {
  function heard(): { near: Wire; far: Wire; nearEar: Ear; farEar: Ear } {
    const [near, far] = connect()
    return { near, far, nearEar: new Ear(near), farEar: new Ear(far) }
  }

  /** Writes frames of `count` records until there is no room; how many frames that were. */
  function fill(wire: Wire, lane: Lane, frame: Frame): number {
    for (let written = 0; written < 1_000_000; written++) if (!wire.write(lane, frame)) return written
    throw new Error('a wire has no end')
  }

  async function closedBoth({ near, nearEar, farEar }: ReturnType<typeof heard>): Promise<void> {
    near.close()
    expect(await Promise.all([nearEar.closing, farEar.closing])).toEqual(['closed', 'closed'])
  }

  test('frames come on their lane, once, in their order, in both directions', async () => {
    const pair = heard()
    for (let mark = 0; mark < 40; mark++) {
      expect(pair.near.write('messages', frameOf(mark, 1 + (mark % 5), mark))).toBe(true)
      expect(pair.near.write('signals', frameOf(-mark))).toBe(true)
      expect(pair.far.write('messages', frameOf(mark + 1_000))).toBe(true)
    }
    await closedBoth(pair)
    const marks = [...Array(40).keys()]
    expect(pair.farEar.marks('messages')).toEqual(marks)
    expect(pair.farEar.marks('signals')).toEqual(marks.map((mark) => 0 - mark))
    expect(pair.nearEar.marks('messages')).toEqual(marks.map((mark) => mark + 1_000))
  })

  test('words and body come as they were, from no record and no byte up to a mebibyte', async () => {
    const pair = heard()
    const sizes = [0, 1, 7, 8, 9, 4_095, 4_096, 16_384, 65_536, 98_304, 100_000, 262_144, 1_048_576]
    for (const [index, size] of sizes.entries()) {
      const body = Uint8Array.from({ length: size }, (_, at) => (at * 31 + index) & 255)
      const words = Int32Array.from({ length: index * recordWords + 3 }, (_, at) => at * 0x1234567)
      const lane = lanes[index % 2]!
      await pair.nearEar.write(lane, { words, count: index, body, attachments: [] })
      words.fill(0)
      body.fill(0)
    }
    await closedBoth(pair)
    for (const [index, size] of sizes.entries()) {
      const lane = lanes[index % 2]!
      const frame = pair.farEar.frames(lane)[index >> 1]!
      expect(frame.count).toBe(index)
      expect(frame.body).toHaveLength(size)
      expect(frame.body.findIndex((byte, at) => byte !== ((at * 31 + index) & 255))).toBe(-1)
      expect(frame.words).toEqual(Int32Array.from({ length: index * recordWords }, (_, at) => at * 0x1234567))
    }
  })

  test('a part of a larger buffer is written without the rest of it', async () => {
    const pair = heard()
    const body = Buffer.from('xxpartxx').subarray(2, 6)
    const large = Buffer.alloc(300_000, 7).subarray(100_000, 299_999)
    expect(pair.near.write('messages', { ...frameOf(1), body })).toBe(true)
    await pair.nearEar.write('messages', { ...frameOf(2), body: large })
    await closedBoth(pair)
    const bodies = pair.farEar.frames('messages').map((frame) => frame.body)
    expect(Buffer.from(bodies[0]!).toString()).toBe('part')
    expect(bodies[1]).toEqual(new Uint8Array(large))
  })

  test('attachments are taken away from the writer and come whole, in order with other frames', async () => {
    const pair = heard()
    const first = Uint8Array.from([1, 2, 3]).buffer
    const second = new ArrayBuffer(100_000)
    new Uint8Array(second).fill(9)
    expect(pair.near.write('messages', frameOf(1))).toBe(true)
    await pair.nearEar.write('messages', { ...frameOf(2, 3, 40), attachments: [first, second] })
    await pair.nearEar.write('messages', frameOf(3))
    expect([first.detached, second.detached]).toEqual([true, true])
    await closedBoth(pair)
    expect(pair.farEar.marks('messages')).toEqual([1, 2, 3])
    const [, { attachments, words, body }] = pair.farEar.frames('messages') as [Frame, Frame]
    expect(attachments.map((one) => one.byteLength)).toEqual([3, 100_000])
    expect(new Uint8Array(attachments[0]!)).toEqual(Uint8Array.from([1, 2, 3]))
    expect(new Uint8Array(attachments[1]!).every((byte) => byte === 9)).toBe(true)
    expect([words.length, body.length]).toEqual([18, 40])
  })

  test('a frame that is refused keeps its attachments', () => {
    const { near } = heard()
    const attachments = Array.from({ length: 100 }, () => new ArrayBuffer(1_000_000))
    const taken = attachments.map((one) => near.write('messages', { ...frameOf(1), attachments: [one] }))
    expect(taken[0]).toBe(true)
    expect(taken.at(-1)).toBe(false)
    expect(attachments.map(({ detached }) => detached)).toEqual(taken)
  })

  test('what nobody takes is bounded, in records and in bytes', () => {
    for (const [count, bodyBytes] of [
      [1, 0],
      [64, 100],
      [1, 60_000],
      [1, 1_000_000],
      [4_000, 4_000],
    ] as const) {
      const { near } = heard()
      const frames = fill(near, 'messages', frameOf(1, count, bodyBytes))
      expect(frames).toBeGreaterThan(0)
      expect(frames * count).toBeLessThanOrEqual(16_384)
      expect(frames * bodyBytes).toBeLessThanOrEqual(80_000_000)
      expect(near.counts('messages')).toEqual({ written: frames * count, taken: 0 })
    }
  })

  test('signals pass while messages find no room, and come', async () => {
    const { near, nearEar, farEar } = heard()
    const messages = fill(near, 'messages', frameOf(1, 4, 100))
    for (let mark = 0; mark < 10; mark++) expect(near.write('signals', frameOf(mark))).toBe(true)
    expect(near.write('messages', frameOf(2, 4, 100))).toBe(false)
    near.close()
    expect(await nearEar.closing).toBe('closed')
    expect(farEar.marks('signals')).toEqual([...Array(10).keys()])
    expect(farEar.marks('messages')).toHaveLength(messages)
  })

  test('messages do not take the room that a signal waits for', () => {
    const { near } = heard()
    const signals = fill(near, 'signals', frameOf(1, 64, 1_000))
    expect(near.counts('signals')).toEqual({ written: signals * 64, taken: 0 })
    expect(near.write('messages', frameOf(1))).toBe(false)
  })

  test('room is told once, however often a lane has said no before, and then the frame is taken', async () => {
    for (const lane of lanes) {
      const pair = heard()
      const frame = frameOf(1, 64, 60_000)
      const frames = fill(pair.near, lane, frame)
      expect(pair.near.write(lane, frame)).toBe(false)
      await pair.nearEar.waitForRoom(lane)
      expect(pair.near.write(lane, frame)).toBe(true)
      await closedBoth(pair)
      expect(pair.farEar.frames(lane)).toHaveLength(frames + 1)
      expect(pair.nearEar.rooms).toEqual([lane])
    }
  })

  test('a frame larger than all bounds is taken when nothing is in its way', async () => {
    const pair = heard()
    await pair.nearEar.write('messages', frameOf(1, 20_000, 1_000))
    await pair.nearEar.write('messages', frameOf(2))
    await closedBoth(pair)
    expect(pair.farEar.frames('messages').map(({ count }) => count)).toEqual([20_000, 1])
  })

  test('counts tell what was written and what of it was handed over', async () => {
    const pair = heard()
    await pair.nearEar.write('messages', frameOf(1, 5))
    await pair.nearEar.write('messages', frameOf(2, 70_000))
    await pair.nearEar.write('signals', frameOf(3, 2))
    expect(pair.near.counts('messages').written).toBe(70_005)
    await closedBoth(pair)
    expect(pair.near.counts('messages')).toEqual({ written: 70_005, taken: 70_005 })
    expect(pair.near.counts('signals')).toEqual({ written: 2, taken: 2 })
    expect(pair.far.counts('signals')).toEqual({ written: 0, taken: 0 })
  })

  test('counts tell what was taken when the other side has been cut', async () => {
    const pair = heard()
    pair.farEar.onFrame = (_, frame) => frame.words[0] === 3 && pair.far.cut()
    for (let mark = 1; mark <= 5; mark++) pair.near.write('messages', frameOf(mark, 2))
    expect(await pair.nearEar.closing).toBe('cut')
    expect(await pair.farEar.closing).toBe('cut')
    expect(pair.farEar.marks('messages')).toEqual([1, 2, 3])
    expect(pair.near.counts('messages')).toEqual({ written: 10, taken: 6 })
  })

  test('who begins to listen late hears what came before', async () => {
    const [near, far] = connect()
    const ear = new Ear(near)
    for (let mark = 0; mark < 10; mark++) expect(near.write('messages', frameOf(mark))).toBe(true)
    near.close()
    expect(near.write('messages', frameOf(10))).toBe(false)
    const late = new Ear(far)
    expect(await Promise.all([ear.closing, late.closing])).toEqual(['closed', 'closed'])
    expect(late.marks('messages')).toEqual([...Array(10).keys()])
  })

  test('who begins to listen after the end hears of it', async () => {
    const [near, far] = connect()
    const ear = new Ear(near)
    far.cut()
    expect(await ear.closing).toBe('cut')
    expect(await new Ear(far).closing).toBe('cut')
  })

  test('room that came before anybody listened is told to who listens', async () => {
    const [near, far] = connect()
    const frames = fill(near, 'messages', frameOf(1, 64, 1_000))
    const farEar = new Ear(far)
    await farEar.until(() => farEar.frames('messages').length === frames)
    const nearEar = new Ear(near)
    await nearEar.waitForRoom('messages')
    expect(nearEar.rooms).toEqual(['messages'])
  })

  test('closing hands over what both sides had written', async () => {
    const pair = heard()
    const there = fill(pair.near, 'messages', frameOf(1, 2, 50))
    const back = fill(pair.far, 'messages', frameOf(2, 2, 50))
    pair.near.close()
    pair.near.close()
    expect(pair.near.write('signals', frameOf(3))).toBe(false)
    expect(await Promise.all([pair.nearEar.closing, pair.farEar.closing])).toEqual(['closed', 'closed'])
    expect(pair.farEar.frames('messages')).toHaveLength(there)
    expect(pair.nearEar.frames('messages')).toHaveLength(back)
  })

  test('both sides may close at once', async () => {
    const pair = heard()
    for (let mark = 0; mark < 50; mark++) {
      pair.near.write('messages', frameOf(mark))
      pair.far.write('messages', frameOf(mark))
    }
    pair.near.close()
    pair.far.close()
    expect(await Promise.all([pair.nearEar.closing, pair.farEar.closing])).toEqual(['closed', 'closed'])
    expect(pair.farEar.marks('messages')).toHaveLength(50)
    expect(pair.nearEar.marks('messages')).toHaveLength(50)
  })

  test('cutting ends it at once, and nothing more is taken or handed over', async () => {
    const pair = heard()
    pair.far.write('messages', frameOf(1))
    pair.near.cut()
    pair.near.cut()
    pair.near.close()
    expect(pair.near.write('signals', frameOf(1))).toBe(false)
    expect(pair.nearEar.events).toEqual([])
    expect(await Promise.all([pair.nearEar.closing, pair.farEar.closing])).toEqual(['cut', 'cut'])
    expect(pair.far.write('messages', frameOf(2))).toBe(false)
    await pair.nearEar.turn()
    await pair.farEar.turn()
    expect(pair.nearEar.events).toEqual(['closed'])
    expect(pair.farEar.events).toEqual(['closed'])
  })

  test('a wire that is closed may be cut by either side before its end', async () => {
    const pair = heard()
    pair.near.close()
    pair.far.cut()
    expect(await Promise.all([pair.nearEar.closing, pair.farEar.closing])).toEqual(['cut', 'cut'])
  })

  test('a listener may write, close and cut while it is called', async () => {
    const pair = heard()
    pair.farEar.onFrame = (lane, frame) => {
      if (frame.words[0] === 9) pair.far.close()
      else pair.far.write(lane, frameOf(frame.words[0]! + 1))
    }
    pair.nearEar.onFrame = (lane, frame) => pair.near.write(lane, frameOf(frame.words[0]! + 1))
    pair.near.write('signals', frameOf(1))
    expect(await Promise.all([pair.nearEar.closing, pair.farEar.closing])).toEqual(['closed', 'closed'])
    expect(pair.farEar.marks('signals')).toEqual([1, 3, 5, 7, 9])
    expect(pair.nearEar.marks('signals')).toEqual([2, 4, 6, 8])
  })

  test('a million records in small frames come in order', async () => {
    const pair = heard()
    let next = 0
    let isInOrder = true
    pair.farEar.keeps = false
    pair.farEar.onFrame = (_, { words, count }) => {
      for (let i = 0; i < count; i++) isInOrder &&= words[i * recordWords] === next++
    }
    const frame = { ...frameOf(0, 10, 33) }
    for (let mark = 0; mark < 1_000_000; mark += 10) {
      for (let i = 0; i < 10; i++) frame.words[i * recordWords] = mark + i
      if (!pair.near.write('messages', frame)) await pair.nearEar.write('messages', frame)
    }
    await closedBoth(pair)
    expect([next, isInOrder]).toEqual([1_000_000, true])
  })

  test('whatever is written and whenever it is read, each lane brings what it took', async () => {
    const step = fc.oneof(
      {
        weight: 6,
        arbitrary: fc.record({
          lane: fc.constantFrom(...lanes),
          side: fc.nat(1),
          count: fc.nat(70),
          body: fc.constantFrom(0, 3, 900, 9_000, 70_000, 120_000),
          attached: fc.constantFrom(0, 0, 0, 10),
        }),
      },
      { weight: 1, arbitrary: fc.constant('turn' as const) },
    )
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 120 }), async (steps) => {
        const { near, far, nearEar, farEar } = heard()
        const sides = [
          {
            wire: near,
            heardBy: farEar,
            own: nearEar,
            taken: { signals: [] as number[], messages: [] as number[] },
          },
          {
            wire: far,
            heardBy: nearEar,
            own: farEar,
            taken: { signals: [] as number[], messages: [] as number[] },
          },
        ]
        for (const [mark, one] of steps.entries()) {
          if (one === 'turn') {
            await nearEar.turn()
            continue
          }
          const { wire, taken } = sides[one.side]!
          const attachments = one.attached > 0 ? [new ArrayBuffer(one.attached)] : []
          const frame = { ...frameOf(mark, one.count, one.body), attachments }
          const before = wire.counts(one.lane).written
          const isTaken = wire.write(one.lane, frame)
          expect(wire.counts(one.lane).written - before).toBe(isTaken ? one.count : 0)
          if (isTaken && one.count > 0) taken[one.lane].push(mark)
        }
        near.close()
        expect(await Promise.all([nearEar.closing, farEar.closing])).toEqual(['closed', 'closed'])
        for (const { wire, heardBy, own, taken } of sides) {
          for (const lane of lanes) {
            expect(heardBy.marks(lane)).toEqual(taken[lane])
            const { written, taken: handed } = wire.counts(lane)
            expect(handed).toBe(written)
          }
          expect(own.events.at(-1)).toBe('closed')
        }
      }),
      { numRuns: 40 },
    )
  })
}
