// Tests of the thread wire: the contract with both ends in one thread, the same with a real worker, and what no writer writes.
import { Worker } from 'node:worker_threads'
import fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import { SystemClock } from '../../node/system-clock.ts'
import { newThreadWire, openThreadWire } from '../../transports/thread/thread-wire-ends.ts'
import { drainRecordsMax, lookRecordsMax } from '../../transports/thread/thread-wire.ts'
import { frameOf, wireContract } from '../contracts/wire.ts'
import { Ear } from '../contracts/wire-ear.ts'
import type { Wire } from '../../runtime/wire.ts'
import type { WireWork } from './wire-worker.ts'

const clock = new SystemClock()

/** Between two looks at it a tenth of a millisecond passes. */
class QuickClock extends SystemClock {
  #nowMs = 0

  override now(): number {
    this.#nowMs += 0.1
    return this.#nowMs
  }
}

const deadlyMark = -13
const workers: Worker[] = []

afterEach(async () => {
  await Promise.all(workers.splice(0).map((worker) => worker.terminate()))
})

function connect(spinMs: number, ringBytes?: number): [Wire, Wire] {
  const [near, far] = newThreadWire(ringBytes)
  return [openThreadWire(near, clock, { spinMs }), openThreadWire(far, clock, { spinMs })]
}

describe('with a ring of the usual size', () => {
  wireContract(() => connect(0))
})

describe('with a small ring, looking before it sleeps', () => {
  wireContract(() => connect(0.05, 16_384))
})

test('one turn of the event loop hands over a bounded number of records', async () => {
  const [near, far] = connect(0)
  let written = 0
  while (near.write('messages', frameOf(1, 10, 0))) written += 10
  expect(written).toBeGreaterThan(2 * drainRecordsMax)
  let records = 0
  const ear = new Ear(far)
  ear.onFrame = (_, { count }) => (records += count)
  while (records < written) {
    const before = records
    await ear.turn()
    expect(records - before).toBeLessThan(drainRecordsMax + 10)
  }
})

test('one turn of the event loop hands over no longer than its time', async () => {
  const [near, end] = newThreadWire()
  const wire = openThreadWire(near, clock)
  for (let i = 0; i < 200; i++) wire.write('messages', frameOf(1, 8, 0))
  const ear = new Ear(openThreadWire(end, new QuickClock(), { spinMs: 0 }))
  let records = 0
  ear.onFrame = (_, { count }) => (records += count)
  while (records < 1_600) {
    const before = records
    await ear.turn()
    expect(records - before).toBeLessThanOrEqual(3 * lookRecordsMax)
  }
})

/** A wire to a worker. */
function employ(work: WireWork['work'], spinMs = 0): { wire: Wire; ear: Ear; exit: Promise<number> } {
  const [near, end] = newThreadWire()
  const workerData: WireWork = { end, spinMs, work }
  const worker = new Worker(new URL('wire-worker.ts', import.meta.url), {
    workerData,
    transferList: [end.port],
    execArgv: ['--conditions=troupe-source'],
  })
  workers.push(worker)
  const exit = new Promise<number>((resolve) => worker.once('exit', resolve))
  const wire = openThreadWire(near, clock, { spinMs })
  return { wire, ear: new Ear(wire), exit }
}

