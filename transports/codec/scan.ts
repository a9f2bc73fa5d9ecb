// The scan: our own reader, which walks a body from outside before msgpackr sees it and lets through only what our encoder writes.
import { extensionType } from './extension.ts'
import { isTag } from './revival.ts'
import { firstBytesTag, isRefusedKey } from './tagged.ts'

/** Values in one body, keys and tags included. */
export const bodyValuesMax = 4_194_304
/** Levels of lists, maps and tags in each other: three for each level of a payload, and what a frame and a fault add. */
export const bodyDepthMax = 208

/** Reads over a body, from its second byte to its end. @throws {Error} that says what is wrong first. */
export function scan(body: Uint8Array): void {
  new Scan(body).body()
}

class Scan {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  /** The first byte is the codec's own. */
  #position = 1
  #depth = 0
  #values = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  body(): void {
    this.#value()
    if (this.#position !== this.#bytes.length) throw this.#wrong('bytes follow the end')
  }

  #value(): void {
    this.#values++
    if (this.#values > bodyValuesMax) throw this.#wrong(`more than ${bodyValuesMax} values`)
    const token = this.#number(1)
    if (token < 0x80 || token >= 0xe0) return
    if (token < 0x90) this.#map(token & 0x0f)
    else if (token < 0xa0) this.#list(token & 0x0f)
    else if (token < 0xc0) this.#skip(token & 0x1f)
    else this.#long(token)
  }

  /** What does not say its size in its first byte. */
  #long(token: number): void {
    switch (token) {
      case 0xc0:
      case 0xc2:
      case 0xc3:
        return
      case 0xcb:
        return this.#skip(8)
      case 0xcc:
      case 0xcd:
      case 0xce:
      case 0xcf:
        return this.#skip(1 << (token - 0xcc))
      case 0xd0:
      case 0xd1:
      case 0xd2:
      case 0xd3:
        return this.#skip(1 << (token - 0xd0))
      case 0xd4:
        return this.#extension()
      case 0xd9:
      case 0xda:
      case 0xdb:
        return this.#skip(this.#number(1 << (token - 0xd9)))
      case 0xdc:
      case 0xdd:
        return this.#list(this.#number(2 << (token - 0xdc)))
      case 0xde:
      case 0xdf:
        return this.#map(this.#number(2 << (token - 0xde)))
      default:
        throw this.#wrong(`0x${token.toString(16)} stands where a value begins`)
    }
  }

  #list(length: number): void {
    this.#enter(length)
    for (let index = 0; index < length; index++) this.#value()
    this.#depth--
  }

  #map(size: number): void {
    this.#enter(size * 2)
    for (let index = 0; index < size; index++) {
      this.#key()
      this.#value()
    }
    this.#depth--
  }

  /** Each value takes a byte at least. */
  #enter(values: number): void {
    if (values > this.#bytes.length - this.#position)
      throw this.#wrong('a list or map is longer than the body')
    this.#depth++
    if (this.#depth > bodyDepthMax) throw this.#wrong(`nested deeper than ${bodyDepthMax} levels`)
  }

  #key(): void {
    const token = this.#number(1)
    const isShort = token >= 0xa0 && token < 0xc0
    if (!isShort && (token < 0xd9 || token > 0xdb)) throw this.#wrong('a key is no text')
    const size = isShort ? token & 0x1f : this.#number(1 << (token - 0xd9))
    const start = this.#position
    this.#skip(size)
    this.#values++
    // The longest name that is refused has 11 bytes, a byte order mark 3.
    if (size > 14 || size < 9) return
    const key = String.fromCharCode(...this.#bytes.subarray(start, this.#position))
    if (isRefusedKey(key.replace(/^\u00EF\u00BB\u00BF/, ''))) throw this.#wrong('a key is refused')
  }

  /** Undefined, or a tag in our own extension. */
  #extension(): void {
    const type = this.#number(1)
    if (this.#number(1) !== 0) throw this.#wrong('an extension with data')
    if (type === 0) return
    if (type !== extensionType) throw this.#wrong(`extension ${type}`)
    this.#enter(3)
    const isPair = this.#number(1) === 0x92
    const tag = this.#number(1)
    if (!isPair || !isTag(tag)) throw this.#wrong('an unknown tag')
    if (tag >= firstBytesTag && this.#isBytes()) this.#bytesValue()
    else this.#value()
    this.#depth--
  }

  #isBytes(): boolean {
    const token = this.#bytes[this.#position] ?? 0
    return token >= 0xc4 && token <= 0xc6
  }

  /** Bytes stand nowhere else than beside a tag that says their kind. */
  #bytesValue(): void {
    const token = this.#number(1)
    this.#skip(this.#number(1 << (token - 0xc4)))
  }

  #number(size: number): number {
    const at = this.#position
    this.#skip(size)
    if (size === 1) return this.#view.getUint8(at)
    return size === 2 ? this.#view.getUint16(at) : this.#view.getUint32(at)
  }

  #skip(bytes: number): void {
    if (bytes > this.#bytes.length - this.#position) throw this.#wrong('it ends too early')
    this.#position += bytes
  }

  #wrong(what: string): Error {
    return new Error(`at byte ${this.#position}: ${what}`)
  }
}
