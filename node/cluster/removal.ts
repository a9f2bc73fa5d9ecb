// A removal: why a member is to be one no more, as the cluster keeps it.
import { decisionFactsMax } from '../../actors/cluster/state/decision.ts'
import { explained } from '../../actors/cluster/failure/explain.ts'
import { reasonBytesMax } from '../../actors/cluster/state/field.ts'
import type { Decision, DecisionFact } from '../../actors/cluster/state/decision.ts'
import type { FailureDecision } from '../../actors/cluster/failure/decision.ts'

/** First what people read, then every input of the judgement by a name, lists being counted through; as many as are kept. */
export function decisionOf(failure: FailureDecision): Decision {
  const { why, atMs, by, facts } = explained(failure)
  const all = [...facts, ...factsOf('', failure)].slice(0, decisionFactsMax)
  return { why, atMs, by, facts: all.map(({ name, value }) => ({ name, value: fitted(value) })) }
}

/** What does not fit is cut: a decision that is refused for its reasons would leave a dead member in. */
function fitted(value: number | string): number | string {
  if (typeof value === 'number') return Number.isFinite(value) ? Math.round(value * 10) / 10 : String(value)
  return value.length <= reasonBytesMax ? value : `${value.slice(0, reasonBytesMax - 4)} ...`
}

function factsOf(name: string, value: unknown): DecisionFact[] {
  if (typeof value === 'number' || typeof value === 'string') return [{ name, value }]
  if (typeof value === 'boolean') return [{ name, value: value ? 'yes' : 'no' }]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, one]) => factsOf(name === '' ? key : `${name}.${key}`, one))
}
