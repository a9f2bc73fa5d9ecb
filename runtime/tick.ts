// A tick: one timer of one actor, and the message that it sends.
import { closed } from './cell-flags.ts'
import { Envelope } from './envelope.ts'
import { Fault } from './fault.ts'
import { deliver } from './router.ts'
import type { Cell } from './cell.ts'
import type { Origin } from './envelope.ts'
import type { TimerEntry } from './timer-queue.ts'

/** Timers that one actor may have at once. */
export const timersMax = 100_000
/** The longest delay: 2^31 - 1 ms, about 24.8 days. */
const delayMsMax = 2_147_483_647

/** What a timer sends, and the key under which it is known. */
export interface TickMessage {
  readonly key: string
  readonly name: string
  readonly payload: unknown
}

/** When: once, or again each period. */
export interface TickTime {
  readonly delayMs: number
  readonly periodMs?: number
}

/** A timer as plain data. */
export interface CapturedTick extends TickMessage {
  readonly periodMs: number | undefined
  /** Until it comes due, negative if it is late; undefined while its only beat waits to be handled. */
  readonly remainingMs: number | undefined
}

/** Sends its message once, or each period; never a second one while the first is unhandled. */
export class Tick implements Origin, TimerEntry {
  dueMs = 0
  seq = 0
  heapIndex = -1
  wanted = true
  readonly isAsk = false
  readonly cause = undefined
  readonly key: string
  readonly #cell: Cell
  readonly #name: string
  readonly #payload: unknown
  readonly #periodMs: number | undefined
  #isUnhandled: boolean

  constructor(cell: Cell, message: TickMessage, periodMs: number | undefined, isUnhandled: boolean = false) {
    this.#isUnhandled = isUnhandled
    this.#cell = cell
    this.key = message.key
    this.#name = message.name
    this.#payload = message.payload
    this.#periodMs = periodMs
  }

  due(): void {
    const { host, flags } = this.#cell
    // Who takes no more mail has no use for a beat, and each would be a dead letter of its own.
    if ((flags & closed) !== 0) return
    if (this.#periodMs !== undefined) {
      // Beats keep to the grid of the first one; those that a busy thread missed are skipped, not made up for.
      const missed = Math.floor(Math.max(0, host.clock.now() - this.dueMs) / this.#periodMs)
      host.totals.timerBeatsSkipped += missed
      host.timers.add(this, this.dueMs + (missed + 1) * this.#periodMs)
    }
    if (this.#isUnhandled) {
      host.totals.timerBeatsSkipped++
      return
    }
    this.#isUnhandled = true
    deliver(this.#cell, new Envelope(this.#cell, this.#name, this.#payload, this.#cell, this))
  }

  settle(): void {
    this.#handled()
  }

  refuse(): void {
    this.#handled()
  }

  /** Lets it go on, due in `remainingMs` and each period from then on. */
  resumeIn(remainingMs: number): void {
    const { timers, clock } = this.#cell.host
    timers.add(this, clock.now() + remainingMs)
  }

  capture(nowMs: number): CapturedTick {
    const remainingMs = this.heapIndex < 0 ? undefined : this.dueMs - nowMs
    return {
      key: this.key,
      name: this.#name,
      payload: this.#payload,
      periodMs: this.#periodMs,
      remainingMs,
    }
  }

  cancel(): void {
    this.wanted = false
    this.#cell.host.timers.remove(this)
  }

  #handled(): void {
    this.#isUnhandled = false
    if (this.#periodMs === undefined && this.wanted) this.#cell.rareIfAny?.timers?.delete(this.key)
  }
}

/** Starts a timer under its key, in place of the one that had it. @throws {Fault} `timer-invalid` `timers-full` `message-unknown` */
export function startTick(cell: Cell, message: TickMessage, time: TickTime): void {
  checkTick(cell, message, time)
  const timers = (cell.rare.timers ??= new Map<string, Tick>())
  timers.get(message.key)?.cancel()
  const tick = new Tick(cell, message, time.periodMs)
  timers.set(message.key, tick)
  cell.host.timers.add(tick, cell.host.clock.now() + time.delayMs)
}

/** Makes a timer anew that was captured; it does not run yet. */
export function restoreTick(cell: Cell, timer: CapturedTick, isUnhandled: boolean): Tick {
  const tick = new Tick(cell, timer, timer.periodMs, isUnhandled)
  const timers = (cell.rare.timers ??= new Map<string, Tick>())
  timers.set(timer.key, tick)
  return tick
}

/** All timers of a cell. */
export function ticksOf(cell: Cell): Tick[] {
  // Only this file puts any in.
  return [...(cell.rareIfAny?.timers?.values() ?? [])] as Tick[]
}

/** Stops the timer of that key; says whether there was one. */
export function cancelTick(cell: Cell, key: string): boolean {
  const timers = cell.rareIfAny?.timers
  const tick = timers?.get(key)
  if (timers === undefined || tick === undefined) return false
  tick.cancel()
  timers.delete(key)
  return true
}

/** Stops all timers of an actor, as at the end of each life. */
export function cancelAllTicks(cell: Cell): void {
  const timers = cell.rareIfAny?.timers
  if (timers === undefined) return
  for (const tick of timers.values()) tick.cancel()
  timers.clear()
}

function checkTick(cell: Cell, message: TickMessage, time: TickTime): void {
  const attempt = `Cannot start timer "${message.key}" of "${cell.path}"`
  if (!cell.definition.understands(message.name)) {
    throw new Fault('message-unknown', `${attempt}: no behaviour has a message "${message.name}"`, {
      hint: `Use one of: ${cell.definition.messages().join(', ')}.`,
    })
  }
  const isPeriod = time.periodMs !== undefined
  const ms = time.periodMs ?? time.delayMs
  if (!Number.isFinite(ms) || ms < (isPeriod ? 1 : 0) || ms > delayMsMax) {
    throw new Fault(
      'timer-invalid',
      `${attempt}: ${String(ms)} is not a time of ${isPeriod ? 1 : 0} to ${delayMsMax} ms`,
      {
        hint: 'Give the time in milliseconds.',
      },
    )
  }
  const timers = cell.rareIfAny?.timers
  if (timers !== undefined && timers.size >= timersMax && !timers.has(message.key)) {
    throw new Fault('timers-full', `${attempt}: it has ${timers.size} of ${timersMax} timers`, {
      hint: 'Use one key again, or one timer that looks after many things.',
    })
  }
}
