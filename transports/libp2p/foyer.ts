// A foyer: where nodes without a certificate are received, a few at a time; how a node that joins knocks, and what it verifies before it speaks.
import { verifyByFingerprint } from './identity/verify-peer.ts'
import { within } from './cancellation.ts'
import { dialFailed } from './dial-failure.ts'
import { GuestStream } from './guest-stream.ts'
import { dialAddress, hostPort, isDirect, peerOf, unusable } from './node-address.ts'
import { dialFoyer } from './tls-handshake.ts'
import type { TLSSocket } from 'node:tls'
import type { CancelSignal } from '../../runtime/cancel-signal.ts'
import type { Clock } from '../../runtime/clock.ts'
import type { PeerStream } from '../../runtime/transport.ts'
import type { Refusals } from './refusals.ts'

/** Guests at once. Each may stay a while, and an honest one leaves after a round trip. */
export const guestsMax: number = 32
/** How long a knock may take until the door is open. */
export const knockMsMax: number = 10_000

export class Foyer {
  readonly #clock: Clock
  readonly #refusals: Refusals
  #opened: ((stream: PeerStream) => void) | undefined
  readonly #guests = new Set<GuestStream>()

  constructor(clock: Clock, refusals: Refusals) {
    this.#clock = clock
    this.#refusals = refusals
  }

  /** Says who talks to the guests; before, nobody is received. */
  listen(opened: (stream: PeerStream) => void): void {
    this.#opened = opened
  }

  /** Says whether there was room. */
  receive(socket: TLSSocket, address: string): boolean {
    if (this.#opened === undefined || this.#guests.size >= guestsMax) return false
    const guest: GuestStream = new GuestStream({
      socket,
      clock: this.#clock,
      peer: '',
      isDialled: false,
      address,
      ended: (fault) => {
        this.#guests.delete(guest)
        if (fault !== undefined) this.#refusals.add('foyer-overrun', address, fault)
      },
    })
    this.#guests.add(guest)
    this.#opened(guest)
    return true
  }

  close(): void {
    for (const guest of this.#guests) guest.abort(new Error('the node closes'))
  }
}

export interface KnockOptions {
  /** A direct multiaddr; with a peer id at its end that node has to be there. */
  readonly address: string
  /** The cluster's id, from the token. */
  readonly cluster: string
  /** SHA-256 of the authority's certificate in hexadecimal digits, from the token. */
  readonly fingerprint: string
  readonly clock: Clock
  readonly signal?: CancelSignal | undefined
}

/**
 * Opens a foyer stream to a member, for a node that has no certificate. Nothing was sent when it returns, and the member has proven that the
 * authority of the fingerprint has certified it.
 * @throws {Fault} `address-unusable` · `peer-unreachable` · `peer-refused`
 */
export async function knock(options: KnockOptions): Promise<GuestStream> {
  const { address, cluster, fingerprint, clock, signal } = options
  const at = dialAddress(address, undefined)
  if (!isDirect(at)) throw unusable('knock at', address, 'a foyer is not reached through a relay')
  let socket: TLSSocket | undefined
  try {
    socket = await within(
      { clock, limitMs: knockMsMax, outer: signal },
      async (limit) => await dialFoyer(hostPort(at), limit),
    )
    const proven = verifyByFingerprint(socket, { cluster, fingerprint, nowMs: clock.wall() })
    const expected = peerOf(at)
    if (expected !== undefined && proven.peer !== expected)
      throw new Error(`it is ${proven.peer}, not ${expected}`)
    return new GuestStream({ socket, clock, peer: proven.peer, isDialled: true, address })
  } catch (error) {
    socket?.destroy()
    throw dialFailed(`knock at ${address}`, [{ address, error }])
  }
}
