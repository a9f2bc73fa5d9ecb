// The limit's link: messages in frames of 64 over two rings, their payloads as one list that remembers the shapes it has seen.
import { Packr, RESET_BUFFER_MODE, REUSE_BUFFER_MODE, Unpackr } from 'msgpackr'
import { columnWords } from './ring.ts'
import { RingReader } from './ring-reader.ts'
import { RingWriter } from './ring-writer.ts'
import type { MessagePort } from 'node:worker_threads'
import type { Hear, Link } from '../../threads/link.ts'
import type { BareFrame } from './ring-writer.ts'

/** Messages of one frame; a turn that ends sooner sends fewer. */
const frameMessagesMax = 64
/** Bytes from which on they travel beside the ring, and how many such payloads one frame holds. */
const largeBytesMin = 16_384
const frameLargeMax = 8

/** Both ends of a ring remember what was sent before: a frame lost or encoded twice would be the end. Each takes a copy, and keeps it. */
const codecOptions = { sequential: true, copyBuffers: true }

const packMode = REUSE_BUFFER_MODE | RESET_BUFFER_MODE

/** A frame that goes over the port. */
interface PortFrame {
  readonly columns: Int32Array
  readonly payloads: readonly unknown[]
}

/** A frame that has to wait for room, copied, because the encoder's buffer is used again. */
type Waiting =
  | BareFrame
  | { readonly columns: undefined; readonly frame: PortFrame; readonly buffers: ArrayBuffer[] }

export class RingLink implements Link {
  readonly #writer: RingWriter
  readonly #in: SharedArrayBuffer
  readonly #port: MessagePort
  readonly #packr = new Packr({ ...codecOptions })
  readonly #unpackr = new Unpackr({ ...codecOptions })
  readonly #columns = new Int32Array(frameMessagesMax * columnWords)
  #payloads: unknown[] = []
  #buffers: ArrayBuffer[] = []
  readonly #waiting: Waiting[] = []
  readonly #flush = (): void => this.#send()

  constructor(rings: { readonly out: SharedArrayBuffer; readonly in: SharedArrayBuffer }, port: MessagePort) {
    this.#writer = new RingWriter(rings.out, port)
    this.#in = rings.in
    this.#port = port
  }

  tell(to: number, kind: number, payload: unknown): void {
    const isLarge = payload instanceof Uint8Array && payload.length >= largeBytesMin
    if (isLarge !== this.#buffers.length > 0) this.#send()
    const count = this.#payloads.length
    if (count === 0) queueMicrotask(this.#flush)
    this.#columns[count * columnWords] = to
    this.#columns[count * columnWords + 1] = kind
    if (!isLarge) {
      if (this.#payloads.push(payload) === frameMessagesMax) this.#send()
      return
    }
    // The sender keeps its own; the copy is given away.
    const copy = payload.slice()
    this.#buffers.push(copy.buffer)
    if (this.#payloads.push(copy) === frameLargeMax) this.#send()
  }

  listen(hear: Hear): void {
    const each = (columns: Int32Array, payloads: readonly unknown[]): void => {
      for (let i = 0; i < payloads.length; i++) {
        hear(columns[i * columnWords] ?? 0, columns[i * columnWords + 1] ?? 0, payloads[i])
      }
    }
    // oxlint-disable-next-line no-new
    new RingReader(this.#in, this.#port, {
      // The other end packs nothing but lists.
      frame: (columns, _count, body) => each(columns, this.#unpackr.unpack(body) as unknown[]),
      onPort: (frame) => {
        const { columns, payloads } = frame as PortFrame
        each(columns, payloads)
      },
      room: () => this.#goOn(),
    })
  }

  #send(): void {
    const count = this.#payloads.length
    if (count === 0) return
    if (this.#buffers.length > 0) this.#sendOnPort(count)
    else this.#sendInRing(count)
  }

  #sendInRing(count: number): void {
    // The encoder gives its own buffer, and says where in it the list lies.
    const body = this.#packr.pack(this.#payloads, packMode) as Buffer & { start: number; end: number }
    const { start, end } = body
    this.#payloads.length = 0
    const frame = { columns: this.#columns, count, body, start, end }
    if (this.#waiting.length === 0 && this.#writer.write(frame)) return
    const copy = Buffer.copyBytesFrom(body, start, end - start)
    this.#wait({ columns: this.#columns.slice(), count, body: copy, start: 0, end: end - start })
  }

  #sendOnPort(count: number): void {
    const frame = { columns: this.#columns.slice(0, count * columnWords), payloads: this.#payloads }
    const buffers = this.#buffers
    this.#payloads = []
    this.#buffers = []
    if (this.#waiting.length === 0 && this.#writer.writeOnPort(frame, buffers)) return
    this.#wait({ columns: undefined, frame, buffers })
  }

  #wait(waiting: Waiting): void {
    this.#waiting.push(waiting)
    this.#goOn()
  }

  /** Writes what waits, until the ring is full again. */
  #goOn(): void {
    let done = 0
    do {
      for (let next = this.#waiting[done]; next !== undefined; next = this.#waiting[++done]) {
        if (!this.#write(next)) break
      }
    } while (done < this.#waiting.length && !this.#writer.wantRoom())
    this.#waiting.splice(0, done)
  }

  #write(waiting: Waiting): boolean {
    return waiting.columns === undefined
      ? this.#writer.writeOnPort(waiting.frame, waiting.buffers)
      : this.#writer.write(waiting)
  }
}
