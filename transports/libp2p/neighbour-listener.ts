// A neighbour listener: hears of nodes on the same network.
import type { PeerId } from '../../runtime/transport.ts'

/** Called each time that somebody answers, so again and again for the same node; nothing is kept, and nothing of it is proven. */
export type NeighbourListener = (peer: PeerId, addresses: readonly string[]) => void
