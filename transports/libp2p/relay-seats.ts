// Relay seats: the relays that hold a place for this node, so that others reach it; when one is lost another is taken.
import { withPeer } from './node-address.ts'
import type { Listener, Transport, Upgrader } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'
import type { Alarm, Clock } from '../../runtime/clock.ts'
import type { Random } from '../../runtime/random.ts'
import type { PeerId } from '../../runtime/transport.ts'

/** Relays that hold a place at once: with two, the death of one leaves the node within reach. */
export const relaySeatsMax: number = 2
/** How long a relay that has failed is left alone. */
export const relayRetryMsBounds: readonly [number, number] = [500, 30_000]

export interface SeatsInit {
  readonly circuits: Transport
  readonly upgrader: Upgrader
  readonly relays: readonly Multiaddr[]
  readonly self: PeerId
  readonly clock: Clock
  readonly random: Random
  changed(): void
}

type SeatState = 'free' | 'asking' | 'held' | 'resting'

interface Seat {
  readonly relay: Multiaddr
  readonly listener: Listener
  state: SeatState
  failures: number
  alarm: Alarm | undefined
}

export class RelaySeats {
  readonly #init: SeatsInit
  readonly #seats: readonly Seat[]
  #isOver = false

  constructor(init: SeatsInit) {
    this.#init = init
    this.#seats = init.relays.map((relay) => this.#seat(relay))
  }

  /** Where this node is reached through relays; first as each relay was named here, then as it names itself. */
  get addresses(): readonly Multiaddr[] {
    const held = this.#seats.filter(({ state }) => state === 'held')
    const found = held.flatMap(({ relay, listener }) =>
      [relay.encapsulate('/p2p-circuit')].concat(listener.getAddrs()),
    )
    const whole = found.map((address) => withPeer(address, this.#init.self))
    return [...new Map(whole.map((address) => [address.toString(), address])).values()]
  }

  /** Resolves when the first relays have answered, whatever they say. */
  async start(): Promise<void> {
    await Promise.all(this.#fill())
  }

  close(): void {
    this.#isOver = true
    for (const seat of this.#seats) seat.alarm?.cancel()
  }

  #fill(): Promise<void>[] {
    if (this.#isOver) return []
    const taken = this.#seats.filter(({ state }) => state === 'held' || state === 'asking').length
    const free = this.#seats.filter(({ state }) => state === 'free')
    return free.slice(0, Math.max(0, relaySeatsMax - taken)).map(async (seat) => await this.#ask(seat))
  }

  async #ask(seat: Seat): Promise<void> {
    seat.state = 'asking'
    try {
      await seat.listener.listen(seat.relay.encapsulate('/p2p-circuit'))
      seat.state = 'held'
      seat.failures = 0
      this.#init.changed()
    } catch {
      this.#rest(seat)
    }
    await Promise.all(this.#fill())
  }

  #rest(seat: Seat): void {
    const { clock, random } = this.#init
    const [least, most] = relayRetryMsBounds
    seat.failures++
    seat.state = 'resting'
    const waitMs = Math.min(most, least * 2 ** Math.min(seat.failures - 1, 16)) * (0.5 + random.next() / 2)
    seat.alarm = clock.alarm(clock.now() + waitMs, () => {
      seat.state = 'free'
      void Promise.all(this.#fill())
    })
  }

  #seat(relay: Multiaddr): Seat {
    const { circuits, upgrader } = this.#init
    const listener = circuits.createListener({ upgrader })
    const seat: Seat = { relay, listener, state: 'free', failures: 0, alarm: undefined }
    // It tells both of a place that it has and of one that is gone.
    listener.addEventListener('listening', () => {
      if (seat.state !== 'held' || this.#isOver || listener.getAddrs().length > 0) return
      this.#rest(seat)
      this.#init.changed()
      void Promise.all(this.#fill())
    })
    return seat
  }
}
