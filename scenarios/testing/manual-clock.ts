// A manual clock: time that stands still until a test moves it.
import { SystemClock } from '../../node/system-clock.ts'
import { Fault } from '../../runtime/fault.ts'
import { invariant } from '../../runtime/invariant.ts'
import type { Alarm, Clock } from '../../runtime/clock.ts'

/** Looks at the clock, calls through it and alarms while the time stands still; more means that something never ends. */
export const clockStepsMax = 1_000_000
/** What `wall` says at the start unless told otherwise: 2026-01-01T00:00:00Z. */
export const wallStartMs = 1_767_225_600_000

export interface ManualClockOptions {
  /** What `wall` says at the start, in milliseconds since 1970. */
  readonly wallMs?: number
  /** Default `clockStepsMax`. */
  readonly stepsMax?: number
}

interface ManualAlarm extends Alarm {
  readonly atMs: number
  readonly run: () => void
}

/**
 * A Clock for tests; it starts at 0.
 *
 * `soon` is the real microtask queue. `later` is a queue whose calls come one by one, each in a microtask of its own: so a test that only
 * awaits an ask goes on without anybody moving the clock, and what was given to `soon` before comes before. Alarms run in `advance` alone.
 *
 * The real event loop is used for one thing: `advance` and `settle` let it turn once, the only way to know that no microtask is left.
 * They do not wait for real I/O or real timers.
 *
 * Whoever keeps the clock busy without end, such as two actors that tell each other for ever, gets the fault `clock-busy` from the clock;
 * `advance` and `settle` throw it too, then and from then on.
 */
export class ManualClock implements Clock {
  readonly #loop = new SystemClock()
  readonly #wallMs: number
  readonly #stepsMax: number
  /** In the order they were set. */
  readonly #alarms = new Set<ManualAlarm>()
  readonly #laters = new Set<{ readonly run: () => void }>()
  #nowMs = 0
  #steps = 0
  #isMoving = false
  #busy: Fault | undefined = undefined
  readonly #pump: () => void = () => this.#runLater()

  constructor(options: ManualClockOptions = {}) {
    this.#wallMs = options.wallMs ?? wallStartMs
    this.#stepsMax = options.stepsMax ?? clockStepsMax
  }

  /** Alarms that have neither run nor been cancelled: one that is left when everything is closed has leaked. */
  get pendingAlarms(): number {
    return this.#alarms.size
  }

  /** When the next alarm rings; Infinity without one. */
  get nextAlarmMs(): number {
    return this.#nextAlarm(Infinity)?.atMs ?? Infinity
  }

  /** Moves only in `advance`. @throws {Fault} `clock-busy` */
  now(): number {
    this.#step()
    return this.#nowMs
  }

  wall(): number {
    return this.#wallMs + this.#nowMs
  }

  alarm(atMs: number, run: () => void): Alarm {
    invariant(!Number.isNaN(atMs), 'An alarm was set to a time that is not a number')
    const alarm: ManualAlarm = { atMs, run, cancel: () => void this.#alarms.delete(alarm) }
    this.#alarms.add(alarm)
    return alarm
  }

  /** @throws {Fault} `clock-busy` */
  soon(run: () => void): void {
    this.#step()
    this.#loop.soon(() => this.#call(run))
  }

  /** @throws {Fault} `clock-busy` */
  later(run: () => void): void {
    this.#step()
    this.#laters.add({ run })
    if (this.#laters.size === 1) this.#loop.soon(this.#pump)
  }

  /**
   * Moves the time on by `ms`, stopping at each alarm on the way. Alarms run in the order of their times, then of their setting; before,
   * between and after them all work runs that they or the test have caused.
   * @throws {Fault} `clock-busy` the work does not end, or another `advance` or `settle` is under way
   */
  async advance(ms: number): Promise<void> {
    invariant(ms >= 0 && ms < Infinity, 'A clock was advanced by what is not a time from 0 up')
    await this.#move(this.#nowMs + ms)
  }

  /** Lets all work run that waits, without moving the time. @throws {Fault} `clock-busy` */
  async settle(): Promise<void> {
    await this.#move(undefined)
  }

  async #move(targetMs: number | undefined): Promise<void> {
    if (this.#isMoving) throw busyFault(this.#nowMs, 'another advance or settle has not ended')
    this.#isMoving = true
    this.#steps = 0
    try {
      await this.#drain()
      if (targetMs !== undefined) await this.#reach(targetMs)
    } finally {
      this.#isMoving = false
    }
  }

  async #reach(targetMs: number): Promise<void> {
    for (let alarm = this.#nextAlarm(targetMs); alarm !== undefined; alarm = this.#nextAlarm(targetMs)) {
      this.#alarms.delete(alarm)
      this.#moveTo(alarm.atMs)
      this.#step()
      alarm.run()
      // One alarm after the other, each with all that it causes: that is what this method is for.
      await this.#drain()
    }
    this.#moveTo(targetMs)
  }

  #nextAlarm(targetMs: number): ManualAlarm | undefined {
    let next: ManualAlarm | undefined
    for (const alarm of this.#alarms) {
      if (alarm.atMs <= targetMs && (next === undefined || alarm.atMs < next.atMs)) next = alarm
    }
    return next
  }

  #moveTo(ms: number): void {
    if (ms <= this.#nowMs) return
    this.#nowMs = ms
    this.#steps = 0
  }

  /** A turn of the event loop begins only when no microtask is left, and the calls of `later` are microtasks. */
  async #drain(): Promise<void> {
    await new Promise<void>((resolve) => this.#loop.later(resolve))
    if (this.#busy !== undefined) throw this.#busy
  }

  #runLater(): void {
    const [call] = this.#laters
    if (call === undefined) return
    this.#laters.delete(call)
    if (this.#laters.size > 0) this.#loop.soon(this.#pump)
    this.#call(call.run)
  }

  /** What the clock itself has thrown is told by `advance` and `settle`; thrown from here it would end the process. */
  #call(run: () => void): void {
    try {
      run()
    } catch (error) {
      if (error !== this.#busy) throw error
    }
  }

  #step(): void {
    this.#steps++
    if (this.#steps <= this.#stepsMax) return
    this.#busy ??= busyFault(
      this.#nowMs,
      `${this.#stepsMax} steps, the most allowed, have not ended the work`,
    )
    throw this.#busy
  }
}

function busyFault(nowMs: number, state: string): Fault {
  return new Fault('clock-busy', `Cannot go on at ${nowMs} ms of the manual clock: ${state}`, {
    hint: 'Look for actors that tell each other without end, and await each advance and settle before the next.',
  })
}
