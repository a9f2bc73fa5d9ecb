// A sealed stream: what a TLS socket carries over a stream of libp2p, as a stream of libp2p again.
import { AbstractMessageStream } from '@libp2p/utils'
import { asCarrier } from './carrier.ts'
import { thrownError } from './thrown-error.ts'
import type { TLSSocket } from 'node:tls'
import type { MessageStream } from '@libp2p/interface'
import type { SendResult } from '@libp2p/utils'
import type { Clock } from '../../runtime/clock.ts'
import type { Carrier } from './carrier.ts'
import type { ProvenPeer } from './identity/verify-peer.ts'

export interface SealedInit {
  /** Below TLS. */
  readonly stream: MessageStream
  readonly socket: TLSSocket
  readonly proven: ProvenPeer
  readonly clock: Clock
}

/** It inherits because libp2p's streams are made that way. The same rules as in tls-carrier.ts hold. */
export class SealedStream extends AbstractMessageStream implements Carrier {
  readonly proven: ProvenPeer
  readonly emptied: Set<() => void> = new Set()
  readonly #stream: MessageStream
  readonly #socket: TLSSocket
  readonly #clock: Clock
  readonly #uncork = (): void => this.#socket.uncork()
  readonly #written = (): void => this.#tell()

  constructor({ stream, socket, proven, clock }: SealedInit) {
    super({
      log: stream.log,
      inactivityTimeout: stream.inactivityTimeout,
      maxReadBufferLength: stream.maxReadBufferLength,
      direction: stream.direction,
    })
    this.#stream = stream
    this.#socket = socket
    this.proven = proven
    this.#clock = clock
    socket.on('data', (bytes: Uint8Array) => this.onData(bytes))
    socket.on('error', (error) => stream.abort(error))
    socket.on('close', () => void this.#closeBelow())
    socket.on('drain', () => this.safeDispatchEvent('drain'))
    stream.addEventListener('close', ({ error, local }) => {
      socket.destroy()
      if (error === undefined) this.onTransportClosed()
      else if (local === true) this.abort(error)
      else this.onRemoteReset()
    })
    asCarrier(this)
  }

  get unsentBytes(): number {
    return this.#socket.destroyed ? 0 : this.writeBufferLength + this.#socket.writableLength
  }

  rest(isResting: boolean): void {
    if (isResting) this.#socket.pause()
    else this.#socket.resume()
  }

  async close(): Promise<void> {
    if (!this.#socket.destroyed) {
      const closed = new Promise((resolve) => this.#socket.once('close', resolve))
      this.#socket.destroySoon()
      await closed
    }
    await this.#closeBelow()
  }

  sendData(list: Iterable<Uint8Array>): SendResult {
    const socket = this.#socket
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

  sendReset(error: Error): void {
    this.#socket.destroy()
    this.#stream.abort(error)
  }

  sendPause(): void {
    this.#socket.pause()
  }

  sendResume(): void {
    this.#socket.resume()
  }

  async #closeBelow(): Promise<void> {
    try {
      await this.#stream.close()
    } catch (error) {
      this.#stream.abort(thrownError(error))
    }
  }

  #tell(): void {
    if (this.#socket.writableLength > 0 || this.emptied.size === 0) return
    for (const listener of this.emptied) listener()
  }
}
