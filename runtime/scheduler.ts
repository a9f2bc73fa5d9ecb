// The scheduler: whose turn it is. One run queue, short turns, and a way out to the event loop before anybody waits long.
import { outsideOfActors } from './context.ts'
import { CpuMeter } from './cpu-meter.ts'
import type { Clock } from './clock.ts'
import type { Metered } from './cpu-meter.ts'
import type { Random } from './random.ts'

/** Messages that an actor may handle before the next one has its turn; 8 to 64 measured alike. */
export const turnMessagesMax = 32
/** How long the pump runs before I/O and timers get their share, in milliseconds. */
export const pumpMsMax = 0.25
/** Messages between two looks at the clock while messages are cheap; one look costs as much as two messages. */
const checkMessagesMax = 32

/** The `readyMs` of who does not stand in the queue. */
export const notQueued = -1

/** Who can stand in the run queue, once at a time. */
export interface Runnable extends Metered {
  runNext: Runnable | undefined
  /** The coarse time at which it was queued, in whole milliseconds, or `notQueued`. */
  readyMs: number
}

/** Gives one runnable its turn of at most `budget` messages; returns how many it handled and leaves it wanting more or not. */
export type Turn<R extends Runnable> = (runnable: R, budget: number) => number

/**
 * Fair before fast. The pump starts by microtask and gives way with `clock.later` once it has run for `pumpMsMax`. How often it looks at
 * the clock follows what messages cost, down to each single one. The measure goes on across pumps, so that a chain of awaits cannot keep
 * the event loop waiting either.
 */
