// A cluster's options: how a node finds, founds or joins one.
import type { MemberKind } from '../../actors/cluster/state/member.ts'

export interface ClusterOptions {
  /** The folder of the node's keys, and of what the council has decided; see `troupe cluster`. */
  readonly folder: string
  /** Where the node listens, as multiaddrs such as `/ip4/127.0.0.1/tcp/4001`; default a free port of this machine alone. */
  readonly listen?: readonly string[]
  /** Where others reach it, if that is not where it listens. */
  readonly announce?: readonly string[]
  /** Addresses of nodes of the cluster; those that the folder knows are tried as well. */
  readonly seeds?: readonly string[]
  /** Default `initial` for who founds the cluster, else `trusted`. */
  readonly kind?: MemberKind
  /** What placement may ask for, such as `gpu` or `rack:3`. */
  readonly labels?: readonly string[]
  /** Relays through which it is to be reached, as multiaddrs with their peer ids: for a node of the kind `local`. */
  readonly relays?: readonly string[]
  /** Whether nodes on the same network are looked for by mDNS. Default false. */
  readonly isDiscovered?: boolean
  /** A file with the passphrase of the keys; its owner alone may read it. */
  readonly passphraseFile?: string
  /** The passphrase itself, for programs that have it from elsewhere. */
  readonly passphrase?: string
}
