// The tests of the heap watch: when a thread is asked to collect, and when it is given up.
import { beforeEach, expect, test } from 'vitest'
import {
  HeapWatch,
  collectMsMax,
  excessMiBMax,
  growthMiBMin,
  calmLookMs,
  lookMs,
} from '../../../node/threads/heap-watch.ts'
import { ManualClock } from '../../../scenarios/testing/manual-clock.ts'
import type { WatchedHeap } from '../../../node/threads/heap-watch.ts'

/** A heap that holds what the test says. */
class Heap implements WatchedHeap {
  readonly mibMax = 100
  used = 0
  looks = 0
  collections = 0
  isFull = false

  async usedMiB(): Promise<number> {
    this.looks++
    return this.used
  }

  collect(): void {
    this.collections++
  }

  full(): void {
    this.isFull = true
  }
}

let clock: ManualClock
let processMiB: number
let watch: HeapWatch
let heap: Heap

beforeEach(() => {
  clock = new ManualClock()
  processMiB = 0
  watch = new HeapWatch(clock, () => processMiB)
  heap = new Heap()
  watch.add(heap)
})

/** The heap holds so much, and the process with it. */
async function grow(used: number): Promise<void> {
  heap.used = used
  processMiB += growthMiBMin
  await clock.advance(lookMs)
}

test('nobody is looked at while the process does not grow', async () => {
  processMiB = growthMiBMin - 1
  await clock.advance(10 * lookMs)
  expect(heap.looks).toBe(0)
  await grow(0)
  await clock.advance(10 * lookMs)
  expect(heap.looks).toBe(1)
})

test('growth counts from the least that the process has held', async () => {
  processMiB = 500
  await clock.advance(lookMs)
  processMiB = 100
  await clock.advance(calmLookMs)
  processMiB = 100 + growthMiBMin
  await clock.advance(calmLookMs)
  expect(heap.looks).toBe(2)
})

test('a heap at its bound is left alone', async () => {
  await grow(100)
  expect([heap.collections, heap.isFull]).toEqual([0, false])
})

test('a heap beyond its bound is asked to collect, once, and lives if that helps', async () => {
  await grow(101)
  await clock.advance(lookMs)
  expect(heap.collections).toBe(1)
  watch.collected(heap, 100)
  heap.used = 100
  await clock.advance(2 * collectMsMax)
  expect([heap.collections, heap.isFull]).toEqual([1, false])
})

test('a heap that is beyond its bound without its garbage is full', async () => {
  await grow(150)
  watch.collected(heap, 100.5)
  expect(heap.isFull).toBe(true)
})

test('a heap whose thread does not collect in time is full', async () => {
  await grow(101)
  await clock.advance(collectMsMax - lookMs)
  expect(heap.isFull).toBe(false)
  await clock.advance(lookMs)
  expect(heap.isFull).toBe(true)
})

test('a heap far beyond its bound is full at once', async () => {
  await grow(100 + excessMiBMax)
  expect(heap.isFull).toBe(false)
  await grow(101 + excessMiBMax)
  expect(heap.isFull).toBe(true)
})

test('a thread that does not say what its heap holds keeps nobody else from being looked at', async () => {
  const { promise } = Promise.withResolvers<number>()
  const stuck: WatchedHeap = {
    mibMax: 1,
    usedMiB: async () => promise,
    collect: () => undefined,
    full: () => undefined,
  }
  watch.add(stuck)
  await grow(0)
  await grow(101)
  expect(heap.collections).toBe(1)
})

test('a heap that was taken away is neither looked at nor full, and no alarm is left', async () => {
  watch.remove(heap)
  watch.collected(heap, 1_000)
  expect(clock.pendingAlarms).toBe(0)
  await grow(1_000)
  expect([heap.looks, heap.isFull]).toEqual([0, false])
})
