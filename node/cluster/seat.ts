// A seat: the number under which a node votes in the council. It follows from the node's keys, so that it outlives its processes.
import { createHash } from 'node:crypto'
import type { PeerId } from '../../runtime/transport.ts'

/** Bytes of the hash that make the number: 2^48 seats, of which a thousand nodes share one with a chance of 1 in 500 million. */
const seatBytes = 6

/** Seats that are remembered: each change of a member makes each node look at all of them. */
export const seatsKnownMax = 4_096

const known = new Map<PeerId, number>()

export function seatOf(peer: PeerId): number {
  const seat = known.get(peer)
  return seat ?? learnt(peer)
}

/** Of too many all are forgotten: to learn them again costs microseconds. */
function learnt(peer: PeerId): number {
  const seat = createHash('sha256').update(peer).digest().readUIntBE(0, seatBytes)
  if (known.size >= seatsKnownMax) known.clear()
  known.set(peer, seat)
  return seat
}
