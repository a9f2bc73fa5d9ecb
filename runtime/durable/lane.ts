// A lane: the letters of one actor to one receiver that are under way, and when they are sent again.
import { away, ended } from '../cell-flags.ts'
import { refAt } from '../ref.ts'
import type { Cell } from '../cell.ts'
import type { Letter } from '../commit.ts'
import type { LocalRef } from '../ref.ts'
import type { TimerEntry } from '../timer-queue.ts'

/** Letters to one receiver that are under way at once; the others wait here, where they take no room in a mailbox. */
export const lettersUnderWayMax = 64
/** How long a letter has to be acknowledged before it is sent again, in milliseconds; each time twice as long. */
export const letterRetryMsBounds = { min: 1_000, max: 30_000 } as const

export interface LaneParts {
  /** Those that are not known to have arrived by what is written; their numbers have no gap. */
  letters(): readonly Letter[]
  isOver(): boolean
  send(ref: LocalRef, letter: Letter, settled: number): void
}

/**
 * After Go-Back-N: the receiver takes letters in the order of their numbers alone, so whatever follows a lost one is sent again. As long as
 * nobody answers only the first is tried: whoever does not live yet is not to be flooded.
 */
export class Lane implements TimerEntry {
  dueMs = 0
  seq = 0
  heapIndex = -1
  readonly to: string
  /** Up to this number all have arrived. */
  acked = 0
  readonly #cell: Cell
  readonly #parts: LaneParts
  readonly #ref: LocalRef
  #sent: number
  #attempt = 0
  /** The receiver has told that it misses what follows this number, and was sent it. */
  #gapAt = -1
  #sinceMs: number
  #waitMs: number = letterRetryMsBounds.min

  constructor(cell: Cell, to: string, parts: LaneParts) {
    this.#cell = cell
    this.to = to
    this.#parts = parts
    this.#ref = refAt(cell.host, to)
    this.acked = this.#written
    this.#sent = this.acked
    this.#sinceMs = cell.host.clock.now()
  }

  /** How many have arrived of those that are written as if they had not. */
  get unwritten(): number {
    return Math.max(0, this.acked - this.#written)
  }

  /** Sends what may be under way. */
  push(): void {
    const letters = this.#parts.letters()
    const last = Math.min(letters.at(-1)?.number ?? 0, this.acked + lettersUnderWayMax)
    if (this.#isAway || last <= this.acked) return
    if (this.#sent <= this.acked) this.#sinceMs = this.#cell.host.clock.now()
    while (this.#sent < last) this.#send(++this.#sent)
    if (this.heapIndex < 0) this.#arm()
  }

  acknowledge(upTo: number, hasGap: boolean): void {
    const { timers, clock } = this.#cell.host
    // Who says more than was ever sent means somebody else.
    if (upTo > (this.#parts.letters().at(-1)?.number ?? 0)) return
    if (upTo > this.acked) {
      const nowMs = clock.now()
      this.acked = upTo
      this.#sent = Math.max(this.#sent, upTo)
      this.#attempt = 0
      this.#waitMs = bounded(2 * (nowMs - this.#sinceMs))
      this.#sinceMs = nowMs
      timers.remove(this)
    } else if (upTo < this.acked) return
    if (hasGap && this.#gapAt !== upTo) {
      this.#gapAt = upTo
      this.#sent = upTo
    }
    if (this.#sent > this.acked && this.heapIndex < 0) this.#arm()
    this.push()
  }

  /** No answer came: the first one once more, and the others as well if there has been none for long. */
  due(): void {
    if (this.#isAway || this.#parts.isOver() || this.#parts.letters().length <= this.unwritten) return
    this.#attempt++
    this.#gapAt = -1
    this.#send(this.acked + 1)
    // Nobody may have been there for any of them: then the answer to this one lets the rest go again.
    if (this.#attempt > 1) this.#sent = this.acked + 1
    this.#arm()
  }

  stop(): void {
    this.#cell.host.timers.remove(this)
  }

  get #written(): number {
    const [first] = this.#parts.letters()
    return first === undefined ? this.acked : first.number - 1
  }

  get #isAway(): boolean {
    return (this.#cell.flags & (away | ended)) !== 0
  }

  #send(number: number): void {
    const letters = this.#parts.letters()
    const [first] = letters
    const letter = first === undefined ? undefined : letters[number - first.number]
    if (letter !== undefined) this.#parts.send(this.#ref, letter, this.acked)
  }

  #arm(): void {
    const { timers, clock, random } = this.#cell.host
    timers.remove(this)
    const waitMs = bounded(this.#waitMs * 2 ** Math.min(this.#attempt, 16))
    // Those who wait for the same one do not all come at once.
    timers.add(this, clock.now() + waitMs * (1 + random.next() / 4))
  }
}

function bounded(ms: number): number {
  return Math.min(letterRetryMsBounds.max, Math.max(letterRetryMsBounds.min, ms))
}
