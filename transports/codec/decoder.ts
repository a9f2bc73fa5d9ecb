// A decoder: makes of a body and its attachments the payloads again.
import { Unpackr } from 'msgpackr'
import { describeThrown } from '../../runtime/thrown.ts'
import { Fault } from '../../runtime/fault.ts'
import { resetFlag } from './encoder.ts'
import { unpack } from './extension.ts'
import { scan } from './scan.ts'

/** One lane's decoder; what it gives out is nobody else's. */
export class Decoder {
  readonly #refAt: (path: string) => unknown
  readonly #isStateless: boolean
  /** Made with the first frame: many lanes never carry one. */
  #unpackr: Unpackr | undefined = undefined
  /** After a malformed frame nothing makes sense until the state begins anew. */
  #isLost = false

  /** @param options.isStateless for bodies from outside: each is read by our own reader first, and stands for itself. */
  constructor(options: { refAt: (path: string) => unknown; isStateless?: boolean }) {
    this.#refAt = options.refAt
    this.#isStateless = options.isStateless ?? false
  }

  /** @throws {Fault} `frame-malformed` */
  decode(body: Uint8Array, attachments: readonly ArrayBuffer[]): unknown[] {
    try {
      const bytes = readable(body)
      this.#heed(bytes[0])
      if (this.#isStateless) scan(bytes)
      this.#unpackr ??= this.#newUnpackr()
      const list = unpack(this.#unpackr, bytes, { attachments, refAt: this.#refAt })
      if (!Array.isArray(list)) throw new Error('it is no list')
      return list
    } catch (error) {
      this.#isLost = true
      throw malformed(body.byteLength, error)
    }
  }

  #heed(flags: number | undefined): void {
    if (flags === undefined || flags > (this.#isStateless ? 0 : resetFlag)) throw new Error('unknown flags')
    if (flags === resetFlag) {
      this.#unpackr = this.#newUnpackr()
      this.#isLost = false
    }
    if (this.#isLost && !this.#isStateless) throw new Error('a frame before it was malformed')
  }

  #newUnpackr(): Unpackr {
    // `copyBuffers`: or else bytes would be views of the body, which is not ours.
    const common = { mapsAsObjects: true, copyBuffers: true }
    return new Unpackr(this.#isStateless ? { ...common, useRecords: false } : { ...common, sequential: true })
  }
}

/** The body as msgpackr reads it fastest; shared memory is copied, since no native reader may see it change. */
function readable(body: Uint8Array): Buffer {
  const { buffer, byteOffset, byteLength } = body
  return buffer instanceof ArrayBuffer ? Buffer.from(buffer, byteOffset, byteLength) : Buffer.from(body)
}

function malformed(bytes: number, error: unknown): Fault {
  const { message } = describeThrown(error)
  return new Fault('frame-malformed', `Cannot decode a body of ${bytes} bytes: ${message}`, {
    hint: 'Close the connection: what sent it is broken, hostile, or of another version.',
    cause: error,
  })
}
