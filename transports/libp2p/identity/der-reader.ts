// A DER reader: goes through the values of a certificate one after the other, and believes none of them.
import { Fault } from '../../../runtime/fault.ts'
import { toHex } from './byte-text.ts'
import { tag } from './der-writer.ts'

/** The longest value, in bytes. */
export const certificateBytesMax: number = 16_384

/**
 * Reads values in order. There is one form for each: lengths are definite and as short as can be, tags have one byte. It never looks into a
 * value by itself, so that neither depth nor number of what is inside costs anything until it is asked for.
 *
 * All methods throw `certificate-invalid` where the bytes are something else than what is asked for.
 */
export class DerReader {
  readonly #bytes: Uint8Array
  #at = 0

  /** @throws {Fault} `certificate-invalid` it is longer than `certificateBytesMax` */
  constructor(bytes: Uint8Array) {
    if (bytes.byteLength > certificateBytesMax) {
      throw malformed(`it has ${bytes.byteLength} bytes, and ${certificateBytesMax} are the most`)
    }
    this.#bytes = bytes
  }

  get isEmpty(): boolean {
    return this.#at === this.#bytes.byteLength
  }

  /** The tag of the value that is next; undefined after the last. */
  get nextTag(): number | undefined {
    return this.#bytes[this.#at]
  }

  /** The content of the next value, not copied. */
  read(wanted: number): Uint8Array {
    const { start, end } = this.#header(wanted)
    this.#at = end
    return this.#bytes.subarray(start, end)
  }

  /** The next value with its tag and length, not copied. */
  readWhole(wanted: number): Uint8Array {
    const from = this.#at
    this.read(wanted)
    return this.#bytes.subarray(from, this.#at)
  }

  /** A reader of what is in the next value. */
  within(wanted: number): DerReader {
    return new DerReader(this.read(wanted))
  }

  /** An object identifier, as the hexadecimal digits of its content. */
  oid(): string {
    const bytes = this.read(tag.oid)
    if (bytes.byteLength === 0) throw malformed('an object identifier is empty')
    return toHex(bytes)
  }

  /** A bit string of whole bytes. */
  bits(): Uint8Array {
    const bytes = this.read(tag.bits)
    if (bytes[0] !== 0) throw malformed('a bit string does not end with a whole byte')
    return bytes.subarray(1)
  }

  /** Text of ASCII characters without controls. */
  ascii(wanted: number): string {
    const bytes = this.read(wanted)
    if (bytes.some((byte) => byte < 0x20 || byte > 0x7e)) throw malformed('a text is not printable ASCII')
    return String.fromCharCode(...bytes)
  }

  /** Milliseconds since 1970. */
  time(): number {
    const isUtc = this.nextTag === tag.utcTime
    const text = this.ascii(isUtc ? tag.utcTime : tag.generalizedTime)
    const whole = isUtc ? `${text < '50' ? '20' : '19'}${text}` : text
    const [, year, month, day, hour, minute, second] =
      /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(whole) ?? []
    const iso = `${year}-${month}-${day}T${hour}:${minute}:${second}.000Z`
    const ms = Date.parse(iso)
    // A day that does not exist is counted on into the next month.
    if (Number.isNaN(ms) || new Date(ms).toISOString() !== iso) throw malformed('a time is none')
    return ms
  }

  /** A whole number that is not negative, as hexadecimal digits without a zero byte in front. */
  integer(): string {
    const bytes = this.read(tag.integer)
    const [first = 0x80, second = 0] = bytes
    const isPadded = first === 0 && bytes.byteLength > 1
    if (first >= 0x80 || (isPadded && second < 0x80)) throw malformed('a number is negative or not minimal')
    return toHex(bytes.subarray(isPadded ? 1 : 0))
  }

  /** Nothing may follow. */
  end(): void {
    if (!this.isEmpty) throw malformed(`${this.#bytes.byteLength - this.#at} bytes follow after its end`)
  }

  #header(wanted: number): { readonly start: number; readonly end: number } {
    const found = this.nextTag
    if (found !== wanted) throw malformed(`at byte ${this.#at} is tag ${found ?? 'none'}, not ${wanted}`)
    const first = this.#bytes[this.#at + 1]
    if (first === undefined) throw malformed('it is cut off')
    const start = this.#at + 2 + (first < 0x80 ? 0 : first & 0x7f)
    const length = first < 0x80 ? first : this.#longLength(start)
    const end = start + length
    if (end > this.#bytes.byteLength) throw malformed('it is cut off')
    return { start, end }
  }

  /** One or two bytes: nothing here is longer than 65,535. */
  #longLength(start: number): number {
    const digits = this.#bytes.subarray(this.#at + 2, start)
    const [high = 0, low = 0] = digits
    const length = digits.byteLength === 1 ? high : high * 256 + low
    const isMinimal = digits.byteLength === 1 ? length >= 0x80 : digits.byteLength === 2 && length >= 0x100
    if (!isMinimal) throw malformed('a length is not minimal, or too long')
    return length
  }
}

/** The fault of a certificate that cannot be read. @param reason how things stood */
export function malformed(reason: string): Fault {
  return new Fault('certificate-invalid', `Cannot read the certificate: ${reason}`, {
    hint: 'Give the node a certificate of this cluster: let it join with a new token.',
  })
}
