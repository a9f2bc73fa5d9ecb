// A relay's quota: how many bytes a second it carries for each peer. Whoever sends more waits; nothing is lost.
import type { Clock } from '../../runtime/clock.ts'
import type { PeerId } from '../../runtime/transport.ts'
import type { Carrier } from './carrier.ts'

/** Bytes a second for each peer that sends through a relay. */
export const relayBytesPerSecondDefault: number = 67_108_864
/** Seconds of it that may be used at once. */
export const relayBurstSecondsMax: number = 1
/** Peers whose use is remembered. Who has used nothing for a second is forgotten first. */
export const relayPeersMax: number = 10_000

interface Purse {
  bytes: number
  atMs: number
}

export class RelayQuota {
  readonly #clock: Clock
  readonly #bytesPerSecond: number
  readonly #purses = new Map<PeerId, Purse>()
  readonly #resting = new WeakSet<Carrier>()

  constructor(clock: Clock, bytesPerSecond: number) {
    this.#clock = clock
    this.#bytesPerSecond = bytesPerSecond
  }

  /** Takes bytes that have come from a peer already; its connection rests until they are paid for. */
  take(carrier: Carrier, bytes: number): void {
    const { peer } = carrier.proven
    const purse = this.#purse(peer)
    purse.bytes -= bytes
    if (purse.bytes >= 0 || this.#resting.has(carrier)) return
    this.#resting.add(carrier)
    carrier.rest(true)
    const waitMs = (-purse.bytes / this.#bytesPerSecond) * 1_000
    this.#clock.alarm(this.#clock.now() + waitMs, () => {
      this.#resting.delete(carrier)
      carrier.rest(false)
    })
  }

  #purse(peer: PeerId): Purse {
    const nowMs = this.#clock.now()
    const most = this.#bytesPerSecond * relayBurstSecondsMax
    const purse = this.#purses.get(peer) ?? { bytes: most, atMs: nowMs }
    purse.bytes = Math.min(most, purse.bytes + ((nowMs - purse.atMs) / 1_000) * this.#bytesPerSecond)
    purse.atMs = nowMs
    // The order of the map is that of use.
    this.#purses.delete(peer)
    this.#purses.set(peer, purse)
    if (this.#purses.size > relayPeersMax) this.#forgetFirst()
    return purse
  }

  #forgetFirst(): void {
    for (const peer of this.#purses.keys()) {
      this.#purses.delete(peer)
      return
    }
  }
}
