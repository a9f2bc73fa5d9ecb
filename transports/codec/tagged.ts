// A tagged value: how a special value (a map, a date, bytes, a ref) stands in a payload on its way through msgpackr.

/** What a tag says of the value beside it. The numbers are part of the encoding: they are added to, never changed. */
export const tags = {
  /** Keys and values in turn. */
  map: 1,
  /** Members in a row. */
  set: 2,
  /** Milliseconds, NaN for an invalid one. */
  date: 3,
  /** Hexadecimal, with a sign: beyond 64 bits. */
  bigint: 4,
  /** Nothing beside it. */
  minusZero: 5,
  /** With one character in front: a text that begins with a byte order mark, which decoders take away. */
  text: 6,
  /** Keys and values in turn: a record with keys that msgpackr cannot keep, or with so many that it is a dictionary. */
  record: 7,
  /** Its record. */
  fault: 8,
  /** Its path. */
  ref: 9,
} as const

/** Kinds of bytes; the place in the list is the tag, counted from `firstBytesTag`. */
export const bytesKinds = [
  'ArrayBuffer',
  'Buffer',
  'DataView',
  'Int8Array',
  'Uint8Array',
  'Uint8ClampedArray',
  'Int16Array',
  'Uint16Array',
  'Int32Array',
  'Uint32Array',
  'Float16Array',
  'Float32Array',
  'Float64Array',
  'BigInt64Array',
  'BigUint64Array',
] as const
export type BytesKind = (typeof bytesKinds)[number]

/** Tags from here on are kinds of bytes; below are those of `tags`. */
export const firstBytesTag = 16

/** The bytes of a tagged value. They belong to the payload alone. */
export interface Bytes {
  buffer: ArrayBuffer
  readonly offset: number
  readonly size: number
  /** Whether the buffer travels beside the body. */
  readonly isAttached: boolean
}

/** The one class that msgpackr is told of; nothing outside of this folder sees one. */
export class Tagged {
  readonly tag: number
  /** Plain, tagged in turn, or `Bytes`. */
  readonly value: unknown

  constructor(tag: number, value: unknown) {
    this.tag = tag
    this.value = value
  }
}

/** Names that can change what an object is when it is built again. */
export function isRefusedKey(key: string): boolean {
  return key === '__proto__' || key === 'constructor' || key === 'prototype'
}
