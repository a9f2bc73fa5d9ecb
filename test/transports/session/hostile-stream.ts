// A hostile stream: the other side of a session as a test plays it, byte by byte.
import { helloBytes } from '../../../transports/session/hello.ts'
import { acknowledge, kinds, padded, preamble, word } from '../../../transports/session/unit.ts'
import { headOf, writeHead } from '../../../transports/session/frame-head.ts'
import { recordWords } from '../../../runtime/wire.ts'
import type { PeerStream, StreamListener } from '../../../runtime/transport.ts'
import type { Frame } from '../../../runtime/wire.ts'
import type { Hello } from '../../../transports/session/hello.ts'
import type { Acknowledgement } from '../../../transports/session/unit.ts'

/** A stream whose bytes a test puts in by hand. */
export class HostileStream implements PeerStream {
  readonly peer: string = 'a'
  readonly purpose = 'main' as const
  readonly isDialled: boolean
  readonly way = 'direct' as const
  readonly address = 'memory/a'
  readonly queuedBytes = 0
  readonly written: Uint8Array[] = []
  /** What the session gave it up for; null if it closed it in order. */
  ended: Error | null | undefined = undefined
  #listener: StreamListener | undefined = undefined

  constructor(isDialled = false) {
    this.isDialled = isDialled
  }

  get bytes(): Uint8Array {
    return Buffer.concat(this.written)
  }

  /** Brings bytes to the session. */
  bring(...parts: readonly Uint8Array[]): void {
    for (const bytes of parts) if (this.ended === undefined) this.#listener?.data(bytes)
  }

  lose(): void {
    this.ended ??= null
    this.#listener?.closed(new Error('the connection was lost'))
  }

  write(bytes: Uint8Array): void {
    this.written.push(bytes.slice())
  }

  listen(listener: StreamListener): void {
    this.#listener = listener
  }

  close(): void {
    this.ended ??= null
  }

  abort(why: Error): void {
    this.ended ??= why
  }
}

export function helloWith(changes: Partial<Hello> = {}): Uint8Array {
  const room = {
    signals: { records: 65_536, bytes: 262_144 },
    messages: { records: 16_384, bytes: 1_048_576 },
  }
  const hello = { session: 'a-b', end: '0123456789abcdef', otherEnd: undefined, generation: 1, room }
  return helloBytes({ ...hello, greeting: new Uint8Array(0), ...changes })
}

const none = { received: 0, records: 0, bytes: 0 }

export function ack(changes: Partial<Acknowledgement> = {}): Uint8Array {
  return acknowledge({ signals: none, messages: none, ...changes })
}

/** What stands before the first segment. */
export function opening(): Uint8Array {
  return Buffer.concat([preamble(), helloWith(), ack()])
}

/** Head, words and body of a frame. */
export function contentOf(frame: Frame): Uint8Array {
  const head = new Int32Array(5)
  writeHead(headOf(frame), head, 0)
  const words = frame.words.slice(0, frame.count * recordWords)
  return Buffer.concat([new Uint8Array(head.buffer), new Uint8Array(words.buffer), frame.body])
}

/** @param flags 1 for messages, 2 for the first of a frame, 4 for the last */
export function segment(number: number, content: Uint8Array, flags = 7): Uint8Array {
  const bytes = Buffer.alloc(12 + padded(content.byteLength))
  bytes.writeUInt8(kinds.segment, 0)
  bytes.writeUInt8(flags, 1)
  bytes.writeUInt16LE(12, 2)
  bytes.writeUInt32LE(content.byteLength, 4)
  bytes.writeUInt32LE(number >>> 0, 8)
  bytes.set(content, 12)
  return bytes
}

export function end(): Uint8Array {
  return word(kinds.end)
}
