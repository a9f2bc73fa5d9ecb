// A guest's stream: one question and one answer over a TLS socket of its own, between a member and a node that is none yet; bounded in bytes and time.
import { Fault } from '../../runtime/fault.ts'
import { channelBindingBytes, channelBindingLabel } from './identity/tls-options.ts'
import type { TLSSocket } from 'node:tls'
import type { Alarm, Clock } from '../../runtime/clock.ts'
import type { PeerId, PeerStream, StreamListener } from '../../runtime/transport.ts'

/** The most bytes that come, and that leave. */
export const guestBytesMax: number = 262_144
/** How long a guest may stay. */
export const guestMsMax: number = 15_000

export interface GuestInit {
  readonly socket: TLSSocket
  readonly clock: Clock
  /** Empty for a guest: it has proven nothing. */
  readonly peer: PeerId
  readonly isDialled: boolean
  readonly address: string
  readonly ended?: ((fault: Error | undefined) => void) | undefined
}

export class GuestStream implements PeerStream {
  readonly peer: PeerId
  readonly purpose = 'foyer'
  readonly isDialled: boolean
  readonly way = 'direct'
  readonly address: string
  /** The same 32 bytes at both ends of this connection and of no other: what is signed together with them is good here only. */
  readonly binding: Uint8Array
  readonly #socket: TLSSocket
  readonly #alarm: Alarm
  readonly #ended: ((fault: Error | undefined) => void) | undefined
  #listener: StreamListener | undefined
  #fault: Error | undefined
  #receivedBytes = 0
  #sentBytes = 0
  #isClosing = false
  #isPeerDone = false
  #isOver = false

  constructor({ socket, clock, peer, isDialled, address, ended }: GuestInit) {
    this.peer = peer
    this.isDialled = isDialled
    this.address = address
    this.binding = Uint8Array.from(
      socket.exportKeyingMaterial(channelBindingBytes, channelBindingLabel, Buffer.alloc(0)),
    )
    this.#socket = socket
    this.#ended = ended
    this.#alarm = clock.alarm(clock.now() + guestMsMax, () =>
      this.#overrun(`it took more than ${guestMsMax} ms`),
    )
    socket.setTimeout(0)
    socket.on('error', (error) => (this.#fault ??= broken(error.message)))
    socket.once('end', () => (this.#isPeerDone = true))
    socket.once('close', () => this.#close())
  }

  get queuedBytes(): number {
    return this.#isOver ? 0 : this.#socket.writableLength
  }

  write(bytes: Uint8Array): void {
    if (this.#isClosing || this.#isOver || bytes.byteLength === 0) return
    this.#sentBytes += bytes.byteLength
    if (this.#sentBytes > guestBytesMax)
      return this.#overrun(`more than ${guestBytesMax} bytes were written to it`)
    this.#socket.write(bytes, () => {
      if (this.#socket.writableLength === 0 && !this.#isOver) this.#listener?.drained()
    })
  }

  listen(listener: StreamListener): void {
    this.#listener = listener
    if (this.#isOver) return listener.closed(this.#fault)
    this.#socket.on('data', (bytes: Uint8Array) => {
      this.#receivedBytes += bytes.byteLength
      if (this.#receivedBytes > guestBytesMax) this.#overrun(`more than ${guestBytesMax} bytes came`)
      else listener.data(bytes)
    })
  }

  close(): void {
    if (this.#isOver) return
    this.#isClosing = true
    this.#socket.end()
    // Whoever does not read is not waited for longer than the guest's time; nothing is listened to meanwhile.
    if (this.#listener === undefined) this.#socket.resume()
  }

  abort(why: Error): void {
    if (this.#isOver) return
    this.#fault = why
    this.#socket.destroy()
  }

  #overrun(reason: string): void {
    this.abort(
      new Fault('stream-broken', `Cannot go on with a guest of the foyer at ${this.address}: ${reason}`, {
        hint: 'Ask one question and give one answer in a foyer, then close it.',
      }),
    )
  }

  #close(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#alarm.cancel()
    if (!this.#isClosing && !this.#isPeerDone) this.#fault ??= broken('the connection is gone')
    const isUnanswered = this.isDialled && this.#receivedBytes === 0
    if (isUnanswered) this.#fault ??= broken('it was closed without an answer')
    this.#ended?.(this.#fault)
    this.#listener?.closed(this.#fault)
  }
}

function broken(reason: string): Fault {
  return new Fault('stream-broken', `Cannot go on with the foyer stream: ${reason}`, {
    hint: 'Try again; the token is used up only once the answer was given.',
  })
}
