// A hello: what each side of a stream says first, so that the stream goes on where the one before it broke.
import { kinds, word, wordBytesMax } from './unit.ts'

/** What an owner has to say to the other one. */
export const greetingBytesMax = 2_048
/** The name of a session, in bytes. */
export const sessionIdBytesMax = 256

/** Records and bytes of one lane that may be on their way. */
export interface Room {
  readonly records: number
  readonly bytes: number
}

export interface Hello {
  /** The same on both sides. */
  readonly session: string
  /** Random; tells this end of the session from one of the same name that was lost with its process. 16 hex digits. */
  readonly end: string
  /** The other side's end, if it is known. */
  readonly otherEnd: string | undefined
  /** Counts the streams of the session: the newest is the one in use. */
  readonly generation: number
  /** What this side takes. */
  readonly room: { readonly signals: Room; readonly messages: Room }
  /** The owner's own words. */
  readonly greeting: Uint8Array
}

const tags = { session: 1, end: 2, otherEnd: 3, generation: 4, room: 5, greeting: 6 } as const

/** The unit. */
export function helloBytes(hello: Hello): Uint8Array {
  const room = [hello.room.signals, hello.room.messages].flatMap(({ records, bytes }) => [records, bytes])
  const fields = [
    field(tags.session, new TextEncoder().encode(hello.session)),
    field(tags.end, bytesOf(hello.end)),
    ...(hello.otherEnd === undefined ? [] : [field(tags.otherEnd, bytesOf(hello.otherEnd))]),
    field(tags.generation, words([hello.generation])),
    field(tags.room, words(room)),
    field(tags.greeting, hello.greeting),
  ]
  return word(kinds.hello, joined(fields))
}

/** Undefined if it is no hello. Fields with unknown tags are passed over. */
export function helloOf(payload: Uint8Array): Hello | undefined {
  const fields = fieldsOf(payload)
  const session = fields?.get(tags.session)
  const end = fields?.get(tags.end)
  const otherEnd = fields?.get(tags.otherEnd)
  const generation = wordsOf(fields?.get(tags.generation), 1)
  const room = wordsOf(fields?.get(tags.room), 4)
  const greeting = fields?.get(tags.greeting) ?? new Uint8Array(0)
  if (session === undefined || session.byteLength > sessionIdBytesMax) return undefined
  if (end?.byteLength !== 8 || (otherEnd !== undefined && otherEnd.byteLength !== 8)) return undefined
  if (generation === undefined || room === undefined || greeting.byteLength > greetingBytesMax)
    return undefined
  return {
    session: new TextDecoder().decode(session),
    end: Buffer.from(end).toString('hex'),
    otherEnd: otherEnd === undefined ? undefined : Buffer.from(otherEnd).toString('hex'),
    generation: generation[0] ?? 0,
    room: {
      signals: { records: room[0] ?? 0, bytes: room[1] ?? 0 },
      messages: { records: room[2] ?? 0, bytes: room[3] ?? 0 },
    },
    // What a stream brings is good until the call returns, and an owner may keep this.
    greeting: greeting.slice(),
  }
}

/** Undefined where a field is cut short or comes twice. */
function fieldsOf(payload: Uint8Array): Map<number, Uint8Array> | undefined {
  const fields = new Map<number, Uint8Array>()
  if (payload.byteLength > wordBytesMax) return undefined
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength)
  let at = 0
  while (at + 4 <= payload.byteLength) {
    const tag = view.getUint16(at, true)
    const length = view.getUint16(at + 2, true)
    if (at + 4 + length > payload.byteLength || fields.has(tag)) return undefined
    fields.set(tag, payload.subarray(at + 4, at + 4 + length))
    at += 4 + length
  }
  return at === payload.byteLength ? fields : undefined
}

function field(tag: number, bytes: Uint8Array): Uint8Array {
  const head = new Uint8Array(4)
  const view = new DataView(head.buffer)
  view.setUint16(0, tag, true)
  view.setUint16(2, bytes.byteLength, true)
  return joined([head, bytes])
}

function words(numbers: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(numbers.length * 4)
  const view = new DataView(bytes.buffer)
  for (const [index, number] of numbers.entries()) view.setUint32(index * 4, number, true)
  return bytes
}

/** More than `count` are of a later version. */
function wordsOf(bytes: Uint8Array | undefined, count: number): number[] | undefined {
  if (bytes === undefined || bytes.byteLength < count * 4) return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return Array.from({ length: count }, (_, index) => view.getUint32(index * 4, true))
}

function bytesOf(hex: string): Uint8Array {
  return Buffer.from(hex, 'hex')
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts))
}
