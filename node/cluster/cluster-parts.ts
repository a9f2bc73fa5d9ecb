// A cluster's parts: what a node brings into its cluster.
import type { AddressBook } from './address-book.ts'
import type { Clock } from '../../runtime/clock.ts'
import type { CouncilStorage } from '../../actors/cluster/council/council.ts'
import type { Definitions } from '../definitions.ts'
import type { DialTarget, PeerStream, Transport } from '../../runtime/transport.ts'
import type { Fleet } from '../threads/fleet.ts'
import type { MemberKind } from '../../actors/cluster/state/member.ts'
import type { Random } from '../../runtime/random.ts'
import type { Runtime } from '../../runtime/runtime.ts'

/** What a node brings into its cluster. */
export interface ClusterParts {
  readonly name: string
  /** The cluster's id. */
  readonly cluster: string
  readonly kind: MemberKind
  readonly labels: readonly string[]
  readonly runtime: Runtime
  readonly fleet: Fleet
  readonly definitions: Definitions
  readonly clock: Clock
  readonly random: Random
  readonly transport: Transport
  readonly storage: CouncilStorage
  readonly book: AddressBook
  readonly seeds: readonly DialTarget[]
  /** Whether this node begins the cluster, if it has not done so before. */
  readonly founds: boolean
  isEntity(path: string): boolean
  /** Answers a letter that somebody has brought to the foyer, maybe without a certificate; undefined for who is turned away. */
  guest?(stream: PeerStream, letter: Uint8Array): Promise<Uint8Array | undefined>
  /** Called once, with whom to tell of nodes that were found. */
  listening?(found: (target: DialTarget) => void): void
}
