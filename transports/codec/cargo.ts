// The cargo of a payload: its bytes, copied or moved when it is sent, small ones in the body, large ones beside it.
import { types } from 'node:util'
import { Fault } from '../../runtime/fault.ts'
import { bytesKinds, firstBytesTag, Tagged } from './tagged.ts'
import type { Bytes, BytesKind } from './tagged.ts'

/** Bytes that one payload may take in the body of a frame. */
export const payloadBytesMax = 67_108_864
/** Bytes of one payload's attachments together. */
export const attachedBytesMax = 268_435_456
/** From this size on bytes travel beside the body. */
export const attachmentBytesMin = 16_384

/** Counts what one payload takes, and refuses what is too much before it is copied. */
export class Cargo {
  readonly #attempt: string
  readonly #attachFrom: number
  /** The buffers that are moved, each with the values that lie in it. */
  readonly #moved: Map<ArrayBuffer, Bytes[]> = new Map()
  #bodyBytes = 0
  #attachedBytes = 0

  /** @throws {Fault} `transfer-invalid` */
  constructor(attempt: string, transfer: readonly ArrayBuffer[], attachFrom: number = attachmentBytesMin) {
    this.#attempt = attempt
    this.#attachFrom = attachFrom
    for (const buffer of transfer) {
      if (!types.isArrayBuffer(buffer)) throw this.#untransferable('what is no ArrayBuffer')
      if (buffer.detached) throw this.#untransferable('an ArrayBuffer that is detached already')
      if (this.#moved.has(buffer)) throw this.#untransferable('the same ArrayBuffer twice')
      this.#moved.set(buffer, [])
    }
  }

  /** About how many bytes the payload takes in the body. */
  get bodyBytes(): number {
    return this.#bodyBytes
  }

  /** How many travel beside it. */
  get attachedBytes(): number {
    return this.#attachedBytes
  }

  /** Counts bytes of the body. @throws {Fault} `payload-too-large` */
  count(bytes: number): void {
    this.#bodyBytes += bytes
    if (this.#bodyBytes > payloadBytesMax) {
      throw this.#tooLarge(`it takes more than ${payloadBytesMax} bytes beside its attachments`)
    }
  }

  /** Tags a view or a buffer with its bytes; or says why not, to be read after "is". */
  pack(value: ArrayBufferView | ArrayBuffer): Tagged | string {
    if (disguises.some((key) => Object.hasOwn(value, key)))
      return 'bytes that say of themselves what they are not'
    const isView = ArrayBuffer.isView(value)
    // The check of the payload has refused views of shared memory.
    const buffer = (isView ? value.buffer : value) as ArrayBuffer
    if (buffer.detached) return 'bytes that have been moved away'
    const tag = firstBytesTag + bytesKinds.indexOf(kindOf(value))
    return new Tagged(tag, this.#stow(buffer, isView ? value.byteOffset : 0, value.byteLength))
  }

  /** Takes the moved buffers away from the sender: all or none. @throws {Fault} `transfer-invalid` */
  depart(): void {
    if (this.#moved.size === 0) return
    const buffers = [...this.#moved.keys()]
    for (const lodgers of this.#moved.values()) {
      if (lodgers.length === 0) throw this.#untransferable('an ArrayBuffer that the payload has not')
    }
    const arrived = this.#transferred(buffers)
    for (const [index, buffer] of buffers.entries()) {
      const home = arrived[index]
      for (const bytes of this.#moved.get(buffer) ?? []) bytes.buffer = home ?? bytes.buffer
    }
  }

  #stow(buffer: ArrayBuffer, offset: number, size: number): Bytes {
    const lodgers = this.#moved.get(buffer)
    if (lodgers !== undefined) {
      if (lodgers.length === 0) this.#countAttached(buffer.byteLength)
      const bytes: Bytes = { buffer, offset, size, isAttached: true }
      lodgers.push(bytes)
      return bytes
    }
    const isAttached = size >= this.#attachFrom
    if (isAttached) this.#countAttached(size)
    else this.count(size)
    return {
      buffer: ArrayBuffer.prototype.slice.call(buffer, offset, offset + size),
      offset: 0,
      size,
      isAttached,
    }
  }

  #countAttached(bytes: number): void {
    this.#attachedBytes += bytes
    if (this.#attachedBytes > attachedBytesMax) {
      throw this.#tooLarge(`its attachments take more than ${attachedBytesMax} bytes`)
    }
  }

  /** Asks the platform, which refuses what must not be moved, such as the pool of Buffer, before it moves anything. */
  #transferred(buffers: readonly ArrayBuffer[]): readonly ArrayBuffer[] {
    try {
      return structuredClone(buffers, { transfer: [...buffers] })
    } catch (error) {
      throw this.#untransferable('an ArrayBuffer that cannot be moved', error)
    }
  }

  #untransferable(what: string, cause?: unknown): Fault {
    return new Fault('transfer-invalid', `Cannot ${this.#attempt}: transfer lists ${what}`, {
      hint: 'List each ArrayBuffer of the payload that is to be moved once, and none of Buffer.from or shared memory.',
      ...(cause === undefined ? {} : { cause }),
    })
  }

  #tooLarge(how: string): Fault {
    return new Fault('payload-too-large', `Cannot ${this.#attempt}: ${how}`, {
      hint: 'Send it in several messages, or leave it where it is and send its place.',
      details: { payloadBytesMax, attachedBytesMax },
    })
  }
}

/** Own properties of these names would hide what the bytes are. */
const disguises = ['buffer', 'byteOffset', 'byteLength', 'detached', Symbol.toStringTag] as const

function kindOf(value: ArrayBufferView | ArrayBuffer): BytesKind {
  if (Buffer.isBuffer(value)) return 'Buffer'
  // Views and buffers answer by what they are inside.
  const name = Object.prototype.toString.call(value).slice('[object '.length, -1)
  return bytesKinds.find((kind) => kind === name) ?? 'DataView'
}
