// Fields: a message or a record as numbered values, read strictly and bounded; there is nothing inside a value, so nothing can be deep.
import { Fault } from '../../runtime/fault.ts'

/** Values by their numbers, 1 to 255. */
export type Fields = ReadonlyMap<number, Uint8Array>

/** Fields of one message. */
export const fieldsMax: number = 32

const headBytes = 3

/** Number, length in two bytes (the higher first), value; in the order of the map. */
export function writeFields(kind: string, fields: Fields): Uint8Array {
  const head = new TextEncoder().encode(kind)
  const length = [...fields.values()].reduce(
    (sum, value) => sum + headBytes + value.byteLength,
    head.byteLength,
  )
  const bytes = new Uint8Array(length)
  bytes.set(head)
  let at = head.byteLength
  for (const [number, value] of fields) {
    bytes.set([number, value.byteLength >>> 8, value.byteLength & 0xff], at)
    bytes.set(value, at + headBytes)
    at += headBytes + value.byteLength
  }
  return bytes
}

/**
 * Reads what `writeFields` has written; numbers that nobody knows stay in the map and do no harm.
 * @param kind what it has to begin with
 * @throws {Fault} `join-malformed`
 */
export function readFields(kind: string, bytes: Uint8Array, bytesMax: number): Fields {
  if (bytes.byteLength > bytesMax)
    throw malformed(`it has ${bytes.byteLength} bytes, and ${bytesMax} are the most`)
  const head = new TextEncoder().encode(kind)
  if (!head.every((byte, at) => bytes[at] === byte)) throw malformed(`it does not begin with "${kind}"`)
  const fields = new Map<number, Uint8Array>()
  for (let at = head.byteLength; at < bytes.byteLength;) {
    const [number = 0, high = 0, low] = bytes.subarray(at, at + headBytes)
    const end = at + headBytes + high * 256 + (low ?? 0)
    if (low === undefined || end > bytes.byteLength) throw malformed('it is cut off')
    if (number === 0 || fields.has(number)) throw malformed(`it has field ${number} twice, or at all`)
    if (fields.size === fieldsMax) throw malformed(`it has more than ${fieldsMax} fields`)
    fields.set(number, bytes.slice(at + headBytes, end))
    at = end
  }
  return fields
}

/** A field that must be there, of a length within bounds. @throws {Fault} `join-malformed` */
export function field(fields: Fields, number: number, min: number, max: number = min): Uint8Array {
  const value = fields.get(number)
  if (value === undefined) throw malformed(`field ${number} is missing`)
  if (value.byteLength < min || value.byteLength > max) {
    throw malformed(`field ${number} has ${value.byteLength} bytes, not ${min} to ${max}`)
  }
  return value
}

/** The same of printable ASCII. @throws {Fault} `join-malformed` */
export function textField(fields: Fields, number: number, charactersMax: number): string {
  const bytes = field(fields, number, 0, charactersMax)
  if (bytes.some((byte) => byte < 0x20 || byte > 0x7e))
    throw malformed(`field ${number} is not printable ASCII`)
  return new TextDecoder().decode(bytes)
}

/** Milliseconds since 1970, in eight bytes. */
export function timeBytes(ms: number): Uint8Array {
  const bytes = new Uint8Array(8)
  new DataView(bytes.buffer).setFloat64(0, ms)
  return bytes
}

/** @throws {Fault} `join-malformed` */
export function timeField(fields: Fields, number: number): number {
  const bytes = field(fields, number, 8)
  const ms = new DataView(bytes.buffer, bytes.byteOffset).getFloat64(0)
  // The last moment that a Date knows.
  if (!Number.isSafeInteger(ms) || ms < 0 || ms > 8.64e15) throw malformed(`field ${number} is no time`)
  return ms
}

export function textBytes(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}

/** @param reason how things stood */
export function malformed(reason: string): Fault {
  return new Fault('join-malformed', `Cannot read the message of a join: ${reason}`, {
    hint: 'Use the same version of Troupe on both ends, and copy tokens whole.',
  })
}
