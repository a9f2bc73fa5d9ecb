// A sampler: what many actors did since the last look; it costs nothing while nobody looks.
import { busy } from '../runtime/cell-flags.ts'
import { describe } from '../runtime/inspect.ts'
import type { Cell } from '../runtime/cell.ts'
import type { ActorView } from '../runtime/inspect.ts'

/** What a busy list can be sorted by, the highest first. */
export type SampleOrder = 'mailbox' | 'rate' | 'restarts' | 'wait' | 'cpu'

/** One actor over the time between two looks. */
export interface Sample extends ActorView {
  /** Messages handled each second. */
  readonly rate: number
  /** The part of its thread's time that its turns took, from 0 to 1. */
  readonly cpuShare: number
  /** For how long, at least, its first message has waited, in milliseconds; 0 if none waits. */
  readonly waitMs: number
}

interface Seen {
  handled: number
  cpuMs: number
  /** When it was first seen with mail and with this many handled messages. */
  stuckSinceMs: number
}

/** Remembers three numbers for each actor that it saw; actors that have gone are forgotten with the next look. */
export class Sampler {
  #seen = new Map<Cell, Seen>()
  #lookedMs: number | undefined = undefined

  /**
   * Looks at all given actors.
   * @returns the first `limit` of them in that order, and how many messages all of them handled each second; at the first look the rates
   *   are 0
   */
  look(
    cells: Iterable<Cell>,
    nowMs: number,
    wanted: { readonly order: SampleOrder; readonly limit: number },
  ): Look {
    const elapsedMs = this.#lookedMs === undefined ? 0 : nowMs - this.#lookedMs
    const seen = new Map<Cell, Seen>()
    const found: {
      readonly cell: Cell
      readonly handled: number
      readonly cpuMs: number
      readonly waitMs: number
      readonly key: number
    }[] = []
    let actors = 0
    let handledSum = 0
    for (const cell of cells) {
      actors++
      const before = this.#seen.get(cell)
      const handled = before === undefined ? 0 : cell.handled - before.handled
      const stuckSinceMs =
        before === undefined || handled > 0 || cell.waiting === 0 ? nowMs : before.stuckSinceMs
      const cpuMs = before === undefined ? 0 : cell.cpuMs - before.cpuMs
      seen.set(cell, { handled: cell.handled, cpuMs: cell.cpuMs, stuckSinceMs })
      handledSum += handled
      const waitMs = waitOf(cell, nowMs, stuckSinceMs)
      const key = keyOf(cell, wanted.order, { handled, cpuMs, waitMs })
      if (key > 0 || found.length < wanted.limit) found.push({ cell, handled, cpuMs, waitMs, key })
    }
    this.#seen = seen
    this.#lookedMs = nowMs
    const rateOf = (handled: number): number =>
      elapsedMs === 0 ? 0 : Math.round((handled * 1_000) / elapsedMs)
    const shareOf = (cpuMs: number): number =>
      elapsedMs === 0 ? 0 : Math.min(1, Math.round((cpuMs * 1_000) / elapsedMs) / 1_000)
    const first = found.toSorted((a, b) => b.key - a.key).slice(0, wanted.limit)
    return {
      samples: first.map(({ cell, handled, cpuMs, waitMs }) =>
        Object.assign({ rate: rateOf(handled), cpuShare: shareOf(cpuMs), waitMs }, describe(cell)),
      ),
      actors,
      rate: rateOf(handledSum),
    }
  }
}

/** The outcome of one look. */
export interface Look {
  readonly samples: readonly Sample[]
  readonly actors: number
  /** Messages that all of them handled each second. */
  readonly rate: number
}

function waitOf(cell: Cell, nowMs: number, stuckSinceMs: number): number {
  if (cell.waiting === 0) return 0
  const busySinceMs = (cell.flags & busy) === 0 ? undefined : cell.busySinceMs
  return Math.max(0, Math.round(nowMs - Math.min(stuckSinceMs, busySinceMs ?? stuckSinceMs)))
}

function keyOf(
  cell: Cell,
  order: SampleOrder,
  sample: { readonly handled: number; readonly cpuMs: number; readonly waitMs: number },
): number {
  switch (order) {
    case 'mailbox':
      return cell.waiting
    case 'rate':
      return sample.handled
    case 'restarts':
      return cell.rareIfAny?.restarts ?? 0
    case 'wait':
      return sample.waitMs
    case 'cpu':
      return sample.cpuMs
  }
}

/** What a finished sample is sorted by. */
export function sampleKey(sample: Sample, order: SampleOrder): number {
  switch (order) {
    case 'mailbox':
      return sample.waiting
    case 'rate':
      return sample.rate
    case 'restarts':
      return sample.restarts
    case 'wait':
      return sample.waitMs
    case 'cpu':
      return sample.cpuShare
  }
}
