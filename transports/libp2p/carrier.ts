// A carrier: the encrypted connection below libp2p's streams, and what of its bytes has not left the process yet.
import { invariant } from '../../runtime/invariant.ts'
import type { Connection } from '@libp2p/interface'
import type { ProvenPeer } from './identity/verify-peer.ts'

export interface Carrier {
  /** Who is at the other end. */
  readonly proven: ProvenPeer
  /** Bytes that TLS has not taken yet. What it has taken it has copied. */
  readonly unsentBytes: number
  /** Called each time that TLS has taken everything. */
  readonly emptied: Set<() => void>
  /** Reads nothing for a while. */
  rest(isResting: boolean): void
}

const carriers = new WeakSet<object>()

/** Says that an object is a carrier; what has not been said so is none. */
export function asCarrier(carrier: Carrier): void {
  carriers.add(carrier)
}

/**
 * The carrier of a connection. libp2p has no public way from a connection to the bytes below it; its multiplexer has had a field for them
 * since 3.0, and a version without it ends the dial with a bug instead of reporting bytes as sent that were not.
 */
export function carrierOf(connection: Connection): Carrier {
  const { muxer } = connection as unknown as { readonly muxer?: { readonly maConn?: object } }
  const below = muxer?.maConn
  invariant(below !== undefined && carriers.has(below), 'A libp2p connection has no carrier of ours below')
  return below as Carrier
}
