// C-SINGLE: no two lives of one identity at the same time, each under a higher epoch than the one before, and no write of an older one.
import { broken, kept } from './verdict.ts'
import type { Verdict } from './verdict.ts'

/** A time in which somebody acted as an identity. Times are of one clock that sees all nodes: the simulator's, or one machine's. */
export interface Lived {
  readonly type: 'lived'
  readonly identity: string
  readonly epoch: number
  /** The life of a node that hosted it. */
  readonly node: string
  readonly fromMs: number
  /** The first instant at which it could act no more; undefined if it still could at the end. */
  readonly untilMs?: number | undefined
}

/** Something outside accepted a write of an identity. */
export interface Wrote {
  readonly type: 'wrote'
  readonly identity: string
  readonly epoch: number
  readonly atMs: number
}

export type SingleEvent = Lived | Wrote

/** Guarantees M1 and N2. A life may be interrupted, frozen for a while, and go on under its epoch on its node. */
export function checkSingle(story: readonly SingleEvent[]): Verdict {
  let lives = 0
  for (const [identity, events] of Map.groupBy(story, (event) => event.identity)) {
    const lived = events
      .filter((event) => event.type === 'lived')
      .toSorted((a, b) => a.fromMs - b.fromMs || a.epoch - b.epoch)
    lives += lived.length
    const reason = overlap(lived) ?? staleWrite(events, lived)
    if (reason !== undefined) return broken(`"${identity}": ${reason}`)
  }
  return kept(lives, 'lives')
}

function overlap(lived: readonly Lived[]): string | undefined {
  // By the latest end so far, not by the neighbour: a long life may reach over a short one into a third.
  let longest: Lived | undefined
  let last: Lived | undefined
  for (const life of lived) {
    if (life.untilMs !== undefined && life.untilMs < life.fromMs) return `${told(life)} ends before it begins`
    if (longest !== undefined && life.fromMs < endOf(longest))
      return `${told(life)} began at ${life.fromMs} ms, and ${told(longest)} could act until ${endOf(longest)} ms`
    if (last !== undefined && !follows(last, life)) return `${told(life)} came after ${told(last)}`
    if (longest === undefined || endOf(life) > endOf(longest)) longest = life
    last = life
  }
  return undefined
}

function follows(before: Lived, after: Lived): boolean {
  return after.epoch > before.epoch || (after.epoch === before.epoch && after.node === before.node)
}

/** A write counts as old from the moment that a life of a higher epoch began. */
function staleWrite(events: readonly SingleEvent[], lived: readonly Lived[]): string | undefined {
  for (const event of events) {
    if (event.type !== 'wrote') continue
    const newer = lived.find(({ epoch, fromMs }) => epoch > event.epoch && fromMs < event.atMs)
    if (newer !== undefined)
      return `a write of epoch ${event.epoch} was accepted at ${event.atMs} ms, and ${told(newer)} lived since ${newer.fromMs} ms`
  }
  return undefined
}

function endOf({ untilMs }: Lived): number {
  return untilMs ?? Infinity
}

function told({ epoch, node }: Lived): string {
  return `epoch ${epoch} on ${node}`
}
