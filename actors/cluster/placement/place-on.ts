// A place in the cluster: on which node a new root goes to live. A decision; whoever spawns acts on it.
import { Fault } from '../../../runtime/fault.ts'
import { hosting } from './hosting.ts'
import { Spread } from './spread.ts'
import { isTrusted } from '../state/member.ts'
import type { ClusterFacts } from '../state/cluster-facts.ts'
import type { Member, MemberKind } from '../state/member.ts'

/** Nodes that a fault names. */
const namedMax = 8

/**
 * On which node a root goes to live: `anywhere` where there is most room · `node` the one of that name · `near` where another actor lives now
 * · `kind` or `label` the one with most room among those that are of it or have it.
 */
export type ClusterWish =
  | 'anywhere'
  | { readonly node: string }
  | { readonly near: string }
  | { readonly kind: MemberKind }
  | { readonly label: string }

/** A member as placement sees it. */
export interface PlaceMember extends Pick<
  Member,
  'number' | 'name' | 'kind' | 'status' | 'labels' | 'hosts' | 'load'
> {
  /** Named roots that live there. */
  readonly roots: number
}

export interface Kin {
  readonly top: string
  readonly member: number
}

export interface PlaceOnFacts {
  /** The new root's path. */
  readonly path: string
  /** `name@version`. */
  readonly definition: string
  readonly members: readonly PlaceMember[]
  /** Living roots with whose paths the new one's begins, or the other way round; 0 is a member that is lost. */
  readonly kin: readonly Kin[]
  /** Where the actor lives that the wish names: 0 while nobody has it, undefined if nobody lives there. */
  readonly near?: number | undefined
}

/** `why` is one line for people, without a full stop. */
export interface PlacedOn {
  readonly member: number
  readonly why: string
}

/**
 * Decides on which node a root goes to live. A wish is never overruled in silence; kin share a node, and a wish that would part them is refused.
 * @returns a fault instead of a place: `place-split` `node-unknown` `node-draining` `definition-unhosted` `actor-unknown`
 */
export function placeOn(wish: ClusterWish, facts: PlaceOnFacts): PlacedOn | Fault {
  const kin = facts.kin[0]
  // Where kin live there is no choice, and so nothing to be missing.
  if (wish === 'anywhere' && kin !== undefined) return besideKin(kin, facts)
  const wished = wishedMembers(wish, facts)
  if (Fault.is(wished)) return wished
  return kin === undefined ? roomiest(wished, facts) : besideKin(kin, facts, wished)
}

/** @param wished left out if anywhere will do */
function besideKin(kin: Kin, facts: PlaceOnFacts, wished?: Wished): PlacedOn | Fault {
  const apart = facts.kin.find(({ member }) => member !== kin.member)
  if (apart !== undefined) return parted(facts, `"${kin.top}" and "${apart.top}", which live apart`)
  const beside = facts.members.find(({ number }) => number === kin.member)
  if (beside === undefined) return parted(facts, `"${kin.top}", which nobody has now`)
  const closed = openFault(beside, facts)
  if (closed !== undefined) return parted(facts, `"${kin.top}" on "${beside.name}": ${closed.message}`)
  if (wished?.members.includes(beside) === false)
    return parted(facts, `"${kin.top}" on "${beside.name}", but ${wished.why}`)
  return { member: beside.number, why: `it shares a path with "${kin.top}" on "${beside.name}"` }
}

/** What placement has to know, taken from the state of the cluster. @param root.near the member that has the actor that the wish names; 0 while nobody has it */
export function placeOnFacts(
  cluster: ClusterFacts,
  root: { readonly path: string; readonly definition: string; readonly near?: number | undefined },
): PlaceOnFacts {
  const members = [...cluster.members()].map((member) => ({
    number: member.number,
    name: member.name,
    kind: member.kind,
    status: member.status,
    labels: member.labels,
    hosts: member.hosts,
    load: member.load,
    roots: cluster.homeCountOf(member.number),
  }))
  return { ...root, members, kin: cluster.kinOf(root.path) }
}

/** Those among which the wish lets choose, all of them open to the root. */
interface Wished {
  readonly members: readonly PlaceMember[]
  readonly why: string
}

