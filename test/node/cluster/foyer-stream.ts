// A foyer's stream: one end of which a test holds in its hand, to say what comes and to see what left.
import type { PeerStream, StreamListener } from '../../../runtime/transport.ts'

export class FoyerStream implements PeerStream {
  readonly peer = 'other'
  readonly purpose = 'foyer'
  readonly isDialled = true
  readonly way = 'direct'
  readonly address = 'memory/other'
  readonly queuedBytes = 0
  written = new Uint8Array(0)
  /** How it ended. */
  end: 'closed' | 'aborted' | 'cut' | undefined = undefined
  #listener: StreamListener | undefined = undefined

  write(bytes: Uint8Array): void {
    this.written = Uint8Array.of(...this.written, ...bytes)
  }

  listen(listener: StreamListener): void {
    this.#listener = listener
  }

  close(): void {
    this.#finish('closed')
  }

  abort(): void {
    this.#finish('aborted')
  }

  /** The other side has gone. */
  cut(): void {
    this.#finish('cut')
  }

  /** What the other side says, in pieces of so many bytes. */
  come(said: Uint8Array | string, pieceBytes: number = Infinity): void {
    const bytes = typeof said === 'string' ? new TextEncoder().encode(said) : said
    for (let at = 0; at < bytes.byteLength; at += pieceBytes)
      this.#listener?.data(bytes.subarray(at, Math.min(bytes.byteLength, at + pieceBytes)))
  }

  #finish(end: 'closed' | 'aborted' | 'cut'): void {
    if (this.end !== undefined) return
    this.end = end
    this.#listener?.closed(end === 'closed' ? undefined : new Error(end))
  }
}
