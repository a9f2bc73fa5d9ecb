// After a loss: what becomes of the roots of a thread that is gone. A decision; who spawns them again is elsewhere.
import { spend } from '../../supervisors/budget.ts'
import type { Exit } from '../../runtime/exit.ts'
import { failedExit, NODE_LOST, STOPPED } from '../../runtime/exit.ts'
import { Fault } from '../../runtime/fault.ts'
import type { RestartType } from '../../runtime/supervision.ts'
import type { BudgetLimits } from '../../supervisors/budget.ts'

/** Strikes that a root may have; a loss that it is suspected of counts two. One loss in its own thread after that, and it is given up. */
export const lossBudgetDefault: BudgetLimits = Object.freeze({ intensity: 3, periodMs: 60_000 })

/** What is remembered of a root from loss to loss; a new root has none. */
export interface LossRecord {
  /** When threads were lost in which it lived, oldest first. */
  readonly losses: readonly number[]
  /** What counts against it, oldest first. */
  readonly strikes: readonly number[]
}

/** A root of the lost thread. */
export interface LostRoot {
  readonly path: string
  readonly restart: RestartType
  /** Its end was under way. */
  readonly isEnding: boolean
  /** A handler of its tree ran when the thread was lost; undefined if that is not known. */
  readonly wasRunning: boolean | undefined
  /** In what kind of thread it lived. */
  readonly home: 'shared' | 'dedicated' | 'quarantine'
  readonly record: LossRecord
}

export interface LossFacts {
  readonly nowMs: number
  /** The node ended the thread on purpose, for no fault of an actor: nothing counts against anybody. */
  readonly isBlameless: boolean
  /** A quarantine thread can be had. */
  readonly hasQuarantine: boolean
  readonly budget?: BudgetLimits
}

/** `respawn` in the replacement · `quarantine` in the quarantine thread, away from the others · `end` for good, with that exit. */
export type AfterLoss = {
  readonly path: string
  /** What to remember of it. */
  readonly record: LossRecord
  /** One line for people. */
  readonly why: string
} & ({ readonly act: 'respawn' | 'quarantine' } | { readonly act: 'end'; readonly exit: Exit })

/**
 * Decides for each root, in the order given. What is permanent or transient comes back, unless it takes thread after thread down with it:
 *
 * - whose handler ran is suspected: two strikes, and the quarantine;
 * - where that is not known, those are suspected that were in most of the lost threads of the last while. One alone is treated like one
 *   that ran; of several the second half goes into quarantine, so that after a few losses the culprit is alone;
 * - without a quarantine each suspect has one strike.
 *
 * Who has more strikes than the budget allows is given up.
 */
export function afterLoss(roots: readonly LostRoot[], facts: LossFacts): AfterLoss[] {
  const budget = facts.budget ?? lossBudgetDefault
  const back = roots.filter((root) => !root.isEnding && root.restart !== 'temporary')
  const remembered = new Map(back.map((root) => [root, remember(root.record.losses, facts.nowMs, budget)]))
  const suspicions = facts.isBlameless
    ? new Map<LostRoot, Suspicion>()
    : suspected(back, remembered, facts.hasQuarantine)
  return roots.map((root) => {
    const losses = remembered.get(root)
    if (losses === undefined) return ends(root)
    if (facts.isBlameless)
      return {
        path: root.path,
        record: root.record,
        act: placeOf(root),
        why: 'its thread was ended by the node',
      }
    return comesBack(root, losses, { suspicion: suspicions.get(root), facts, budget })
  })
}

interface Suspicion {
  readonly strikes: 0 | 1 | 2
  readonly isApart: boolean
  readonly why: string
}

