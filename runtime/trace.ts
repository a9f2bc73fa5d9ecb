// A trace: what passes through chosen actors, for a bounded time and number of steps.
import { traced } from './cell-flags.ts'
import { Deadline } from './deadline.ts'
import { Fault } from './fault.ts'
import type { Cell } from './cell.ts'
import type { Envelope } from './envelope.ts'

/** Traces that may run at once. */
export const tracesMax = 32
/** Steps that one trace may show. */
export const traceStepsMax = 10_000
/** How long one trace may last, in milliseconds. */
export const traceMsMax = 600_000

/** One thing that happened to a message. */
export interface TraceStep {
  readonly kind: 'sent' | 'handled'
  readonly atMs: number
  /** Empty for senders that are not actors. */
  readonly from: string
  readonly to: string
  readonly message: string
  readonly isAsk: boolean
  /** `handled`, `stashed`, a fault's code or a dead letter's reason. */
  readonly outcome: string
}

/** Where a trace ends: whichever comes first. */
export interface TraceBounds {
  readonly stepsMax: number
  readonly forMs: number
}

interface Trace {
  readonly cell: Cell
  readonly deadline: Deadline
  readonly onStep: (step: TraceStep) => void
  readonly onEnd: () => void
  stepsLeft: number
}

/** All traces of a runtime. An actor that is not traced pays one bit test for each message. */
export class Traces {
  readonly #running = new Set<Trace>()

  get count(): number {
    return this.#running.size
  }

  /**
   * Starts a trace; returns the way to end it early.
   * @throws {Fault} `traces-full` `trace-invalid`
   */
  start(cell: Cell, bounds: TraceBounds, on: Pick<Trace, 'onStep' | 'onEnd'>): () => void {
    this.#check(cell, bounds)
    const { timers, clock } = cell.host
    const trace: Trace = {
      cell,
      deadline: new Deadline(() => this.#end(trace)),
      onStep: on.onStep,
      onEnd: on.onEnd,
      stepsLeft: bounds.stepsMax,
    }
    this.#running.add(trace)
    cell.flags |= traced
    timers.add(trace.deadline, clock.now() + bounds.forMs)
    return () => this.#end(trace)
  }

  sent(cell: Cell, envelope: Envelope): void {
    this.#step(cell, envelope, { kind: 'sent', outcome: '' })
  }

  handled(cell: Cell, envelope: Envelope, outcome: string): void {
    this.#step(cell, envelope, { kind: 'handled', outcome })
  }

  #step(cell: Cell, envelope: Envelope, what: Pick<TraceStep, 'kind' | 'outcome'>): void {
    const step: TraceStep = {
      ...what,
      atMs: cell.host.clock.now(),
      from: envelope.from?.path ?? '',
      to: cell.path,
      message: envelope.name,
      isAsk: envelope.origin?.isAsk === true,
    }
    for (const trace of this.#running) {
      if (trace.cell !== cell) continue
      trace.onStep(step)
      trace.stepsLeft--
      if (trace.stepsLeft === 0) this.#end(trace)
    }
  }

  #end(trace: Trace): void {
    if (!this.#running.delete(trace)) return
    trace.cell.host.timers.remove(trace.deadline)
    const isTracedStill = [...this.#running].some((other) => other.cell === trace.cell)
    if (!isTracedStill) trace.cell.flags &= ~traced
    trace.onEnd()
  }

  #check(cell: Cell, bounds: TraceBounds): void {
    if (this.#running.size >= tracesMax) {
      throw new Fault(
        'traces-full',
        `Cannot trace "${cell.path}": ${this.#running.size} of ${tracesMax} traces run`,
        {
          hint: 'Wait for one to end.',
        },
      )
    }
    const { stepsMax, forMs } = bounds
    const isSound =
      Number.isInteger(stepsMax) &&
      stepsMax >= 1 &&
      stepsMax <= traceStepsMax &&
      forMs >= 1 &&
      forMs <= traceMsMax
    if (isSound) return
    throw new Fault(
      'trace-invalid',
      `Cannot trace "${cell.path}": ${stepsMax} steps within ${forMs} ms are out of bounds`,
      {
        hint: `Ask for 1 to ${traceStepsMax} steps and 1 to ${traceMsMax} ms.`,
      },
    )
  }
}
