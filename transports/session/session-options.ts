// A session's options: its name, its room, and what its owner says to the other one.
import type { Clock } from '../../runtime/clock.ts'
import type { Fault } from '../../runtime/fault.ts'
import type { Random } from '../../runtime/random.ts'
import type { PeerId, PeerStream } from '../../runtime/transport.ts'
import type { Lane } from '../../runtime/wire.ts'
import type { Room } from './hello.ts'
import type { SlabPool } from './slab-pool.ts'
import type { Malformed } from './unit.ts'

/** Records and bytes on their way in one direction, for each lane. Together well below the 2 MiB window of a libp2p stream. */
export const sessionRoomDefault: Readonly<Record<Lane, Room>> = {
  signals: { records: 65_536, bytes: 262_144 },
  messages: { records: 16_384, bytes: 1_048_576 },
}

/** Streams that broke the protocol before the owner hears that the other side cannot be trusted with it. */
export const badStreamsMax = 5

/** Hears how a session fares. Must not throw. */
export interface SessionWatcher {
  /** Frames travel: by a first stream, by one after a break, or by one that has taken another's place. */
  attached?(stream: PeerStream): void
  /** The stream broke. What was on its way is kept. */
  detached?(why: Fault): void
  /** A stream that was dialled came to nothing. */
  missed?(why: Fault): void
  /** The other side does not want the session: not now, or, if that is final, never; then the session is cut. */
  refused?(code: string, isFinal: boolean): void
  /** A stream was given up. @param count how many were for this reason */
  malformed?(reason: Malformed, count: number): void
  /** The `count`th stream broke the protocol, a multiple of `badStreamsMax`. */
  distrusted?(count: number): void
  ended?(why: 'closed' | 'cut'): void
}

export interface SessionOptions {
  readonly clock: Clock
  readonly random: Random
  /** Of the node. */
  readonly pool: SlabPool
  /** The same on both sides; it names the two incarnations and the purpose. 1 to `sessionIdBytesMax` bytes. */
  readonly id: string
  readonly self: PeerId
  readonly peer: PeerId
  /** Default `sessionRoomDefault`. The other side must have the same or more. */
  readonly room?: Readonly<Record<Lane, Room>>
  /** What the other owner is told with each stream, at most `greetingBytesMax` bytes. */
  greeting?(): Uint8Array
  /** Looks at what the other owner says. A code (`noun-state`) refuses the stream. */
  admits?(greeting: Uint8Array, stream: PeerStream): string | undefined
}
