// Performing: runs a verb on the nodes of the cluster that it is asked of, or on this one, and makes one answer of what comes back.
import { expired, within } from './within.ts'
import { Fault } from '../../runtime/fault.ts'
import { invariant } from '../../runtime/invariant.ts'
import { nodesAsked, nodeSilent } from './across.ts'
import { performHere } from './perform-here.ts'
import { runFar } from './far-verb.ts'
import type { Across, Asked } from './across.ts'
import type { Incomplete } from './perform-here.ts'
import type { Member } from '../../actors/cluster/state/member.ts'
import type { Node } from '../node.ts'
import type { NodePart } from './spot.ts'
import type { MainVerb, Verb, VerbContext } from './verb.ts'

/** How long another node may take to answer, in milliseconds: it waits for its own threads meanwhile. */
export const nodesMsMax = 3_000

/** One verb with what it is asked of several nodes with. */
interface Round<I, D> {
  readonly node: Node
  readonly verb: Verb<I, D> | MainVerb<I, D>
  readonly across: Across<I, D>
  readonly input: I
  readonly context: VerbContext
}

/**
 * Runs a verb: the one place where it is decided in which nodes.
 * @throws {Fault} what stands in its way; `thread-lost` `node-lost` with an unknown outcome where what was to be changed was lost
 */
export function perform<I, D>(
  node: Node,
  verb: Verb<I, D> | MainVerb<I, D>,
  input: I,
  context: VerbContext,
): D | Promise<D> {
  const { across } = verb
  if (across === undefined || context.isFar === true) return performHere(node, verb, input, context)
  const asked = nodesAsked(node, verb.name, { input, unasked: across.unasked(input) })
  if (asked === undefined) return performHere(node, verb, input, context)
  return inNodes({ node, verb, across, input, context }, asked)
}

type Answer<D> = NodePart<D> | { readonly node: string; readonly silence: string }

async function inNodes<I, D>(round: Round<I, D>, { members, isOwn, isNamed }: Asked): Promise<D> {
  const own = isOwn ? [inOwn(round)] : []
  const answers = await Promise.all([...own, ...members.map((member) => inMember(round, member, isNamed))])
  const parts = answers.filter((answer) => 'data' in answer)
  const rest = answers.filter((answer) => 'silence' in answer)
  const silent = rest.filter(({ silence }) => silence === silenceLate).map(({ node }) => node)
  const refused = rest
    .filter(({ silence }) => silence !== silenceLate)
    .map(({ node, silence }) => ({ node, code: silence }))
  const lacking: Incomplete = {
    ...(silent.length === 0 ? {} : { silentNodes: silent }),
    ...(refused.length === 0 ? {} : { refusedNodes: refused }),
  }
  return { ...round.across.merge(parts, round.input), ...lacking }
}

/** No answer in time; any other silence is the code of a refusal. */
const silenceLate = ''

async function inOwn<I, D>({ node, verb, input, context }: Round<I, D>): Promise<Answer<D>> {
  return { node: node.name, data: await performHere(node, verb, input, { ...context, isFar: true }) }
}

async function inMember<I, D>(round: Round<I, D>, member: Member, isNamed: boolean): Promise<Answer<D>> {
  const { node, verb, input, context } = round
  const { fleet, runtime } = node
  invariant(fleet !== undefined, 'A node of a cluster has no fleet')
  const { signal } = context
  const enough = new AbortController()
  const errand = { fleet, thread: -member.number, name: verb.name, input }
  try {
    const answer = runFar(errand, AbortSignal.any([signal, enough.signal]))
    const data = await within(runtime.host.clock, { ms: nodesMsMax, signal }, answer)
    // The same verb runs there: its types are the same.
    if (data !== expired) return { node: member.name, data: data as D }
    enough.abort()
    if (isNamed) throw nodeSilent(member.name, verb.name, nodesMsMax)
    return { node: member.name, silence: silenceLate }
  } catch (error) {
    if (isNamed || signal.aborted || !Fault.is(error)) throw error
    return { node: member.name, silence: error.code === 'node-lost' ? silenceLate : error.code }
  }
}
