// Tests of a ring: what its writer and its reader tell each other, step by step and without threads.
import { expect, test } from 'vitest'
import { newRing } from '../../transports/thread/ring-layout.ts'
import { RingReader } from '../../transports/thread/ring-reader.ts'
import { RingWriter } from '../../transports/thread/ring-writer.ts'
import { frameOf } from '../contracts/wire.ts'
import type { Lane } from '../../runtime/wire.ts'

/** A frame that takes up 1,024 bytes. */
const kibibyte = frameOf(1, 1, 992)

function ring(): { writer: RingWriter; reader: RingReader } {
  const bytes = newRing(16_384)
  return { writer: new RingWriter(bytes), reader: new RingReader(bytes) }
}

function fill(writer: RingWriter, lane: Lane): number {
  let frames = 0
  while (writer.write(lane, kibibyte)) frames++
  return frames
}

function roomsTold(writer: RingWriter): Lane[] {
  const lanes: Lane[] = []
  writer.spaceCame((lane) => lanes.push(lane))
  return lanes
}

test('messages use seven eighths of a ring, signals all of it', () => {
  const { writer } = ring()
  expect([fill(writer, 'messages'), fill(writer, 'signals')]).toEqual([14, 2])
})

test('a reader asks to be woken only when it sleeps, and is woken once', () => {
  const { writer, reader } = ring()
  expect(writer.mustWake()).toBe(false)
  expect(reader.sleep(false)).toBe(true)
  writer.write('signals', kibibyte)
  expect([writer.mustWake(), writer.mustWake()]).toEqual([true, false])
})

test('a reader does not fall asleep over a frame that has come', () => {
  const { writer, reader } = ring()
  expect(reader.next()).toBe('nothing')
  writer.write('messages', kibibyte)
  expect(reader.sleep(false)).toBe(false)
  expect(writer.mustWake()).toBe(false)
})

test('a reader does not fall asleep over an end that it has not seen', () => {
  const { writer, reader } = ring()
  const seen = reader.isEnding
  writer.end()
  expect(reader.sleep(seen)).toBe(false)
  expect(reader.sleep(true)).toBe(true)
})

test('a writer that was refused is told when half of the ring has been taken', () => {
  const { writer, reader } = ring()
  fill(writer, 'messages')
  const told: boolean[] = []
  while (reader.next() === 'frame') told.push(reader.done())
  expect(told.indexOf(true)).toBe(6)
  expect(told.lastIndexOf(true)).toBe(6)
  expect(roomsTold(writer)).toEqual(['messages'])
  expect(roomsTold(writer)).toEqual([])
})

test('a writer that was refused nothing is told nothing', () => {
  const { writer, reader } = ring()
  for (let i = 0; i < 14; i++) writer.write('messages', kibibyte)
  const told: boolean[] = []
  while (reader.next() === 'frame') told.push(reader.done())
  expect(told).toEqual(Array(14).fill(false))
})

test('a signal that waits for room has it before messages', () => {
  const { writer, reader } = ring()
  fill(writer, 'messages')
  fill(writer, 'signals')
  const large = frameOf(2, 1, 6_000)
  expect(writer.write('signals', large)).toBe(false)
  for (let i = 0; i < 4; i++) {
    reader.next()
    reader.done()
  }
  expect(writer.write('messages', kibibyte)).toBe(false)
  while (reader.next() === 'frame') reader.done()
  expect(roomsTold(writer)).toEqual(['signals', 'messages'])
  expect(writer.write('messages', kibibyte)).toBe(true)
})

test('frames go round the end of the ring for as long as one likes, and past 4 GiB of position', () => {
  const { writer, reader } = ring()
  const frame = frameOf(7, 2, 5_000)
  for (let i = 0; i < 1_000_000; i++) {
    if (!writer.write('messages', frame) || reader.next() !== 'frame') throw new Error(`frame ${i} is lost`)
    if (reader.frame.words[0] !== 7 || reader.frame.body.length !== 5_000)
      throw new Error(`frame ${i} is wrong`)
    reader.done()
  }
  expect(writer.counts('messages')).toEqual({ written: 2_000_000, taken: 2_000_000 })
  expect([reader.isEmpty, writer.isTaken]).toEqual([true, true])
})

test('the largest frame of a ring fits into an empty one wherever its head stands', () => {
  for (let offset = 32; offset <= 5_000; offset += 8) {
    const { writer, reader } = ring()
    const first = frameOf(1, 1, offset - 32)
    const largest = frameOf(2, 1, 6_112)
    expect([writer.isSmall(largest), writer.isSmall(frameOf(2, 1, 6_113))]).toEqual([true, false])
    for (const frame of [first, largest, first, largest, largest]) {
      expect(writer.write('messages', frame)).toBe(true)
      expect(reader.next()).toBe('frame')
      reader.done()
    }
  }
})
