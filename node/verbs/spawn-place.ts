// A place as an operator writes it.
import { argumentInvalid } from './input.ts'
import { homeOf } from './actor-home.ts'
import { isNode } from '../../transports/link/border.ts'
import { clusterOf } from './cluster-of.ts'
import type { ClusterPlace } from '../cluster/cluster-place.ts'
import type { Located } from './spot.ts'
import type { MemberKind } from '../../actors/cluster/state/member.ts'
import type { Node, RootOptions } from '../node.ts'
import type { OnLoss } from '../../actors/cluster/state/home.ts'
import type { Place } from '../threads/place.ts'

/** Digits of a thread's number. */
const digitsMax = 6

/** Reads `auto`, `main`, `dedicated` or the number of a thread. @throws {Fault} `argument-invalid` */
export function placeFrom(text: string): Place {
  if (text === 'auto' || text === 'main' || text === 'dedicated') return text
  if (/^\d+$/.test(text) && text.length <= digitsMax) return { thread: Number(text) }
  throw argumentInvalid(
    { verb: 'spawn', name: 'place' },
    text,
    'a place',
    'Use auto, main, dedicated or the number of a thread; see "threads".',
  )
}

/** Where a root is to live, as the options of a spawn say it. */
export interface PlaceInput {
  readonly place: string | undefined
  readonly node: string | undefined
  readonly anywhere: boolean
  readonly label: string | undefined
  readonly kind: MemberKind | undefined
  readonly near: string | undefined
  readonly onNodeLoss: OnLoss | undefined
}

/** Reads them. @throws {Fault} `argument-invalid` two places · `cluster-missing` one in a cluster, without one */
export function placeOf(
  owner: Pick<Node, 'name' | 'cluster'>,
  input: PlaceInput,
): Pick<RootOptions, 'place' | 'onNodeLoss'> {
  const { place, node, anywhere, label, kind, near, onNodeLoss } = input
  const wishes: (readonly [name: string, place: ClusterPlace])[] = [
    ...(node === undefined ? [] : [['node', { node }] as const]),
    ...(anywhere ? [['anywhere', 'anywhere'] as const] : []),
    ...(label === undefined ? [] : [['label', { label }] as const]),
    ...(kind === undefined ? [] : [['kind', { kind }] as const]),
    ...(near === undefined ? [] : [['near', { near: { path: near } }] as const]),
  ]
  const [first, second] = wishes
  if (first !== undefined) clusterOf(owner, `spawn --${first[0]}`)
  if (onNodeLoss !== undefined) clusterOf(owner, 'spawn --on-node-loss')
  const other = second?.[0] ?? (place === undefined ? undefined : 'place')
  if (first !== undefined && other !== undefined)
    throw argumentInvalid(
      { verb: 'spawn', name: other },
      first[0],
      'one place',
      `Give --${first[0]} or --${other}.`,
    )
  return {
    ...(place === undefined ? {} : { place: placeFrom(place) }),
    ...(first === undefined ? {} : { place: first[1] }),
    ...(onNodeLoss === undefined ? {} : { onNodeLoss }),
  }
}

/** In which node of the cluster a root is that was just started. */
export async function nodeOf(node: Node, path: string, signal: AbortSignal): Promise<Located> {
  const { cluster, fleet, name } = node
  if (cluster === undefined || fleet === undefined) return {}
  const home = await homeOf(fleet, { path }, { signal })
  if (home === undefined || !isNode(home.thread)) return { node: name }
  return { node: cluster.facts.member(-home.thread)?.name ?? '' }
}