export class Scheduler<R extends Runnable> {
  readonly #clock: Clock
  readonly #turn: Turn<R>
  readonly #wants: (runnable: R) => boolean
  readonly #resumes: ((nowMs: number) => void) | undefined
  readonly #shuffle: Random | undefined
  readonly #meter: CpuMeter<R>
  #first: R | undefined = undefined
  #last: R | undefined = undefined
  #isArmed = false
  #isRunning = false
  #mustYield = false
  #pumpStartMs = 0
  #checkedMs = 0
  #checkEvery = checkMessagesMax
  #checkAfter = checkMessagesMax
  #untilCheck = checkMessagesMax
  #coarseMs = 0
  #recordMs = 0
  #isRecordFresh = false
  #mayRun: (() => boolean) | undefined = undefined
  #isFrozen = false
  /** How many turns began after a wait of under 1 ms, 2, 4, … 2^30 ms: the always-on picture of mailbox waits. */
  readonly waits: Uint32Array = new Uint32Array(32)
  readonly #pump: () => void = outsideOfActors(() => {
    this.#meter.begin(this.#checkEvery)
    this.#run()
  })
  readonly #nextPump: () => void = outsideOfActors(() => {
    this.#look()
    this.#pumpStartMs = this.#checkedMs
    this.#meter.start(this.#checkedMs)
    this.#mustYield = false
    try {
      this.#resumes?.(this.#checkedMs)
    } finally {
      // The pump must go on whatever happens: nobody else would start it again.
      this.#run()
    }
  })

  /**
   * @param on.turn handles a runnable's messages
   * @param on.wants says whether it must stand in the queue again
   * @param on.carry takes over microseconds that a runnable's `cpu` has no more room for
   * @param on.resumes hears the time whenever the pump goes on after it gave way; must not throw
   * @param shuffle for tests: picks any runnable instead of the first; the seed then decides the order across actors
   */
  constructor(
    clock: Clock,
    on: {
      turn: Turn<R>
      wants: (runnable: R) => boolean
      carry?: (runnable: R, microseconds: number) => void
      resumes?: (nowMs: number) => void
    },
    shuffle?: Random,
  ) {
    this.#clock = clock
    this.#turn = on.turn
    this.#wants = on.wants
    this.#resumes = on.resumes
    this.#shuffle = shuffle
    this.#meter = new CpuMeter(clock, on.carry ?? (() => undefined))
    this.#look()
  }

  /**
   * Whole milliseconds for records, not for deadlines: a pump looks once for all records between two checks, elsewhere each is exact.
   * Not the coarse time: that stands still while nobody has a turn, and a record may come first after an idle hour.
   */
  get recordMs(): number {
    if (!this.#isRunning || !this.#isRecordFresh) {
      this.#recordMs = Math.floor(this.#clock.now())
      this.#isRecordFresh = true
    }
    return this.#recordMs
  }

  /** Whether nobody has a turn, because the guard has said no. */
  get isFrozen(): boolean {
    return this.#isFrozen
  }

  /**
   * Asks before each run of turns whether there may be one; once the answer was no, nobody has a turn until `thaw`. So a process that was
   * stopped between two turns finds out before the next what it may no longer do.
   */
  guard(mayRun: () => boolean): void {
    this.#mayRun = mayRun
  }

  /** The guard says yes again, or is asked once more. */
  thaw(): void {
    if (!this.#isFrozen) return
    this.#isFrozen = false
    if (this.#first === undefined) this.#isArmed = false
    else this.#clock.later(this.#nextPump)
  }

  /** Puts a runnable last in the queue unless it stands there. */
  ready(runnable: R): void {
    if (runnable.readyMs !== notQueued) return
    runnable.readyMs = this.#coarseMs
    if (this.#last === undefined) this.#first = runnable
    else this.#last.runNext = runnable
    this.#last = runnable
    if (!this.#isArmed) this.#arm()
  }

  #arm(): void {
    this.#isArmed = true
    if (this.#mustYield) this.#clock.later(this.#nextPump)
    else this.#clock.soon(this.#pump)
  }

  #run(): void {
    if (this.#mayRun?.() === false) {
      // It stays armed, so that nothing starts it but a thaw.
      this.#isFrozen = true
      return
    }
    this.#isRunning = true
    this.#isRecordFresh = false
    this.#takeTurns()
    this.#isRunning = false
  }

  #takeTurns(): void {
    let runnable = this.#take()
    while (runnable !== undefined) {
      const waitedMs = this.#coarseMs - runnable.readyMs
      const bucket = waitedMs === 0 ? 0 : 32 - Math.clz32(waitedMs)
      this.waits[bucket] = (this.waits[bucket] ?? 0) + 1
      const budget = this.#untilCheck < turnMessagesMax ? this.#untilCheck : turnMessagesMax
      // A turn that handled nothing still cost something: a queue of such turns must not keep the clock unread.
      const isTimed = ((runnable.cpu | this.#meter.timing) & 1) !== 0
      const handled = (isTimed ? this.#timed(runnable, budget) : this.#turn(runnable, budget)) || 1
      runnable.readyMs = notQueued
      if (this.#wants(runnable)) this.ready(runnable)
      this.#untilCheck -= handled
      if (this.#untilCheck <= 0) {
        this.#check(runnable, handled)
        if (this.#mustYield && this.#first !== undefined) {
          this.#clock.later(this.#nextPump)
          return
        }
      }
      const next = this.#take()
      if (next === undefined) this.#meter.end(runnable)
      runnable = next
    }
    this.#isArmed = false
  }

  #timed(runnable: R, budget: number): number {
    const startMs = this.#clock.now()
    const handled = this.#turn(runnable, budget)
    this.#meter.timed(runnable, this.#clock.now() - startMs)
    return handled
  }

  #take(): R | undefined {
    const first = this.#first
    if (first === undefined) return undefined
    if (this.#shuffle !== undefined) this.#rotate(this.#shuffle)
    const runnable = this.#first ?? first
    // Only `ready` links runnables, and it links what it was given: an R.
    this.#first = runnable.runNext as R | undefined
    if (this.#first === undefined) this.#last = undefined
    runnable.runNext = undefined
    return runnable
  }

  /** Turns the queue by a random number of places. */
  #rotate(random: Random): void {
    for (let places = random.integer(8); places > 0; places--) {
      const moved = this.#first
      if (moved === undefined || moved === this.#last) return
      this.#first = moved.runNext as R | undefined
      moved.runNext = undefined
      if (this.#last !== undefined) this.#last.runNext = moved
      this.#last = moved
    }
  }

  #look(): void {
    this.#checkedMs = this.#clock.now()
    this.#coarseMs = Math.floor(this.#checkedMs) | 0
    this.#checkAfter = this.#untilCheck = this.#checkEvery
    this.#isRecordFresh = false
  }

  #check(last: R, handled: number): void {
    const before = this.#checkedMs
    const every = this.#checkAfter
    this.#look()
    this.#meter.look(this.#checkedMs, last, handled >= every)
    const eachMs = (this.#checkedMs - before) / every
    const affordable = eachMs > 0 ? Math.floor(pumpMsMax / 4 / eachMs) : checkMessagesMax
    this.#checkEvery = Math.max(1, Math.min(checkMessagesMax, affordable))
    this.#checkAfter = this.#untilCheck = this.#meter.dithered(this.#checkEvery)
    this.#mustYield = this.#checkedMs - this.#pumpStartMs >= pumpMsMax
  }
}
