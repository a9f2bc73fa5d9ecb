// An ask: a message whose sender waits, until exactly one ending.
import { Fault } from './fault.ts'
import type { Envelope, Origin, Party } from './envelope.ts'
import type { TimerEntry, TimerQueue } from './timer-queue.ts'

/** How long an ask or offer waits unless told otherwise, in milliseconds. */
export const timeoutMsDefault = 5_000
/** The longest it may wait: 2^31 - 1 ms, about 24.8 days. */
export const timeoutMsMax = 2_147_483_647

/** How the asks of a runtime ended; `opened` is the sum of the others and of those that wait. */
export class AskCounters {
  opened = 0
  replied = 0
  faulted = 0
  expired = 0
  /** Endings that came after the ending: never delivered, always counted. */
  late = 0

  get waiting(): number {
    return this.opened - this.replied - this.faulted - this.expired
  }
}

/** Ends once: with a reply, a fault, or at its deadline; what comes later is counted and dropped. */
export class Ask implements Origin, TimerEntry {
  dueMs = 0
  seq = 0
  heapIndex = -1
  readonly isAsk = true
  readonly cause: Envelope | undefined
  readonly promise: Promise<unknown>
  readonly #to: Party
  readonly #name: string
  readonly #timers: TimerQueue
  readonly #counters: AskCounters
  /** Where this ask is known by a number to others, while it is open. */
  table: { delete(id: number): void } | undefined = undefined
  id = 0
  #timeoutMs = 0
  #isOpen = true
  #resolve: ((reply: unknown) => void) | undefined = undefined
  #reject: ((fault: Fault) => void) | undefined = undefined

  constructor(
    message: { readonly to: Party; readonly name: string; readonly cause: Envelope | undefined },
    timers: TimerQueue,
    counters: AskCounters,
  ) {
    this.#to = message.to
    this.#name = message.name
    this.cause = message.cause
    this.#timers = timers
    this.#counters = counters
    counters.opened++
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
  }

  /** Starts the deadline. */
  expireAt(nowMs: number, timeoutMs: number): void {
    this.#timeoutMs = timeoutMs
    this.#timers.add(this, nowMs + timeoutMs)
  }

  get wanted(): boolean {
    return this.#isOpen
  }

  settle(reply: unknown): void {
    if (!this.#close()) return
    this.#counters.replied++
    this.#resolve?.(reply)
  }

  refuse(fault: Fault): void {
    if (!this.#close()) return
    this.#counters.faulted++
    this.#reject?.(fault)
  }

  /** The deadline has come: called by the timer queue. */
  due(): void {
    if (!this.#isOpen) return
    this.#isOpen = false
    this.table?.delete(this.id)
    this.#counters.expired++
    const attempt = `Cannot ask "${this.#to.path}" for "${this.#name}"`
    this.#reject?.(
      new Fault('ask-expired', `${attempt}: no reply within ${this.#timeoutMs} ms, the outcome is unknown`, {
        hint: 'Look at the actor with "why"; ask again only if handling the message twice does no harm.',
        outcome: 'unknown',
        details: { timeoutMs: this.#timeoutMs },
      }),
    )
  }

  #close(): boolean {
    if (!this.#isOpen) {
      this.#counters.late++
      return false
    }
    this.#isOpen = false
    this.table?.delete(this.id)
    this.#timers.remove(this)
    return true
  }
}

/** Reads a deadline that a caller gave. @throws {Fault} `timeout-invalid` */
export function timeoutOf(options: { readonly timeoutMs?: number } | undefined): number {
  const timeoutMs = options?.timeoutMs
  if (timeoutMs === undefined) return timeoutMsDefault
  if (Number.isFinite(timeoutMs) && timeoutMs >= 1 && timeoutMs <= timeoutMsMax) return timeoutMs
  throw new Fault(
    'timeout-invalid',
    `Cannot wait for ${String(timeoutMs)} ms: a deadline is 1 to ${timeoutMsMax} ms`,
    {
      hint: 'Give timeoutMs in milliseconds, or leave it out for 5,000.',
    },
  )
}
