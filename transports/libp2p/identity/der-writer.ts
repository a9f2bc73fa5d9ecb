// A DER writer: the few ASN.1 values that a certificate is made of, as bytes.
import { invariant } from '../../../runtime/invariant.ts'

/** ASN.1 tags, with the bit that says whether there are values inside. */
export const tag = {
  boolean: 0x01,
  integer: 0x02,
  bits: 0x03,
  octets: 0x04,
  oid: 0x06,
  utf8: 0x0c,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const

/** A value: tag, length, content. */
export function der(ofTag: number, ...content: readonly Uint8Array[]): Uint8Array {
  const length = content.reduce((sum, { byteLength }) => sum + byteLength, 0)
  const head = [ofTag, ...lengthBytes(length)]
  const bytes = new Uint8Array(head.length + length)
  bytes.set(head)
  let at = head.length
  for (const part of content) {
    bytes.set(part, at)
    at += part.byteLength
  }
  return bytes
}

export function derSequence(...content: readonly Uint8Array[]): Uint8Array {
  return der(tag.sequence, ...content)
}

/** @param bytes a whole number that is not negative, the highest byte first */
export function derInteger(bytes: Uint8Array): Uint8Array {
  const first = bytes.findIndex((byte) => byte !== 0)
  const digits = first === -1 ? Uint8Array.of(0) : bytes.subarray(first)
  // A high bit would make it negative.
  return (digits[0] ?? 0) < 0x80 ? der(tag.integer, digits) : der(tag.integer, Uint8Array.of(0), digits)
}

export function derTrue(): Uint8Array {
  return der(tag.boolean, Uint8Array.of(0xff))
}

export function derUtf8(text: string): Uint8Array {
  return der(tag.utf8, new TextEncoder().encode(text))
}

/** @param unusedBits how many of the last byte's low bits do not count */
export function derBits(bytes: Uint8Array, unusedBits = 0): Uint8Array {
  return der(tag.bits, Uint8Array.of(unusedBits), bytes)
}

/** A moment, to the second below; the form depends on the year as RFC 5280 wants it. @param ms since 1970 */
export function derTime(ms: number): Uint8Array {
  const text = new Date(ms)
    .toISOString()
    .replaceAll(/[-:T]/g, '')
    .replace(/\.\d+Z$/, 'Z')
  const isUtc = text >= '1950' && text < '2050'
  return isUtc
    ? der(tag.utcTime, new TextEncoder().encode(text.slice(2)))
    : der(tag.generalizedTime, new TextEncoder().encode(text))
}

/** @param dotted such as `2.5.29.17` */
export function derOid(dotted: string): Uint8Array {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number)
  return der(tag.oid, Uint8Array.from([first * 40 + second, ...rest.flatMap(base128)]))
}

/** Seven bits a byte, the highest first; all but the last have the eighth bit. */
function base128(value: number): number[] {
  const digits = [value & 0x7f]
  for (let rest = value >>> 7; rest > 0; rest >>>= 7) digits.unshift((rest & 0x7f) | 0x80)
  return digits
}

function lengthBytes(length: number): number[] {
  invariant(length < 2 ** 24, 'A DER value was written that is longer than 16 MiB')
  if (length < 0x80) return [length]
  if (length < 0x100) return [0x81, length]
  if (length < 0x1_0000) return [0x82, length >>> 8, length & 0xff]
  return [0x83, length >>> 16, (length >>> 8) & 0xff, length & 0xff]
}
