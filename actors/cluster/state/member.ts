// A member: one life of a node in the cluster, as the council knows it.
import type { PeerId } from '../../../runtime/transport.ts'

/** Members that live at once. Each follows the log, and each has wires to the others it speaks with. */
export const membersMax = 1_000
/** Addresses of one member. */
export const addressesMax = 32
/** Labels of one member. */
export const labelsMax = 64
/** Definitions that one member says it hosts. */
export const hostsMax = 1_024

/**
 * `initial` has founded the cluster · `trusted` is a full member · `local` lives behind NAT on a developer's machine · `proxy` relays. Only
 * the first two vote, hold shards and take in roots that nobody has placed.
 */
export type MemberKind = 'initial' | 'trusted' | 'local' | 'proxy'

/** `joining` may claim, but nothing is placed there · `up` · `draining` takes no new roots. Who has left or was removed is no member. */
export type MemberStatus = 'joining' | 'up' | 'draining'

/** A member is an incarnation: a process that starts again joins as another one. */
export interface Member {
  /** From 1 up, given by the council and never again. */
  readonly number: number
  readonly peer: PeerId
  /** Random for each process. */
  readonly uid: string
  /** Unique among the living; what people call it, and what outlives a restart. */
  readonly name: string
  readonly kind: MemberKind
  readonly status: MemberStatus
  /** Multiaddrs under which it is reached. */
  readonly addresses: readonly string[]
  /** Sorted, each once. */
  readonly labels: readonly string[]
  /** Definitions that it can run, as `name@version`; sorted, each once. */
  readonly hosts: readonly string[]
  /** The part of the last while that it was busy, from 0 to 1. */
  readonly load: number
  /** Where its console listens; empty if it has none. */
  readonly door: string
}

/** Whether it may take in what nobody has placed, hold shards and vote. */
export function isTrusted({ kind }: Pick<Member, 'kind'>): boolean {
  return kind === 'initial' || kind === 'trusted'
}
