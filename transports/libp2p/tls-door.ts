// A door: one listening port, where handshakes are bounded in number and time, members go on to libp2p and guests to the foyer.
import { createServer } from 'node:tls'
import { joinProtocol, joinServerName, peerProtocol } from './identity/tls-options.ts'
import { verifyPeer } from './identity/verify-peer.ts'
import { keepAliveMsDefault } from './tls-handshake.ts'
import { giveVerdict } from './verdict.ts'
import type { Socket } from 'node:net'
import type { Server, TLSSocket } from 'node:tls'
import type { HostPort } from './node-address.ts'
import type { Refusals } from './refusals.ts'
import type { SecureContexts } from './secure-contexts.ts'
import type { ProvenPeer } from './identity/verify-peer.ts'

/** Handshakes under way at once. */
export const handshakesMax: number = 1_024
/** Of those from one address; nodes behind one NAT share it. */
export const handshakesPerAddressMax: number = 256
/** Connections of one door, proven or not. */
export const doorConnectionsMax: number = 10_000
/** Connections that wait for the process to accept them. */
export const backlogMax: number = 511

export interface DoorInit {
  readonly contexts: SecureContexts
  readonly refusals: Refusals
  /** Takes a guest without a certificate; left out where nobody joins. Says whether there was room. */
  readonly receive: ((socket: TLSSocket, address: string) => boolean) | undefined
  /** Takes a member. Says whether there was room; only then it is told that it is welcome. */
  admit(socket: TLSSocket, proven: ProvenPeer, welcome: () => void): boolean
}

export class TlsDoor {
  readonly #init: DoorInit
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  /** Handshakes under way: the address by address and port. */
  readonly #pending = new Map<string, string>()
  /** Their number by address. */
  readonly #handshakes = new Map<string, number>()
  readonly #stopWatching: () => void

  constructor(init: DoorInit) {
    this.#init = init
    const { contexts } = init
    const takesJoiners = init.receive !== undefined
    this.#server = createServer({
      ...contexts.server({ takesJoiners }),
      // A handshake that OpenSSL ends leaves the client without a reason; `verifyPeer` refuses the same, and says so.
      rejectUnauthorized: false,
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: keepAliveMsDefault,
    })
    this.#server.maxConnections = doorConnectionsMax
    const renew = (): void => {
      this.#server.setSecureContext(contexts.server({ takesJoiners }))
      if (takesJoiners) this.#server.addContext(joinServerName, contexts.forJoiners())
    }
    if (takesJoiners) renew()
    this.#stopWatching = contexts.watch(renew)
    // Whoever is turned away costs no TLS: its own listener comes only behind ours.
    const shakers = this.#server.listeners('connection')
    this.#server.removeAllListeners('connection')
    this.#server.on('connection', (socket: Socket) => {
      if (this.#begin(socket)) for (const shake of shakers) shake.call(this.#server, socket)
    })
    this.#server.on('secureConnection', (socket) => this.#judge(socket))
    this.#server.on('tlsClientError', (error, socket) => {
      init.refusals.add('handshake-failed', socket.remoteAddress ?? 'unknown', error)
      socket.destroy()
    })
    this.#server.on('drop', (from) => init.refusals.add('handshakes-full', from?.remoteAddress ?? 'unknown'))
  }

  /** The port; it was 0 if any would do. */
  get port(): number {
    const at = this.#server.address()
    return typeof at === 'object' && at !== null ? at.port : 0
  }

  async listen({ host, port }: HostPort): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen({ host, port, backlog: backlogMax }, () => {
        this.#server.off('error', reject)
        resolve()
      })
    })
  }

  async close(): Promise<void> {
    this.#stopWatching()
    for (const socket of this.#sockets) socket.destroy()
    if (!this.#server.listening) return
    await new Promise((resolve) => this.#server.close(resolve))
  }

  /** Before the first byte is read; says whether the handshake may begin. */
  #begin(socket: Socket): boolean {
    const address = socket.remoteAddress ?? 'unknown'
    const count = this.#handshakes.get(address) ?? 0
    if (this.#pending.size >= handshakesMax || count >= handshakesPerAddressMax) {
      this.#init.refusals.add('handshakes-full', address)
      socket.destroy()
      return false
    }
    const key = `${address} ${socket.remotePort}`
    this.#handshakes.set(address, count + 1)
    this.#pending.set(key, address)
    this.#sockets.add(socket)
    socket.once('close', () => {
      this.#settle(key)
      this.#sockets.delete(socket)
    })
    return true
  }

  /** A handshake is over, one way or the other. */
  #settle(key: string): void {
    const address = this.#pending.get(key)
    if (address === undefined) return
    this.#pending.delete(key)
    const count = (this.#handshakes.get(address) ?? 1) - 1
    if (count === 0) this.#handshakes.delete(address)
    else this.#handshakes.set(address, count)
  }

  #judge(socket: TLSSocket): void {
    const address = socket.remoteAddress ?? 'unknown'
    this.#settle(`${address} ${socket.remotePort}`)
    this.#sockets.add(socket)
    socket.once('close', () => this.#sockets.delete(socket))
    socket.on('error', ignored)
    if (socket.alpnProtocol === joinProtocol && this.#init.receive !== undefined) {
      if (this.#init.receive(socket, address)) return
      this.#init.refusals.add('foyer-full', address)
      socket.destroy()
      return
    }
    if (socket.alpnProtocol !== peerProtocol) {
      this.#init.refusals.add('protocol-unknown', address)
      socket.destroy()
      return
    }
    this.#admit(socket, address)
  }

  #admit(socket: TLSSocket, address: string): void {
    const { contexts, refusals } = this.#init
    try {
      const proven = verifyPeer(socket, contexts.check(undefined))
      if (this.#init.admit(socket, proven, () => giveVerdict(socket, 'welcome'))) return
      refusals.add('peer-connections-full', address)
      giveVerdict(socket, 'full')
    } catch (error) {
      refusals.add('peer-refused', address, error instanceof Error ? error : undefined)
      giveVerdict(socket, 'refused')
    }
  }
}

function ignored(): void {}
