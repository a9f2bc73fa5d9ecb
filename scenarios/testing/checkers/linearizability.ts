// C-LIN: what clients saw of one register, claim or lease could have come from one copy of it that took one call at a time.
import { LinearSearch } from './linearizability-search.ts'
import { broken, kept, unknown } from './verdict.ts'
import type { LinearModel, Operation } from './linearizability-model.ts'
import type { Verdict } from './verdict.ts'

/** States of the search that are looked at for all keys together; about a second. What takes more is `unknown`. */
export const linearStepsMax = 2_000_000

/**
 * Guarantee N4. After Wing and Gong, with Lowe's cache of states seen; each key by itself, since a history is linearizable if each key's is.
 * The reason of a breach names the first call that no order explains.
 */
export function checkLinearizable<State, Call, Reply>(
  model: LinearModel<State, Call, Reply>,
  operations: readonly Operation<Call, Reply>[],
  stepsMax: number = linearStepsMax,
): Verdict {
  let stepsLeft = stepsMax
  let undecided: string | undefined
  for (const [key, ofKey] of Map.groupBy(operations, (operation) => operation.key)) {
    const search = new LinearSearch(model, ofKey, stepsLeft)
    const found = search.run()
    stepsLeft -= search.steps
    if (found === 'exhausted') undecided ??= key
    else if (found !== 'linear') return broken(`"${key}" is not linearizable: ${found.reason}`)
  }
  if (undecided !== undefined) return unknown(`"${undecided}" was not decided within ${stepsMax} steps`)
  return kept(operations.filter(({ outcome }) => outcome === 'ok').length, 'calls')
}
