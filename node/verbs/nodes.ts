// nodes: lists the members of the cluster, as all have agreed, and how this node reaches them.
import { clusterOf } from './cluster-of.ts'
import { expired, within } from './within.ts'
import { Fault } from '../../runtime/fault.ts'
import { inMain } from './where.ts'
import { invariant } from '../../runtime/invariant.ts'
import { pulse, pulseFrom, pulseName } from './pulse.ts'
import { runFar } from './far-verb.ts'
import { seatOf } from '../cluster/seat.ts'
import type { Cluster } from '../cluster/cluster.ts'
import type { MainVerb } from './verb.ts'
import type { Member, MemberKind, MemberStatus } from '../../actors/cluster/state/member.ts'
import type { Node } from '../node.ts'
import type { Pulse } from './pulse.ts'

/** It takes nothing. */
export type NodesInput = Readonly<Record<string, never>>

/** How this node reaches a member: `up` a connection stands · `down` none does · `silent` it stands, and no answer came · `self`. */
export type LinkState = 'self' | 'up' | 'down' | 'silent'

export interface NodeLine {
  readonly name: string
  /** Which life of the node it is. */
  readonly number: number
  readonly kind: MemberKind
  readonly status: MemberStatus
  /** `leader`, `voter`, or neither. */
  readonly council: 'leader' | 'voter' | ''
  /** Named roots. */
  readonly roots: number
  /** All actors, as it says itself; null if it did not. */
  readonly actors: number | null
  /** Definitions that it can run. */
  readonly definitions: number
  readonly link: LinkState
  /** There and back, in milliseconds; null if no answer came. */
  readonly rttMs: number | null
  /** It may not do what must be unique, as it says itself; null if it did not. */
  readonly isFrozen: boolean | null
  /** Whether this node suspects that it is gone. */
  readonly isSuspected: boolean
  readonly labels: readonly string[]
  readonly addresses: readonly string[]
}

export interface NodeList {
  readonly cluster: string
  /** The node that was asked. */
  readonly node: string
  readonly view: number
  readonly nodes: readonly NodeLine[]
}

/** How long a node may take to say how it fares, in milliseconds. */
const pulseMsMax = 500

export const nodes: MainVerb<NodesInput, NodeList> = {
  name: 'nodes',
  summary: 'Lists the members of the cluster: what they are, how they fare and how this node reaches them.',
  details: 'A node that is silent is not gone: only the council decides that; see "views".',
  risk: 'low',
  role: 'view',
  answers: 'once',
  parameters: {},
  examples: ['nodes', 'nodes --json'],
  where: () => inMain,
  async run(node, _input, { signal }) {
    const cluster = clusterOf(node, 'nodes')
    const { facts } = cluster
    const members = [...facts.members()]
    const heard = await Promise.all(members.map((member) => hear(node, member, signal)))
    const lines = members.map((member, index) => lineOf(cluster, member, heard[index] ?? nothing))
    return { cluster: cluster.id, node: node.name, view: facts.view, nodes: lines }
  },
}

/** What came of asking a member how it fares. */
interface Heard {
  readonly pulse: Pulse | undefined
  readonly rttMs: number | undefined
}

const nothing: Heard = { pulse: undefined, rttMs: undefined }

async function hear(node: Node, member: Member, signal: AbortSignal): Promise<Heard> {
  const { cluster, fleet, runtime } = node
  if (cluster?.member === member.number) return { pulse: pulse(node), rttMs: 0 }
  invariant(fleet !== undefined, 'A node of a cluster has no fleet')
  const { clock } = runtime.host
  const startMs = clock.now()
  const took = (): number => Math.round((clock.now() - startMs) * 1_000) / 1_000
  const enough = new AbortController()
  const errand = { fleet, thread: -member.number, name: pulseName, input: null }
  try {
    const asked = runFar(errand, AbortSignal.any([signal, enough.signal]))
    const answer = await within(clock, { ms: pulseMsMax, signal }, asked)
    if (answer !== expired) return { pulse: pulseFrom(answer), rttMs: took() }
    enough.abort()
    return nothing
  } catch (error) {
    if (signal.aborted || !Fault.is(error)) throw error
    // It has answered, if only that it tells this kind of node nothing.
    return error.code === 'call-forbidden' ? { pulse: undefined, rttMs: took() } : nothing
  }
}

function lineOf(cluster: Cluster, member: Member, { pulse: own, rttMs }: Heard): NodeLine {
  const { number, name, kind, status, hosts, labels, addresses } = member
  return {
    name,
    number,
    kind,
    status,
    council: councilMark(cluster, member),
    roots: cluster.facts.homeCountOf(number),
    actors: own?.actors ?? null,
    definitions: hosts.length,
    link: linkOf(cluster, number, rttMs),
    rttMs: rttMs ?? null,
    isFrozen: own?.isFrozen ?? null,
    isSuspected: cluster.vigil?.sentinel.opinions.some((opinion) => opinion.member === number) ?? false,
    labels,
    addresses,
  }
}

function councilMark({ agreement }: Cluster, { peer }: Member): NodeLine['council'] {
  const seat = seatOf(peer)
  if (agreement.council.leader === seat) return 'leader'
  return agreement.council.voters.includes(seat) ? 'voter' : ''
}

function linkOf(cluster: Cluster, number: number, rttMs: number | undefined): LinkState {
  if (number === cluster.member) return 'self'
  if (rttMs !== undefined) return 'up'
  return cluster.talk(number)?.line.isAttached === true ? 'silent' : 'down'
}
