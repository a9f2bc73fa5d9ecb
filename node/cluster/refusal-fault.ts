// A refusal's fault: what the cluster's state has refused, as whoever asked for it is told.
import { Fault } from '../../runtime/fault.ts'
import type { HomeSite } from '../../actors/cluster/state/home.ts'

/** Those of the state, see `refusalCodes`; written out, so that each is documented and tested as a fault. */
export type RefusedCode =
  | 'member-unknown'
  | 'member-revoked'
  | 'member-ended'
  | 'member-draining'
  | 'name-taken'
  | 'cluster-full'
  | 'homes-full'
  | 'home-stale'
  | 'place-split'
  | 'lease-taken'
  | 'leases-full'
  | 'settings-full'
  | 'revocations-full'
  | 'command-malformed'

export interface RefusedWhy {
  readonly why: string
  readonly hint: string
  readonly home?: HomeSite | undefined
}

/** @param attempt the first half of the message: `Cannot claim "bank"` */
export function refusalFault(attempt: string, code: RefusedCode, { why, hint, home }: RefusedWhy): Fault {
  const details = home === undefined ? {} : { top: home.top, member: home.member }
  return new Fault(code, `${attempt}: ${why}`, { hint, details })
}
