// The keys of the index: where each thing stands in the table. docs/journal-format.md has the same byte by byte.

/** Number or position, as eight bytes, the highest first: numbers sort as their bytes do. */
const numberBytes = 8

/** The first byte of a key says what stands there. */
const kinds = { checkpoint: 0, head: 1, page: 2, whole: 3, tag: 4, wake: 5 } as const

/** Where the checkpoint stands. */
export const checkpointKey: Uint8Array = Buffer.from([kinds.checkpoint])

/** Whether the newest whole of an actor is a snapshot beside its commits or a whole record among them. */
export type WholeKind = 'whole' | 'snapshot'

export function headKey(id: string): Uint8Array {
  return texted(kinds.head, id, 0)
}

/** All heads behind an actor's. */
export function headsAfter(id: string | undefined): { readonly gt: Uint8Array; readonly lt: Uint8Array } {
  return { gt: id === undefined ? Buffer.from([kinds.head]) : headKey(id), lt: Buffer.from([kinds.head + 1]) }
}

export function headId(key: Uint8Array): string {
  return asBuffer(key).toString('utf8', 1)
}

/** A page stands at the number of its first record. */
export function pageKey(id: string, firstSeq: number): Uint8Array {
  const key = texted(kinds.page, id, numberBytes + 1)
  writeNumber(key, firstSeq, key.length - numberBytes)
  return key
}

export function wholeKey(id: string, seq: number, kind: WholeKind): Uint8Array {
  const key = texted(kinds.whole, id, numberBytes + 2)
  writeNumber(key, seq, key.length - numberBytes - 1)
  key[key.length - 1] = kind === 'snapshot' ? 1 : 0
  return key
}

/** The number in the key of a page. */
export function pageSeq(key: Uint8Array): number {
  return readNumber(key, key.length - numberBytes)
}

/** The number in the key of a whole. */
export function wholeSeq(key: Uint8Array): number {
  return readNumber(key, key.length - numberBytes - 1)
}

/** What stands at the key of a whole. */
export function wholeKind(key: Uint8Array): WholeKind {
  return key.at(-1) === 1 ? 'snapshot' : 'whole'
}

export function tagKey(tag: string, position: number): Uint8Array {
  const key = texted(kinds.tag, tag, numberBytes + 1)
  writeNumber(key, position, key.length - numberBytes)
  return key
}

export function tagPosition(key: Uint8Array): number {
  return readNumber(key, key.length - numberBytes)
}

/** What has to be awake sooner stands before. A time is a double of at least 0; those sort as their bytes do. */
export function wakeKey(wakeMs: number, id: string): Uint8Array {
  const key = Buffer.allocUnsafe(1 + numberBytes + Buffer.byteLength(id))
  key[0] = kinds.wake
  key.writeDoubleBE(Math.max(0, wakeMs) + 0, 1)
  key.write(id, 1 + numberBytes)
  return key
}

/** All that has to be awake until then. */
export function wakesUntil(untilMs: number): { readonly gte: Uint8Array; readonly lt: Uint8Array } {
  const lt = Buffer.alloc(1 + numberBytes + 1, 0xff)
  lt[0] = kinds.wake
  lt.writeDoubleBE(Math.max(0, untilMs) + 0, 1)
  return { gte: Buffer.from([kinds.wake]), lt }
}

export function wakeOf(key: Uint8Array): { readonly id: string; readonly wakeMs: number } {
  const bytes = asBuffer(key)
  return { id: bytes.toString('utf8', 1 + numberBytes), wakeMs: bytes.readDoubleBE(1) }
}

export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

/** A kind, a text, and room; the first byte behind the text is 0, which no text of ours has in it. */
function texted(kind: number, text: string, room: number): Buffer {
  const bytes = Buffer.byteLength(text)
  const key = Buffer.allocUnsafe(1 + bytes + room)
  key[0] = kind
  key.write(text, 1)
  if (room > 0) key[1 + bytes] = 0
  return key
}

function writeNumber(key: Buffer, value: number, offset: number): void {
  key.writeUInt32BE(Math.floor(value / 0x1_0000_0000), offset)
  key.writeUInt32BE(value % 0x1_0000_0000, offset + 4)
}

function readNumber(key: Uint8Array, offset: number): number {
  const bytes = asBuffer(key)
  return bytes.readUInt32BE(offset) * 0x1_0000_0000 + bytes.readUInt32BE(offset + 4)
}
