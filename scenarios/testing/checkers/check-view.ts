// C-VIEW: views are in one order, two nodes that hold the same one hold the same, and only a quorum of the one before makes the next.
import { broken, kept } from './verdict.ts'
import type { Verdict } from './verdict.ts'

/** A node has installed a view; in the order in which each node did. */
export interface ViewInstalled {
  readonly type: 'installed'
  /** The life of a node: after a restart it is another. */
  readonly node: string
  readonly view: number
  /** All of it, or a digest: equal only if the views are. */
  readonly content: string
}

/** A view was decided. */
export interface ViewDecided {
  readonly type: 'decided'
  readonly view: number
  /** Who votes in this view. */
  readonly voters: readonly string[]
  /** The voters of the view before that had it safe when it was decided. */
  readonly by: readonly string[]
}

export type ViewEvent = ViewInstalled | ViewDecided

/** Guarantee N1. The first decision that was seen is taken as it is: nothing is known of what was before it. */
export function checkView(story: readonly ViewEvent[]): Verdict {
  const contents = new Map<number, ViewInstalled>()
  const latest = new Map<string, number>()
  let installs = 0
  for (const event of story) {
    if (event.type === 'decided') continue
    installs++
    const { node, view, content } = event
    const before = latest.get(node)
    if (before !== undefined && view <= before)
      return broken(`${node} installed view ${view} after ${before}`)
    latest.set(node, view)
    const other = contents.get(view)
    if (other !== undefined && other.content !== content)
      return broken(`view ${view} of ${node} is ${content}, and of ${other.node} it is ${other.content}`)
    contents.set(view, event)
  }
  const reason = decisionFlaw(story, contents)
  return reason === undefined ? kept(installs, 'installed views') : broken(reason)
}

function decisionFlaw(
  story: readonly ViewEvent[],
  installed: ReadonlyMap<number, ViewInstalled>,
): string | undefined {
  const decisions = story.filter((event) => event.type === 'decided').toSorted((a, b) => a.view - b.view)
  let last: ViewDecided | undefined
  for (const decision of decisions) {
    const reason = last === undefined ? undefined : stepFlaw(last, decision)
    if (reason !== undefined) return reason
    last = decision
  }
  const [first] = decisions
  if (first === undefined || last === undefined) return undefined
  const decided = new Set(decisions.map(({ view }) => view))
  const invented = [...installed.values()].find(({ view }) => view >= first.view && !decided.has(view))
  return invented === undefined
    ? undefined
    : `${invented.node} installed view ${invented.view}, which nobody decided`
}

function stepFlaw(before: ViewDecided, after: ViewDecided): string | undefined {
  if (after.view === before.view) return `view ${after.view} was decided twice`
  if (after.view !== before.view + 1)
    return `view ${after.view} was decided after ${before.view}, and none between`
  const quorum = quorumOf(before.voters)
  const made = before.voters.filter((voter) => after.by.includes(voter))
  if (made.length < quorum)
    return `view ${after.view} was made by ${made.length} voters of view ${before.view}, ${quorum} are a quorum`
  // Two quorums have a voter in common if both together are more than all that vote in either.
  const all = new Set([...before.voters, ...after.voters])
  if (quorum + quorumOf(after.voters) <= all.size)
    return `quorums of view ${before.view} and ${after.view} need not have a voter in common`
  return undefined
}

function quorumOf(voters: readonly string[]): number {
  return Math.floor(voters.length / 2) + 1
}
