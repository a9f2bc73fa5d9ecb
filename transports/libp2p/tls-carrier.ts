// A TLS carrier: a TLS socket as libp2p wants to see it. It takes all bytes at once, and says when they have left.
import { AbstractMultiaddrConnection } from '@libp2p/utils'
import { asCarrier } from './carrier.ts'
import type { TLSSocket } from 'node:tls'
import type { AbstractMultiaddrConnectionInit, SendResult } from '@libp2p/utils'
import type { Clock } from '../../runtime/clock.ts'
import type { Carrier } from './carrier.ts'
import type { ProvenPeer } from './identity/verify-peer.ts'

export interface TlsCarrierInit extends AbstractMultiaddrConnectionInit {
  readonly socket: TLSSocket
  readonly proven: ProvenPeer
  readonly clock: Clock
}

/** It inherits because libp2p's connections are made that way. */
export class TlsCarrier extends AbstractMultiaddrConnection implements Carrier {
  readonly proven: ProvenPeer
  readonly emptied: Set<() => void> = new Set()
  readonly #socket: TLSSocket
  readonly #clock: Clock
  readonly #uncork = (): void => this.#socket.uncork()
  readonly #written = (): void => this.#tell()

  constructor(init: TlsCarrierInit) {
    super(init)
    const { socket } = init
    this.proven = init.proven
    this.#socket = socket
    this.#clock = init.clock
    // Whether the other side still lives is for the failure detector to say, not for a timer of the socket.
    socket.setTimeout(0)
    socket.on('data', (bytes: Uint8Array) => this.onData(bytes))
    socket.on('error', (error) => this.abort(error))
    socket.on('drain', () => this.safeDispatchEvent('drain'))
    socket.once('end', () => this.onTransportClosed())
    socket.once('close', () => this.onTransportClosed())
    asCarrier(this)
  }

  get unsentBytes(): number {
    return this.#socket.destroyed ? 0 : this.writeBufferLength + this.#socket.writableLength
  }

  rest(isResting: boolean): void {
    if (isResting) this.#socket.pause()
    else this.#socket.resume()
  }

  /**
   * Everything is taken, never a part: what is left over the class above puts back in front with one argument for each buffer, and with a
   * hundred thousand of them the stack overflows and the bytes are lost.
   */
  sendData(list: Iterable<Uint8Array>): SendResult {
    const socket = this.#socket
    // One call of the system, hence few TLS records, for all that this turn sends.
    if (socket.writableCorked === 0) {
      socket.cork()
      this.#clock.soon(this.#uncork)
    }
    let sentBytes = 0
    let canSendMore = true
    for (const bytes of list) {
      sentBytes += bytes.byteLength
      canSendMore = socket.write(bytes, this.#written)
    }
    return { sentBytes, canSendMore }
  }

  async sendClose(): Promise<void> {
    if (this.#socket.destroyed) return
    const closed = new Promise((resolve) => this.#socket.once('close', resolve))
    this.#socket.destroySoon()
    await closed
  }

  sendReset(): void {
    this.#socket.destroy()
  }

  sendPause(): void {
    this.#socket.pause()
  }

  sendResume(): void {
    this.#socket.resume()
  }

  #tell(): void {
    if (this.#socket.writableLength > 0 || this.emptied.size === 0) return
    for (const listener of this.emptied) listener()
  }
}