function wishedMembers(wish: ClusterWish, facts: PlaceOnFacts): Wished | Fault {
  if (wish === 'anywhere')
    return open(facts.members.filter(isTrusted), 'any node of the cluster was asked for', facts)
  if ('kind' in wish) {
    const members = facts.members.filter(({ kind }) => kind === wish.kind)
    return open(members, `a node of kind "${wish.kind}" was asked for`, facts)
  }
  if ('label' in wish) {
    const members = facts.members.filter(({ labels }) => labels.includes(wish.label))
    return open(members, `a node with the label "${wish.label}" was asked for`, facts)
  }
  if ('node' in wish) {
    const members = facts.members.filter(({ name }) => name === wish.node)
    return open(members, `"${wish.node}" was asked for`, facts)
  }
  return near(wish.near, facts)
}

function near(path: string, facts: PlaceOnFacts): Wished | Fault {
  const member = facts.members.find(({ number }) => number === facts.near)
  if (member !== undefined)
    return open([member], `"${path}" lives on "${member.name}", and near it was asked for`, facts)
  const how = facts.near === undefined ? 'nobody lives there' : 'its node is lost, and nobody has it now'
  return new Fault('actor-unknown', `Cannot place "${facts.path}" near "${path}": ${how}`, {
    hint: 'Spawn that one first, wait until it is back, or place it elsewhere.',
  })
}

/** Those that may take it; if there are none, why. */
function open(members: readonly PlaceMember[], why: string, facts: PlaceOnFacts): Wished | Fault {
  const able = members.filter((member) => openFault(member, facts) === undefined)
  if (able.length > 0) return { members: able, why }
  // Whoever is up says more of what is missing than whoever is not.
  const first = members.find(({ status }) => status === 'up') ?? members[0]
  const fault = first === undefined ? undefined : openFault(first, facts)
  return fault ?? nodeUnknown(why, facts)
}

function openFault(member: PlaceMember, { path, definition }: PlaceOnFacts): Fault | undefined {
  const { name, number, status, hosts } = member
  if (status !== 'up')
    return new Fault('node-draining', `Cannot place "${path}" on "${name}": it is ${status}, not up`, {
      hint: 'Place it on another node, or wait until that one is up.',
      details: { node: name, member: number, status },
    })
  if (hosting(hosts, definition) !== 'none') return undefined
  return new Fault(
    'definition-unhosted',
    `Cannot place "${path}" on "${name}": it does not host ${definition}`,
    {
      hint: "Name the definition's module in that node's option `load`, or place the actor on a node that has it.",
      details: { node: name, member: number, definition },
    },
  )
}

function roomiest({ members, why }: Wished, { definition }: PlaceOnFacts): PlacedOn {
  const spread = new Spread(members)
  // There is at least one, and each of them hosts it.
  const number = spread.give([definition]) as number
  const found = members.find((member) => member.number === number) as PlaceMember
  if (members.length === 1) return { member: number, why }
  const { name, roots, load } = found
  const room = `${roots} root${roots === 1 ? '' : 's'}, ${Math.round(load * 100)} % busy`
  return { member: number, why: `"${name}" has most room of ${members.length}: ${room}; ${why}` }
}

function parted({ path, kin }: PlaceOnFacts, how: string): Fault {
  return new Fault('place-split', `Cannot place "${path}": it shares a path, and so a node, with ${how}`, {
    hint: 'Place it where its kin live, or give it a path that does not begin like theirs.',
    details: { kin: kin.slice(0, namedMax).map(({ top, member }) => ({ path: top, member })) },
  })
}

function nodeUnknown(why: string, { path, members }: PlaceOnFacts): Fault {
  const names = members.slice(0, namedMax).map(({ name }) => `"${name}"`)
  const more = members.length > namedMax ? ` and ${members.length - namedMax} more` : ''
  const known = names.length === 0 ? 'the cluster has no members' : `there are ${names.join(', ')}${more}`
  return new Fault('node-unknown', `Cannot place "${path}": ${why}, but there is none; ${known}`, {
    hint: "Use the name, kind or label of a member; the console's `nodes` lists them.",
  })
}
