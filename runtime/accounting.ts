// Accounting: every message that was accepted is handled, waiting, set aside, in hand or dead, and the sums reconcile.
import { busy } from './cell-flags.ts'
import type { Cell, Host } from './cell.ts'

/** The books of one actor; `accepted` must be the sum of the others. */
export interface Account {
  readonly accepted: number
  readonly handled: number
  readonly waiting: number
  readonly stashed: number
  /** 1 while a handler runs. */
  readonly inHand: number
  readonly dead: number
  /** Never accepted: not part of the sum. */
  readonly refused: number
}

/** The books of a runtime, and the actors whose sums do not reconcile. */
export interface Audit extends Account {
  readonly actors: number
  readonly deadLetters: Readonly<Record<string, number>>
  readonly isBalanced: boolean
  readonly differences: readonly string[]
}

/** The books of one cell. Each figure is counted where it happens or looked up where it lies, none is derived from the others. */
export function accountOf(cell: Cell): Account {
  const rare = cell.rareIfAny
  const isInHand = cell.host.current?.to === cell || ((cell.flags & busy) !== 0 && cell.current !== undefined)
  return {
    accepted: cell.accepted,
    handled: cell.handled,
    waiting: cell.waiting,
    stashed: rare?.stash?.length ?? 0,
    inHand: isInHand ? 1 : 0,
    dead: sum(rare?.dead),
    refused: sum(rare?.refused),
  }
}

/** Adds up a whole runtime. Costs a walk over all its actors. */
export function audit(host: Host, cells: Iterable<Cell>): Audit {
  const { totals, deadLetters } = host
  const sums = {
    accepted: totals.accepted,
    handled: totals.handled,
    waiting: 0,
    stashed: 0,
    inHand: 0,
    dead: totals.deadInCells,
    refused: totals.refused,
  }
  const differences: string[] = []
  let actors = 0
  for (const cell of cells) {
    const account = accountOf(cell)
    actors++
    sums.accepted += account.accepted
    sums.handled += account.handled
    sums.waiting += account.waiting
    sums.stashed += account.stashed
    sums.inHand += account.inHand
    sums.dead += account.dead
    if (!isBalanced(account)) differences.push(`${cell.path}: ${JSON.stringify(account)}`)
  }
  if (!isBalanced(sums)) differences.push(`node: ${JSON.stringify(sums)}`)
  if (sums.dead + sums.refused - totals.deadElsewhere !== deadLetters.total) {
    differences.push(
      `dead letters: ${deadLetters.total} recorded and ${totals.deadElsewhere} elsewhere, ${sums.dead} dead and ${sums.refused} refused`,
    )
  }
  if (actors !== totals.actors) differences.push(`actors: ${totals.actors} counted, ${actors} found`)
  return {
    ...sums,
    actors,
    deadLetters: deadLetters.counts(),
    isBalanced: differences.length === 0,
    differences,
  }
}

/** Whether an account's sum reconciles. */
export function isBalanced(account: Account): boolean {
  const { accepted, handled, waiting, stashed, inHand, dead } = account
  return accepted === handled + waiting + stashed + inHand + dead
}

function sum(counts: ReadonlyMap<unknown, number> | undefined): number {
  let total = 0
  for (const count of counts?.values() ?? []) total += count
  return total
}
