// Tests of the limit's ring: frames come out as they went in, in order, round the end of it, and a full ring says so.
import { MessageChannel } from 'node:worker_threads'
import { expect, test } from 'vitest'
import {
  columnWords,
  fullWord,
  newRing,
  parkedWord,
  RingView,
  room,
} from '../../../bench/limit/threads/ring.ts'
import { RingReader } from '../../../bench/limit/threads/ring-reader.ts'
import { RingWriter } from '../../../bench/limit/threads/ring-writer.ts'
import type { MessagePort } from 'node:worker_threads'

/** A ring whose both ends are in one thread; nothing is read before there is a reader. */
function pair() {
  const ring = newRing()
  const { port1, port2 } = new MessageChannel()
  return { view: new RingView(ring), writer: new RingWriter(ring, port1), ring, port1, port2 }
}

function frame(size: number, mark: number) {
  const columns = new Int32Array(columnWords).fill(mark)
  return { columns, count: 1, body: Buffer.alloc(size, mark), start: 0, end: size }
}

/** What has come by now; `next` resolves with what comes next. */
function read(ring: SharedArrayBuffer, port: MessagePort) {
  const got: unknown[] = []
  let next = Promise.withResolvers<unknown>()
  const take = (what: unknown): void => {
    got.push(what)
    next.resolve(what)
    next = Promise.withResolvers()
  }
  // Its first look is done when it has been made.
  const reader = new RingReader(ring, port, {
    frame: (columns, count, body) => take([columns[0], count, body.length, body[0]]),
    onPort: take,
    room: () => take('room'),
  })
  return { reader, got, next: () => next.promise }
}

test('what is written is read in order, with the frames that the port carries in their places', () => {
  const { writer, ring, port1, port2 } = pair()
  expect(writer.write(frame(10, 1))).toBe(true)
  expect(writer.writeOnPort('large', [])).toBe(true)
  expect(writer.write(frame(13, 2))).toBe(true)
  expect(read(ring, port2).got).toEqual([[1, 1, 10, 1], 'large', [2, 1, 13, 2]])
  port1.close()
})

test('a full ring takes nothing, and takes more when it has been read, also round its end', async () => {
  const { writer, ring, port1, port2 } = pair()
  const size = 60_000
  const taken = [1, 2, 3, 4, 5, 6].filter((mark) => writer.write(frame(size, mark)))
  expect(taken).toEqual([1, 2, 3, 4])
  const { got, next } = read(ring, port2)
  expect(got).toEqual(taken.map((mark) => [mark, 1, size, mark]))
  const fifth = next()
  expect(writer.write(frame(size, 5))).toBe(true)
  expect(await fifth).toEqual([5, 1, size, 5])
  port1.close()
})

test('whoever waits for room is told when half of the ring is free', async () => {
  const { writer, view, ring, port1, port2 } = pair()
  while (writer.write(frame(60_000, 1)));
  expect(writer.wantRoom()).toBe(true)
  expect(Atomics.load(view.head, fullWord)).toBe(1)
  const told = new Promise((resolve) => port1.once('message', resolve))
  read(ring, port2)
  expect(await told).toBe(room)
  expect(writer.wantRoom()).toBe(false)
  port1.close()
})

test('a reader that has parked is woken once', async () => {
  const { writer, view, ring, port1, port2 } = pair()
  const { got } = read(ring, port2)
  expect(Atomics.load(view.head, parkedWord)).toBe(1)
  const woken = new Promise((resolve) => port2.once('message', resolve))
  writer.write(frame(1, 1))
  writer.write(frame(1, 2))
  expect(Atomics.load(view.head, parkedWord)).toBe(0)
  await woken
  expect(got).toHaveLength(2)
  port1.close()
})
