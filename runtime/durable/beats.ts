// Beats: the durable timers of one life, due by wall time, each beat a message of the actor to itself.
import { afterBeat, afterSleep } from './catch-up.ts'
import { away, closed, down, ended } from '../cell-flags.ts'
import { beatIn, beatName } from './reserved.ts'
import { deliver, drop } from '../router.ts'
import { Duty } from './duty.ts'
import { Envelope } from '../envelope.ts'
import { inboxOf } from './inbox.ts'
import type { BeatBox, DurableLife, Staged } from './durable-life.ts'
import type { Cell } from '../cell.ts'
import type { DurableTimer } from './duties.ts'
import type { Mark } from './duty.ts'
import type { TimerEntry } from '../timer-queue.ts'

/** How long nobody looks at the wall clock, in milliseconds: it may be set, and the other one does not follow. */
const lookMs = 60_000
/** The pause after a beat that could not be written down, in milliseconds. */
const retryMs = 1_000

/** A beat that is in the mailbox, or was lost there. */
interface SentBeat {
  readonly dueMs: number
  readonly atMs: number
}

export class Beats implements TimerEntry, BeatBox {
  dueMs = 0
  seq = 0
  heapIndex = -1
  readonly #cell: Cell
  readonly #durable: DurableLife
  readonly #sent = new Map<string, SentBeat>()
  #notBeforeMs = -Infinity

  constructor(cell: Cell, durable: DurableLife) {
    this.#cell = cell
    this.#durable = durable
  }

  get isQuiet(): boolean {
    this.#prune()
    return this.#sent.size === 0
  }

  /** A life begins: what `skip` leaves out is written with what its hooks write. */
  wake(): void {
    const nowMs = this.#cell.host.clock.wall()
    for (const timer of this.#durable.duties.timers.values()) {
      const next = afterSleep(timer, nowMs)
      if (next.skipped === 0) continue
      this.count(next.skipped)
      const { timers = [] } = this.#durable.stage()
      timers.push(next.timer ?? { key: timer.key })
      this.#durable.stage().timers = timers
    }
  }

  /** Waits for the next beat. */
  arm(): void {
    const { clock, timers } = this.#cell.host
    this.#prune()
    timers.remove(this)
    const wallMs = clock.wall()
    let nextMs = Infinity
    for (const timer of this.#durable.duties.timers.values()) nextMs = Math.min(nextMs, this.#lookAt(timer))
    if (nextMs === Infinity) return
    const waitMs = Math.min(lookMs, Math.max(0, nextMs - wallMs))
    timers.add(this, Math.max(this.#notBeforeMs, clock.now() + waitMs))
  }

  stop(): void {
    this.#cell.host.timers.remove(this)
  }

  due(): void {
    const cell = this.#cell
    if (cell.rareIfAny?.durable !== this.#durable || (cell.flags & (away | closed | down | ended)) !== 0)
      return
    const wallMs = cell.host.clock.wall()
    for (const timer of this.#durable.duties.timers.values()) {
      if (this.#lookAt(timer) > wallMs) continue
      const { key, dueMs } = timer
      this.#sent.set(key, { dueMs, atMs: wallMs })
      deliver(cell, new Envelope(cell, beatName, { key, dueMs }, cell, undefined))
    }
    this.arm()
  }

  /** The message that a beat stands for, if its timer still has that beat. */
  take(outer: Envelope): Envelope | 'taken' | 'dropped' {
    const cell = this.#cell
    const beat = beatIn(outer.payload)
    if (beat === undefined) {
      drop(cell, outer, 'message-unknown')
      return 'dropped'
    }
    const timer = this.#durable.duties.timers.get(beat.key)
    if (timer === undefined || timer.dueMs !== beat.dueMs) {
      this.forget(beat.key, beat.dueMs)
      return 'taken'
    }
    const duty = new Duty(cell, new BeatMark(this, this.#durable, timer), inboxOf(cell).tries)
    return new Envelope(cell, timer.name, timer.payload, cell, duty)
  }

  count(skipped: number): void {
    this.#cell.host.totals.timerBeatsSkipped += skipped
  }

  nextOf(timer: DurableTimer): ReturnType<typeof afterBeat> {
    return afterBeat(timer, this.#cell.host.clock.wall())
  }

  /** That beat is not under way any more. */
  forget(key: string, dueMs: number): void {
    if (this.#sent.get(key)?.dueMs === dueMs) this.#sent.delete(key)
  }

  again(key: string, dueMs: number): void {
    this.forget(key, dueMs)
    this.#notBeforeMs = this.#cell.host.clock.now() + retryMs
    this.arm()
  }

  /** A beat that its timer has no more is not waited for, wherever it is. */
  #prune(): void {
    const { timers } = this.#durable.duties
    for (const [key, { dueMs }] of this.#sent) if (timers.get(key)?.dueMs !== dueMs) this.#sent.delete(key)
  }

  /** When a timer has to be looked at; one whose beat waits in the mailbox only in case that it was lost there. */
  #lookAt({ key, dueMs }: DurableTimer): number {
    const sent = this.#sent.get(key)
    return sent?.dueMs === dueMs ? sent.atMs + lookMs : dueMs
  }
}

class BeatMark implements Mark {
  readonly key: string
  readonly #beats: Beats
  readonly #durable: DurableLife
  readonly #timer: DurableTimer
  readonly #next: ReturnType<typeof afterBeat>

  constructor(beats: Beats, durable: DurableLife, timer: DurableTimer) {
    this.#beats = beats
    this.#durable = durable
    this.#timer = timer
    this.#next = beats.nextOf(timer)
    this.key = `${beatName} ${timer.key} ${timer.dueMs}`
  }

  get isKept(): boolean {
    return this.#durable.duties.timers.get(this.#timer.key)?.dueMs !== this.#timer.dueMs
  }

  stage(staged: Staged): void {
    ;(staged.timers ??= []).push(this.#next.timer ?? { key: this.#timer.key })
  }

  keep(): void {
    // Only durable actors have such timers.
  }

  done(): void {
    this.#beats.forget(this.#timer.key, this.#timer.dueMs)
    this.#beats.count(this.#next.skipped)
  }

  failed(): void {
    this.#beats.again(this.#timer.key, this.#timer.dueMs)
  }
}
