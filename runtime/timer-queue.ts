// A timer queue: all timers of a runtime in one heap, and one alarm for the earliest.
import { invariant } from './invariant.ts'
import type { Alarm, Clock } from './clock.ts'

/** Timers that come due in one go; then I/O gets its share. 512 asks expire in well under a millisecond. */
export const timerBatchMax = 512
/** Places that an empty queue keeps; what a burst needed beyond them is given back. */
const placesMin = 1_024

/** What can wait in a timer queue, in one at a time. The queue owns the three numbers while it does. */
export interface TimerEntry {
  /** When it is due, by the clock's monotonic time. */
  dueMs: number
  /** Breaks ties: of two timers due at the same time the one added first comes first. */
  seq: number
  /** Its place in the heap; -1 when it is in no queue. */
  heapIndex: number
  /** Its time has come, and it is out of the queue. Must not throw; may add and remove timers, also itself. */
  due(): void
}

/**
 * Timers in the exact order of (due, added). A heap with four branches that knows where each entry stands, so that adding and removing
 * take O(log n) and a removed entry leaves nothing behind. A timing wheel would round the times, and most timers here are the deadlines
 * of asks, which are added behind all others and removed soon: both are cheap in a heap.
 *
 * The alarm of a removed timer stays: it finds nothing due and is set to the next. So asks that end in time cost no alarms.
 */
export class TimerQueue {
  readonly #clock: Clock
  readonly #entries: TimerEntry[] = []
  /** When each entry is due, side by side: a comparison touches no entry unless two are due at the same time. */
  #dues: Float64Array = new Float64Array(placesMin)
  #seq = 0
  #alarm: Alarm | undefined = undefined
  /** When the alarm rings: Infinity without one, -Infinity while a batch is under way and will set it. */
  #alarmMs = Infinity
  #isClosed = false
  readonly #ring: () => void = () => this.#fire()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Timers that wait. */
  get count(): number {
    return this.#entries.length
  }

  /** Puts an entry in. One due in the past comes due in the event loop's next turn or so, never within this call. */
  add(entry: TimerEntry, dueMs: number): void {
    invariant(entry.heapIndex === -1, 'A timer was added that is in a queue already')
    invariant(dueMs <= Infinity, 'A timer was added whose time is not a number')
    if (this.#isClosed) return
    const index = this.#entries.length
    if (index === this.#dues.length) this.#resize(index * 2)
    entry.dueMs = dueMs
    entry.seq = this.#seq++
    this.#entries.push(entry)
    this.#rise(entry, dueMs, index)
    if (dueMs < this.#alarmMs) this.#arm(dueMs)
  }

  /** Takes an entry out; says whether it was in. */
  remove(entry: TimerEntry): boolean {
    const index = entry.heapIndex
    if (index < 0) return false
    invariant(this.#entries[index] === entry, 'A timer was removed from a queue that does not hold it')
    this.#takeOut(entry, index)
    return true
  }

  /**
   * Runs what is due, for whoever has looked at the clock anyway. Alarms count whole milliseconds; a pump under load comes by four times
   * in each, and spares its timers the rest of theirs.
   */
  runDue(nowMs: number): void {
    for (let left = timerBatchMax; left > 0; left--) {
      const first = this.#entries[0]
      if (first === undefined || first.dueMs > nowMs) return
      this.#takeOut(first, 0)
      first.due()
    }
  }

  /** Forgets all timers: none of them comes due, nor what is added from now on. */
  close(): void {
    this.#isClosed = true
    this.#alarm?.cancel()
    this.#alarm = undefined
    for (const entry of this.#entries) entry.heapIndex = -1
    this.#entries.length = 0
    this.#dues = new Float64Array(0)
  }

  #arm(atMs: number): void {
    this.#alarm?.cancel()
    this.#alarmMs = atMs
    this.#alarm = this.#clock.alarm(atMs, this.#ring)
  }

  #fire(): void {
    this.#alarm = undefined
    this.#alarmMs = -Infinity
    const nowMs = this.#clock.now()
    try {
      this.runDue(nowMs)
    } finally {
      // Also when an entry has thrown against its word: the others must not wait for ever.
      this.#rearm(nowMs)
    }
  }

  #rearm(nowMs: number): void {
    const first = this.#entries[0]
    if (first === undefined || first.dueMs === Infinity) this.#alarmMs = Infinity
    else if (first.dueMs <= nowMs) this.#clock.later(this.#ring)
    else this.#arm(first.dueMs)
  }

  #takeOut(entry: TimerEntry, index: number): void {
    entry.heapIndex = -1
    const last = this.#entries.pop()
    if (last !== undefined && last !== entry) this.#refill(last, index)
    const places = this.#dues.length
    if (places > placesMin && this.#entries.length < places / 4) this.#resize(places / 2)
  }

  /** Fills the hole at `index` with an entry from the end of the heap. */
  #refill(entry: TimerEntry, index: number): void {
    const { dueMs } = entry
    const parent = (index - 1) >> 2
    if (index > 0 && this.#isBefore(entry, dueMs, parent)) this.#rise(entry, dueMs, index)
    else this.#sink(entry, dueMs, index)
  }

  /** Moves the hole at `from` up until the entry may stand in it. */
  #rise(entry: TimerEntry, dueMs: number, from: number): void {
    let index = from
    while (index > 0) {
      const parent = (index - 1) >> 2
      if (!this.#isBefore(entry, dueMs, parent)) break
      this.#place(this.#at(parent), this.#dueAt(parent), index)
      index = parent
    }
    this.#place(entry, dueMs, index)
  }

  /** Moves the hole at `from` down until the entry may stand in it. */
  #sink(entry: TimerEntry, dueMs: number, from: number): void {
    const count = this.#entries.length
    let index = from
    for (let child = index * 4 + 1; child < count; child = index * 4 + 1) {
      const first = this.#firstOf(child, Math.min(child + 4, count))
      if (this.#isBefore(entry, dueMs, first)) break
      this.#place(this.#at(first), this.#dueAt(first), index)
      index = first
    }
    this.#place(entry, dueMs, index)
  }

  /** The earliest among neighbours. */
  #firstOf(from: number, end: number): number {
    let first = from
    for (let index = from + 1; index < end; index++) {
      if (this.#isBefore(this.#at(index), this.#dueAt(index), first)) first = index
    }
    return first
  }

  #isBefore(entry: TimerEntry, dueMs: number, index: number): boolean {
    const otherMs = this.#dueAt(index)
    return dueMs < otherMs || (dueMs === otherMs && entry.seq < this.#at(index).seq)
  }

  #place(entry: TimerEntry, dueMs: number, index: number): void {
    this.#entries[index] = entry
    this.#dues[index] = dueMs
    entry.heapIndex = index
  }

  // Callers stay below `count`, where both arrays are filled.
  #at(index: number): TimerEntry {
    return this.#entries[index] as TimerEntry
  }

  #dueAt(index: number): number {
    return this.#dues[index] as number
  }

  #resize(places: number): void {
    const dues = new Float64Array(places)
    dues.set(this.#dues.subarray(0, this.#entries.length))
    this.#dues = dues
  }
}
