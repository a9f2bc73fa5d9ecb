// Balancing: measures what the roots take and whom the threads talk to, plans moves and makes them one after the other.
import { Fault } from '../../runtime/fault.ts'
import { imbalance, planMoves } from '../threads/rebalance.ts'
import { callerIn, ratesOf, talkOf } from '../threads/root-rates.ts'
import { gather } from './gather.ts'
import { shares } from './shares.ts'
import { unlessAborted, within } from './within.ts'
import type { FaultRecord } from '../../runtime/fault.ts'
import type { Node } from '../node.ts'
import type { BalanceFacts, BalanceRoot, BalanceThread } from '../threads/balance-board.ts'
import type { Fleet } from '../threads/fleet.ts'
import type { ThreadShares } from '../threads/root-rates.ts'
import type { Goal, PlannedMove } from '../threads/rebalance.ts'

export interface BalanceInput {
  readonly over: number
  readonly limit: number
  readonly dryRun: boolean
}

/** A move of the plan and what became of it. */
export interface BalanceMove extends PlannedMove {
  readonly outcome: 'planned' | 'moved' | 'refused'
  readonly pausedMs: number | null
  /** Why it was refused; null if it was not. */
  readonly fault: FaultRecord | null
}

export interface Balanced {
  readonly goal: Goal
  /** For how long it was measured, in milliseconds. */
  readonly overMs: number
  /** Difference between the busiest and the idlest thread as a part of a thread's time, as it is and as it would be. */
  readonly imbalanceBefore: number
  readonly imbalanceAfter: number
  /** Roots that were looked at. */
  readonly roots: number
  readonly moves: readonly BalanceMove[]
}

/** @throws {Fault} `thread-unknown` the node has no threads */
export async function balance(
  node: Node,
  goal: Goal,
  { over, limit, dryRun }: BalanceInput,
  signal: AbortSignal,
): Promise<Balanced> {
  const { fleet } = node
  if (fleet === undefined) throw noThreads(goal)
  const looked = { input: null, signal }
  const before = await gather(node, shares, looked)
  const { clock } = node.runtime.host
  await within(clock, { ms: over, signal }, new Promise<never>(() => {}))
  const after = await gather(node, shares, looked)
  const facts = factsOf(fleet, { before: before.parts, after: after.parts, nowMs: clock.now() })
  const plan = planMoves(goal, facts, { movesMax: limit }).map(inWords)
  const moves: BalanceMove[] = []
  for (const planned of plan) {
    // One after the other: each is a pause, and the next one may not be wanted any more.
    moves.push(dryRun ? { ...planned, ...untried } : await tryMove(fleet, planned, signal))
  }
  return {
    goal,
    overMs: over,
    imbalanceBefore: imbalance(facts),
    imbalanceAfter: imbalance(afterwards(facts, moves)),
    roots: facts.roots.filter(({ moves: isFree }) => isFree).length,
    moves,
  }
}

/** A thread that stands for its callers is not to be taken for an actor. */
function inWords(move: PlannedMove): PlannedMove {
  return { ...move, why: move.why.replace(/"thread (\d+)" in thread \1/, 'those in thread $1') }
}

const untried = { outcome: 'planned', pausedMs: null, fault: null } as const

async function tryMove(fleet: Fleet, planned: PlannedMove, signal: AbortSignal): Promise<BalanceMove> {
  try {
    const { pausedMs } = await unlessAborted(signal, fleet.move(planned.path, planned.to))
    return { ...planned, outcome: 'moved', pausedMs: Math.round(pausedMs * 1_000) / 1_000, fault: null }
  } catch (error) {
    if (!Fault.is(error) || error.code === 'command-cancelled') throw error
    return { ...planned, outcome: 'refused', pausedMs: null, fault: error.toJSON() }
  }
}

/** Where the roots would be, or are. */
function afterwards(facts: BalanceFacts, moves: readonly BalanceMove[]): BalanceFacts {
  const to = new Map(
    moves.flatMap(({ path, to: slot, outcome }) => (outcome === 'refused' ? [] : [[path, slot] as const])),
  )
  return { ...facts, roots: facts.roots.map((root) => ({ ...root, slot: to.get(root.path) ?? root.slot })) }
}

interface Looks {
  readonly before: readonly ThreadShares[]
  readonly after: readonly ThreadShares[]
  readonly nowMs: number
}

function factsOf(fleet: Fleet, { before, after, nowMs }: Looks): BalanceFacts {
  const { homes } = fleet.office
  const roots = ratesOf(before, after).map((root) =>
    Object.assign({ movedMs: homes.get(root.path)?.movedMs }, root),
  )
  const threads = fleet.crew.serving.map(({ slot, status }) => ({
    slot,
    status: status === 'spare' ? ('up' as const) : status,
    otherShare: 0,
  }))
  return { nowMs, roots: [...roots, ...callersOf(threads)], threads, talk: talkOf({ before, after, roots }) }
}

function callersOf(threads: readonly BalanceThread[]): BalanceRoot[] {
  return threads.map(({ slot }) => ({ path: callerIn(slot), slot, cpuShare: 0, rate: 0, moves: false }))
}

function noThreads(goal: Goal): Fault {
  return new Fault('thread-unknown', `Cannot ${goal} actors: the node has no threads`, {
    hint: 'Start it with --threads 2.',
  })
}
