// A place in a cluster, as a program writes it, and as placement reads it.
import { escapeText } from '../../runtime/escape.ts'
import { Fault } from '../../runtime/fault.ts'
import type { Ref } from '../../runtime/actor.ts'
import type { ClusterWish } from '../../actors/cluster/placement/place-on.ts'
import type { MemberKind } from '../../actors/cluster/state/member.ts'

/**
 * On which node a new root goes to live: `anywhere` where most room is · `node` the one of that name · `kind` `label` one that is of it, or
 * has it · `near` the one on which another actor lives now.
 */
export type ClusterPlace =
  | 'anywhere'
  | { readonly node: string }
  | { readonly kind: MemberKind }
  | { readonly label: string }
  | { readonly near: Pick<Ref, 'path'> }

/** Characters of a refused place that its fault shows. */
const shownMax = 60
const kinds: ReadonlySet<unknown> = new Set<MemberKind>(['initial', 'trusted', 'local', 'proxy'])

/** Reads the option `place` as a wish for a node; undefined where it is one for a thread of this node. @throws {Fault} `place-invalid` */
export function readClusterPlace(value: unknown): ClusterWish | undefined {
  if (value === 'anywhere') return value
  if (typeof value !== 'object' || value === null) return undefined
  const { node, kind, label, near } = value as Record<string, unknown>
  const given = [node, kind, label, near].filter((one) => one !== undefined)
  if (given.length === 0) return undefined
  if (given.length === 1) {
    if (typeof node === 'string') return { node }
    if (typeof label === 'string') return { label }
    if (kinds.has(kind)) return { kind: kind as MemberKind }
    const { path } = Object(near) as { readonly path?: unknown }
    if (typeof path === 'string') return { near: path }
  }
  const text = escapeText(JSON.stringify(value) ?? typeof value, shownMax)
  throw new Fault('place-invalid', `Cannot place an actor at ${text}: there is no such place`, {
    hint: "Use 'anywhere', { node: name }, { kind }, { label } or { near: ref }.",
  })
}