describe('to another thread', () => {
  test('frames of all sizes come back as they went', async () => {
    const { wire, ear } = employ('echo')
    const sizes = [0, 5, 90_000, 100_000, 1, 1_048_576, 3_000, 98_000, 98_304, 64]
    for (const [mark, size] of sizes.entries()) {
      const attachments = mark % 3 === 0 ? [new ArrayBuffer(mark + 1)] : []
      await ear.write(mark % 2 === 0 ? 'messages' : 'signals', {
        ...frameOf(mark, mark + 1, size),
        attachments,
      })
    }
    await ear.until(() => ear.events.filter((event) => event === 'frame').length === sizes.length)
    const come = [...ear.frames('messages'), ...ear.frames('signals')].sort((a, b) => a.count - b.count)
    expect(ear.marks('messages')).toEqual([0, 2, 4, 6, 8])
    expect(ear.marks('signals')).toEqual([1, 3, 5, 7, 9])
    for (const [mark, frame] of come.entries()) {
      expect([frame.count, frame.body.length]).toEqual([mark + 1, sizes[mark]])
      expect(frame.body.every((byte) => byte === mark)).toBe(true)
      expect(frame.attachments.map((one) => one.byteLength)).toEqual(mark % 3 === 0 ? [mark + 1] : [])
    }
    wire.close()
    expect(await ear.closing).toBe('closed')
  })

  test.each([0, 0.05])(
    'a flood of a million records arrives whole, looking for %d ms before sleep',
    async (spinMs) => {
      const { wire, ear } = employ('count', spinMs)
      const frame = frameOf(5, 8, 20)
      for (let sent = 0; sent < 1_000_000; sent += 8) {
        if (!wire.write('messages', frame)) await ear.write('messages', frame)
      }
      await ear.write('signals', frameOf(0))
      await ear.until(() => ear.frames('signals').length === 1)
      expect(ear.marks('signals')).toEqual([1_000_001])
      expect(wire.counts('messages')).toEqual({ written: 1_000_000, taken: 1_000_000 })
    },
  )

  test('no wake-up is lost between two threads that fall asleep after each frame', async () => {
    const { wire, ear } = employ('echo')
    let turns = 0
    const done = Promise.withResolvers<void>()
    ear.keeps = false
    ear.onFrame = () => {
      turns++
      if (turns === 5_000) done.resolve()
      else wire.write('messages', frameOf(turns))
    }
    wire.write('messages', frameOf(0))
    await done.promise
    expect(wire.counts('messages').written).toBe(5_000)
  })

  test('frames of any size, written as fast as there is room, come back whole and in order', async () => {
    const { wire, ear } = employ('echo', 0.05)
    ear.keeps = false
    const sizes = fc.sample(fc.constantFrom(0, 1, 50, 700, 8_000, 60_000, 97_000, 98_400, 200_000), {
      numRuns: 4_000,
      seed: 42,
    })
    const expected = { signals: [] as number[], messages: [] as number[] }
    const heard = { signals: [] as number[], messages: [] as number[] }
    let isWhole = true
    ear.onFrame = (lane, { words, count, body }) => {
      const mark = words[0]!
      heard[lane].push(mark)
      isWhole &&= count === 1 + (mark % 7) && body.length === sizes[mark]
      isWhole &&= body.length === 0 || (body[0] === (mark & 255) && body.at(-1) === (mark & 255))
    }
    for (const [mark, size] of sizes.entries()) {
      const lane = mark % 5 === 0 ? 'signals' : 'messages'
      expected[lane].push(mark)
      await ear.write(lane, frameOf(mark, 1 + (mark % 7), size))
    }
    await ear.until(() => heard.signals.length + heard.messages.length === sizes.length)
    expect([isWhole, heard]).toEqual([true, expected])
    wire.close()
    expect(await ear.closing).toBe('closed')
  })

  test('a thread that dies cuts the wire, and what it had taken is known', async () => {
    const { wire, ear, exit } = employ('count')
    for (let mark = 1; mark <= 3; mark++) wire.write('messages', frameOf(mark, 2))
    wire.write('messages', frameOf(deadlyMark, 1))
    wire.write('messages', frameOf(4, 2))
    expect(await ear.closing).toBe('cut')
    expect(await exit).toBe(1)
    expect(wire.counts('messages')).toEqual({ written: 9, taken: 6 })
    expect(wire.write('messages', frameOf(5))).toBe(false)
  })

  test('a thread that is terminated cuts the wire', async () => {
    const { wire, ear } = employ('echo')
    wire.write('messages', frameOf(1))
    await ear.until(() => ear.frames('messages').length === 1)
    await workers[0]!.terminate()
    expect(await ear.closing).toBe('cut')
  })

  test('a wire alone does not keep its thread alive', async () => {
    const { ear, exit } = employ('idle')
    expect(await exit).toBe(0)
    expect(await ear.closing).toBe('cut')
  })
})
