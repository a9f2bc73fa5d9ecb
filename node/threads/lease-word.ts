// A lease word: until when the actors of a node may act, written by the main thread and read by each other one before its turns.
import type { Clock } from '../../runtime/clock.ts'
import type { Runnable, Scheduler } from '../../runtime/scheduler.ts'

/** Between two looks of a thread that may not act whether it may again, in milliseconds: about a heartbeat's fifth. */
export const leaseLookMs = 20

const state = 0
const until = 1
const states = { never: 0, until: 1 } as const

/**
 * No word has to arrive for a thread to stop: it reads the time itself, so that one whose process was stopped finds on waking that its time is
 * over. The time is that of the main thread's clock in whole milliseconds, of which the lowest 32 bits are kept: a process that was stopped for
 * 24.8 days to the second would be mistaken.
 */
export class LeaseWord {
  readonly words: Int32Array

  /** @param words those of another thread; new ones say no */
  constructor(words: Int32Array = new Int32Array(new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT))) {
    this.words = words
  }

  /** @param untilMs by the main thread's clock; -Infinity for not now */
  extend(untilMs: number): void {
    if (untilMs === -Infinity) {
      Atomics.store(this.words, state, states.never)
      return
    }
    Atomics.store(this.words, until, Math.floor(untilMs) | 0)
    Atomics.store(this.words, state, states.until)
  }

  /** @param nowMs by the main thread's clock */
  holds(nowMs: number): boolean {
    if (Atomics.load(this.words, state) === states.never) return false
    return ((Atomics.load(this.words, until) - Math.ceil(nowMs)) | 0) > 0
  }
}

/** Freezes a thread whenever the word says no, and thaws it once it says yes again. */
export function obeyLease<R extends Runnable>(
  word: LeaseWord,
  scheduler: Scheduler<R>,
  clock: Clock,
  aheadMs: number,
): void {
  const mayAct = (): boolean => word.holds(clock.now() + aheadMs)
  let isLooking = false
  const look = (): void => {
    clock.alarm(clock.now() + leaseLookMs, () => {
      if (!mayAct()) return look()
      isLooking = false
      scheduler.thaw()
    })
  }
  scheduler.guard(() => {
    const may = mayAct()
    if (may || isLooking) return may
    isLooking = true
    look()
    return false
  })
}
