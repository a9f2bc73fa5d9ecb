// An echo: a TCP connection over loopback to ourselves, and how long one byte takes there and back.
import { connect, createServer } from 'node:net'
import { once } from 'node:events'
import type { AddressInfo, Server, Socket } from 'node:net'

/** Both ends live in this process: a round trip needs two turns of the event loop, and suffers whatever delays it. */
export class Echo implements AsyncDisposable {
  readonly #server: Server
  readonly #socket: Socket

  private constructor(server: Server, socket: Socket) {
    this.#server = server
    this.#socket = socket
  }

  static async open(): Promise<Echo> {
    const server = createServer({ noDelay: true }, (peer) => peer.pipe(peer))
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    // A server that listens on a port has an address of that shape.
    const { port } = server.address() as AddressInfo
    const socket = connect({ port, host: '127.0.0.1', noDelay: true })
    await once(socket, 'connect')
    return new Echo(server, socket)
  }

  /** One byte after the other for `durationMs`; how long each took, in milliseconds. */
  async roundTripsMs(durationMs: number): Promise<number[]> {
    const took: number[] = []
    const endMs = performance.now() + durationMs
    for (let sentMs = performance.now(); sentMs < endMs; sentMs = performance.now()) {
      this.#socket.write('.')
      await once(this.#socket, 'data')
      took.push(performance.now() - sentMs)
    }
    return took
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.destroy()
    this.#server.close()
    await once(this.#server, 'close')
  }
}
