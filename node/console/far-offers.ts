// Far offers: what Tab offers of other nodes: their names, the names that the cluster knows, and what lives below them.
import { expired, within } from '../verbs/within.ts'
import { paths } from '../verbs/paths.ts'
import { runFar } from '../verbs/far-verb.ts'
import type { Member } from '../../actors/cluster/state/member.ts'
import type { Node } from '../node.ts'

/** Names that are offered of one node, and of the cluster. */
const offersMax = 50
/** Names of the cluster that one Tab looks at. */
const homesLookedMax = 20_000
/** Nodes that one Tab asks; of more than these only the names that all know are offered. */
const askedMax = 16
/** How long Tab waits for other nodes, in milliseconds. */
const offerMsMax = 200

/** Names of nodes, and "all" where somebody has begun to write it. */
export function nodeNames({ cluster }: Node, word: string): string[] {
  if (cluster === undefined) return []
  const found = [...cluster.facts.members()].map(({ name }) => name).filter((name) => name.startsWith(word))
  return [...found.slice(0, offersMax), 'all']
}

/** Never throws. */
export async function farPaths(node: Node, word: string): Promise<string[]> {
  const { cluster } = node
  if (cluster === undefined) return []
  const named: string[] = []
  let looked = 0
  for (const { top } of cluster.facts.homes()) {
    if (top.startsWith(word)) named.push(top)
    if (++looked >= homesLookedMax || named.length >= offersMax) break
  }
  const asked = membersFor(node, word)
  const answers = await Promise.all(asked.map((member) => pathsIn(node, member, word)))
  return [...named, ...answers.flat()]
}

/** Who may know more: who has the root that the word is below, or all if they are few. */
function membersFor({ cluster }: Node, word: string): Member[] {
  if (cluster === undefined) return []
  const { facts, member: own } = cluster
  const home = facts.under(word.slice(0, Math.max(0, word.lastIndexOf('/'))))
  const members = home === undefined ? [...facts.members()] : [facts.member(home.member)]
  const others = members.filter((member) => member !== undefined && member.number !== own)
  return others.length > askedMax ? [] : others.filter((member) => member !== undefined)
}

async function pathsIn({ fleet, runtime }: Node, { number }: Member, word: string): Promise<string[]> {
  if (fleet === undefined) return []
  const enough = new AbortController()
  const { signal } = enough
  const input = { start: word, limit: offersMax }
  try {
    const asked = runFar({ fleet, thread: -number, name: paths.name, input }, signal)
    const answer = await within(runtime.host.clock, { ms: offerMsMax, signal }, asked)
    if (answer === expired) enough.abort()
    return Array.isArray(answer) ? answer.filter((path) => typeof path === 'string') : []
  } catch {
    // Who refuses or is gone offers nothing.
    return []
  }
}
