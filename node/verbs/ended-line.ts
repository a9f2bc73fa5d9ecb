// The end of a member as data: what was decided, by whom, and all that was known.
import { dateText } from './date-text.ts'
import { explain } from '../../actors/cluster/failure/explain.ts'
import type { ClusterFacts } from '../../actors/cluster/state/cluster-facts.ts'
import type { DecisionFact, Ended, MemberEnd } from '../../actors/cluster/state/decision.ts'

export interface EndedLine {
  readonly node: string
  readonly number: number
  readonly end: MemberEnd
  /** The first view without it. */
  readonly view: number
  readonly at: string
  /** Who proposed it: a node's name, a number of one that is no more, or empty for an operator. */
  readonly by: string
  readonly why: string
  /** What became of its roots. */
  readonly rehomed: number
  readonly waiting: number
  readonly stopped: number
  readonly facts: readonly DecisionFact[]
  /** The same for people, the first line being `why`. */
  readonly lines: readonly string[]
}

export function endedLine(facts: ClusterFacts, ended: Ended): EndedLine {
  const { number, name, end, view, decision, rehomed, waiting, stopped } = ended
  return {
    node: name,
    number,
    end,
    view,
    at: dateText(decision.atMs),
    by: decision.by === 0 ? '' : (facts.member(decision.by)?.name ?? `member ${decision.by}`),
    why: decision.why,
    rehomed,
    waiting,
    stopped,
    facts: decision.facts,
    lines: explain(decision),
  }
}
