// A strategy: which siblings go down and come back with a child that is to be started again.
import type { RestartType, Strategy } from '../runtime/supervision.ts'

/** Every strategy, for validation and for the console's completion. */
export const strategies: readonly Strategy[] = ['one-for-one', 'one-for-all', 'rest-for-one']

/** What a strategy has to know of a child; `alive` is false also while it waits for its next try. */
export interface Sibling {
  readonly restart: RestartType
  readonly alive: boolean
}

/** A plan in indices of the sibling list: first halt, then drop, then begin, each list in its order. */
export interface Affected {
  /** To be stopped, last started first; never the failed one, never one that is down already. */
  readonly halt: number[]
  /** To be started again in start order; always with the failed one. */
  readonly begin: number[]
  /** Temporary collateral: forgotten once halted. */
  readonly drop: number[]
}

/**
 * Plans the restart of one child, after Erlang/OTP's `strategy`. Every sibling in the strategy's reach is
 * either begun or dropped.
 *
 * A sibling that is down, such as one that waits out its backoff, is begun with the rest, as in OTP: the group
 * comes back whole, and a waiting try is replaced by this one. Unlike in OTP, one that has ended for good is no
 * sibling any more and stays away. The failed child is begun whatever its type, because `restarts`, or an
 * operator, has already said so. One-for-one never reads `siblings`.
 *
 * @param siblings all children in start order, the failed one included
 * @param failed index of the failed child in `siblings`
 */
export function affected(strategy: Strategy, siblings: readonly Sibling[], failed: number): Affected {
  switch (strategy) {
    case 'one-for-one':
      return { halt: [], begin: [failed], drop: [] }
    case 'one-for-all':
      return affectedFrom(0, siblings, failed)
    case 'rest-for-one':
      return affectedFrom(failed, siblings, failed)
  }
}

function affectedFrom(first: number, siblings: readonly Sibling[], failed: number): Affected {
  const plan: Affected = { halt: [], begin: [], drop: [] }
  for (let index = first; index < siblings.length; index++) place(plan, siblings[index], index, failed)
  plan.halt.reverse()
  return plan
}

function place(plan: Affected, sibling: Sibling | undefined, index: number, failed: number): void {
  if (index === failed) {
    plan.begin.push(index)
    return
  }
  if (sibling === undefined) return
  if (sibling.alive) plan.halt.push(index)
  if (sibling.restart === 'temporary') plan.drop.push(index)
  else plan.begin.push(index)
}