function suspected(
  roots: readonly LostRoot[],
  losses: ReadonlyMap<LostRoot, readonly number[]>,
  hasQuarantine: boolean,
): Map<LostRoot, Suspicion> {
  const running = roots.filter(({ wasRunning }) => wasRunning === true)
  if (running.length > 0) return sameFor(running, { strikes: 2, isApart: true, why: 'its handler ran' })
  const unknown = roots.filter(({ wasRunning }) => wasRunning === undefined)
  const most = Math.max(0, ...unknown.map((root) => losses.get(root)?.length ?? 0))
  const suspects = unknown.filter((root) => losses.get(root)?.length === most)
  if (suspects.length === 1) {
    const why = unknown.length === 1 ? 'nobody else could be to blame' : `it was in ${most} lost threads`
    return sameFor(suspects, { strikes: 2, isApart: true, why })
  }
  if (!hasQuarantine)
    return sameFor(suspects, { strikes: 1, isApart: false, why: 'nobody knows who was to blame' })
  if (most < 2) return new Map()
  const half = Math.ceil(suspects.length / 2)
  const why = `it was in ${most} lost threads, as ${suspects.length - 1} more`
  const stays = sameFor(suspects.slice(0, half), { strikes: 0, isApart: false, why })
  const goes = sameFor(suspects.slice(half), { strikes: 0, isApart: true, why })
  return new Map([...stays, ...goes])
}

function sameFor(roots: readonly LostRoot[], suspicion: Suspicion): Map<LostRoot, Suspicion> {
  return new Map(roots.map((root) => [root, suspicion]))
}

function ends({ path, record, isEnding }: LostRoot): AfterLoss {
  return isEnding
    ? { path, record, act: 'end', exit: STOPPED, why: 'its end was under way' }
    : { path, record, act: 'end', exit: NODE_LOST, why: 'it is temporary' }
}

function comesBack(
  root: LostRoot,
  losses: readonly number[],
  {
    suspicion,
    facts,
    budget,
  }: {
    readonly suspicion: Suspicion | undefined
    readonly facts: LossFacts
    readonly budget: BudgetLimits
  },
): AfterLoss {
  const { path } = root
  let strikes: readonly number[] = root.record.strikes
  for (let left = suspicion?.strikes ?? 0; left > 0; left--) {
    const spent = spend(strikes, facts.nowMs, budget)
    strikes = spent.restartsAt
    if (!spent.exhausted) continue
    const fault = killerFault(root, strikes.length, budget)
    return { path, record: { losses, strikes }, act: 'end', exit: failedExit(fault), why: fault.message }
  }
  const record = { losses, strikes }
  if (suspicion === undefined) return { path, record, act: placeOf(root), why: 'it lived in the lost thread' }
  const isApart = suspicion.isApart && facts.hasQuarantine && root.home !== 'dedicated'
  // Half of the suspects leave a quarantine in which nobody knows who it was: only so they are told apart.
  const act = isApart ? 'quarantine' : 'respawn'
  return { path, record, act, why: suspicion.why }
}

function placeOf({ home }: LostRoot): 'respawn' | 'quarantine' {
  return home === 'quarantine' ? 'quarantine' : 'respawn'
}

/** As many as a root can live through within a period, with some to spare. */
function remember(losses: readonly number[], nowMs: number, { periodMs }: BudgetLimits): readonly number[] {
  return [...losses.filter((atMs) => nowMs <= atMs + periodMs), nowMs].slice(-lossesKeptMax)
}

/** Losses that are remembered of a root: enough to halve a million suspects. */
const lossesKeptMax = 32

function killerFault(
  { path, restart }: LostRoot,
  strikes: number,
  { intensity, periodMs }: BudgetLimits,
): Fault {
  return new Fault(
    'thread-killer',
    `Cannot start "${path}" again: it is blamed with ${strikes} strikes within ${periodMs} ms for threads that were lost, ${intensity} are allowed`,
    {
      hint: 'Read why the threads were lost, mend what the actor did then, and spawn it again.',
      details: { path, restart, strikes, intensity, periodMs },
    },
  )
}
