// A seat: the number under which a node votes in the council. It follows from the node's keys, so that it outlives its processes.
import { createHash } from 'node:crypto'
import type { PeerId } from '../../runtime/transport.ts'

/** Bytes of the hash that make the number: 2^48 seats, of which a thousand nodes share one with a chance of 1 in 500 million. */
const seatBytes = 6

export function seatOf(peer: PeerId): number {
  return createHash('sha256').update(peer).digest().readUIntBE(0, seatBytes)
}
