// A rebalance plan: which roots should move to which thread, and why. A decision; nothing moves before somebody carries it out.
import { BalanceBoard } from './balance-board.ts'
import type { BalanceFacts, BalanceRoot, TalkRate } from './balance-board.ts'

/** Moves of one plan: each is a pause for one actor, and what the first ones did should be measured before more follow. */
const movesMaxDefault = 10
/** Difference between the busiest and the idlest thread that is left alone, as a part of a thread's time. */
const toleranceShareDefault = 0.15
/** How long a root that has moved stays, so that it does not go to and fro. */
const recoveryMsDefault = 60_000
/** Messages each second that a move must keep within a thread to be worth it. */
const gainRateMin = 20
/** The part of the tolerance that a move must gain to be worth it. */
const gainOfTolerance = 1 / 8
/** What a message between threads costs more than one within, as a part of a thread's time if there is one each second: 2 µs. */
const crossingShare = 2e-6

/** Sums of shares differ by their order. */
const roundingShare = 1e-9

/** `spread`: all threads equally busy. `rebalance`: those that talk much to each other together, as far as the threads stay balanced. */
export type Goal = 'spread' | 'rebalance'

export interface BalanceOptions {
  readonly movesMax?: number
  readonly toleranceShare?: number
  readonly recoveryMs?: number
}

export interface PlannedMove {
  readonly path: string
  readonly from: number
  readonly to: number
  /** With `spread` the part of a thread's time by which the two come closer; with `rebalance` messages each second that no longer cross. */
  readonly gain: number
  /** One line for people. */
  readonly why: string
}

/**
 * Plans moves, the best first, to be done in their order. Each root moves once at most. After each of them the threads are no further apart
 * than before, or within the tolerance. After Orleans' activation repartitioning: greedy, bounded, with a tolerance and a recovery time;
 * other than there, no swaps.
 */
export function planMoves(goal: Goal, facts: BalanceFacts, options: BalanceOptions = {}): PlannedMove[] {
  const tolerance = options.toleranceShare ?? toleranceShareDefault
  const recoveryMs = options.recoveryMs ?? recoveryMsDefault
  const board = new BalanceBoard(facts)
  const free = new Set(
    facts.roots.filter(
      ({ slot, moves, movedMs }) =>
        moves && board.has(slot) && (movedMs === undefined || facts.nowMs >= movedMs + recoveryMs),
    ),
  )
  const plan: PlannedMove[] = []
  while (plan.length < (options.movesMax ?? movesMaxDefault)) {
    const next =
      goal === 'spread'
        ? spreading(board, free, tolerance)
        : joining(board, { free, tolerance, talk: facts.talk })
    if (next === undefined) break
    board.move(next.root, next.to)
    free.delete(next.root)
    const { root, from, to, gain, why } = next
    plan.push({ path: root.path, from, to, gain, why })
  }
  return plan
}

/** How far the busiest and the idlest thread are apart. */
export function imbalance(facts: BalanceFacts): number {
  return new BalanceBoard(facts).imbalance
}

interface Candidate {
  readonly root: BalanceRoot
  readonly from: number
  readonly to: number
  readonly gain: number
  readonly why: string
}

/** From the busiest thread that can give something to the idlest that can take it. */
function spreading(
  board: BalanceBoard,
  free: ReadonlySet<BalanceRoot>,
  tolerance: number,
): Candidate | undefined {
  const slots = board.slotsByLoad()
  for (const from of slots.toReversed()) {
    const roots = [...free].filter((root) => board.slotOf(root.path) === from)
    for (const to of slots) {
      const gap = board.load(from) - board.load(to)
      if (gap <= tolerance) break
      const root = bestToGive(board, roots, { from, to, gap, gainMin: tolerance * gainOfTolerance })
      if (root === undefined) continue
      const why = `thread ${from} is ${percent(board.load(from))} busy, thread ${to} ${percent(board.load(to))}; it takes ${percent(board.loadOf(root))}`
      return { root, from, to, gain: relief(board.loadOf(root), gap), why }
    }
  }
  return undefined
}

function bestToGive(
  board: BalanceBoard,
  roots: readonly BalanceRoot[],
  between: { readonly from: number; readonly to: number; readonly gap: number; readonly gainMin: number },
): BalanceRoot | undefined {
  const { from, to, gap, gainMin } = between
  let best: BalanceRoot | undefined
  let bestGain = 0
  for (const root of roots) {
    const relieved = relief(board.loadOf(root), gap)
    if (relieved < gainMin || relieved <= 0) continue
    // Moved away from its friends it makes work; among equals those without friends go.
    const gain = relieved + board.kept(root.path, { from, to }) * crossingShare
    if (gain > bestGain || (gain === bestGain && best !== undefined && root.path < best.path)) {
      best = root
      bestGain = gain
    }
  }
  return best
}

/** By how much the busier of two threads gets less busy than it was, without the other one getting busier than that. */
function relief(load: number, gap: number): number {
  return Math.min(load, gap - load)
}

/** The move that keeps most messages within a thread. */
function joining(
  board: BalanceBoard,
  {
    free,
    tolerance,
    talk,
  }: {
    readonly free: ReadonlySet<BalanceRoot>
    readonly tolerance: number
    readonly talk: readonly TalkRate[]
  },
): Candidate | undefined {
  const byPath = new Map([...free].map((root) => [root.path, root]))
  let best: Candidate | undefined
  for (const { a, b } of talk) {
    for (const [path, other] of [
      [a, b],
      [b, a],
    ] as const) {
      const candidate = toJoin(board, byPath.get(path), { other, tolerance })
      if (candidate !== undefined && (best === undefined || isBetter(candidate, best))) best = candidate
    }
  }
  return best
}

function toJoin(
  board: BalanceBoard,
  root: BalanceRoot | undefined,
  { other, tolerance }: { readonly other: string; readonly tolerance: number },
): Candidate | undefined {
  const to = board.slotOf(other)
  const from = root === undefined ? undefined : board.slotOf(root.path)
  if (root === undefined || from === undefined || to === undefined || from === to) return undefined
  const gain = board.kept(root.path, { from, to })
  if (!(gain >= gainRateMin)) return undefined
  const after = board.imbalanceAfter(root, to)
  if (after > Math.max(tolerance, board.imbalance) + roundingShare) return undefined
  const rate = Math.round(board.rateBetween(root.path, other))
  const why = `it and "${other}" in thread ${to} send each other ${rate} messages/s; ${Math.round(gain)} fewer cross in all`
  return { root, from, to, gain, why }
}

function isBetter(one: Candidate, other: Candidate): boolean {
  if (one.gain !== other.gain) return one.gain > other.gain
  return one.root.path === other.root.path ? one.to < other.to : one.root.path < other.root.path
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`
}
