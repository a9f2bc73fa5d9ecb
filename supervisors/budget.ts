// A restart budget: how many restarts a sliding window allows before the supervisor gives up.

/** After Erlang/OTP's `intensity` and `period`. */
export interface BudgetLimits {
  /** Restarts that one period allows, a whole number; 0 allows none. */
  readonly intensity: number
  /** Length of the sliding window, both ends included. */
  readonly periodMs: number
}

/** The fourth restart within five seconds exhausts it: three tries heal a hiccup, more need the parent. */
export const budgetDefaults: BudgetLimits = Object.freeze({ intensity: 3, periodMs: 5_000 })

/** What one spent restart leaves behind. */
export interface Spent {
  /** The restarts to remember, oldest first, at most `intensity + 1`; a new list. */
  readonly restartsAt: number[]
  /** True when this restart is one too many and must not happen. */
  readonly exhausted: boolean
}

/**
 * Spends one restart of the budget.
 *
 * Old restarts leave from the oldest end only, so a clock that jumps back forgets nothing. `RestartWindow`
 * gives the same answers without copying; this function is its definition.
 *
 * @param restartsAt earlier restarts, oldest first, by the same clock as `nowMs`
 */
export function spend(restartsAt: readonly number[], nowMs: number, limits: BudgetLimits): Spent {
  const inPeriod = restartsAt.findIndex((atMs) => nowMs <= atMs + limits.periodMs)
  const kept = inPeriod === -1 ? [] : restartsAt.slice(inPeriod)
  kept.push(nowMs)
  const exhausted = kept.length > limits.intensity
  return { restartsAt: exhausted ? kept.slice(-(limits.intensity + 1)) : kept, exhausted }
}
