// A unit: the smallest thing that a session says on a stream. Its layout, byte by byte, stands in docs/wire.md.
import type { Lane } from '../../runtime/wire.ts'

/** The protocol versions spoken here. */
export const versions = { min: 1, max: 1 } as const

/** The first four bytes of each direction of a stream, "TRPE". */
export const magic = 0x45_50_52_54
/** Magic and versions. */
export const preambleBytes = 8
/** Kind, flags, bytes of the head, bytes after it. */
export const unitHeadBytes = 8
/** The same, and the number of the segment. */
export const segmentHeadBytes = 12
/** At the beginning of a frame: bytes of the head, records, bytes of the body, attachments, bytes of all. */
export const frameHeadBytes = 20
/** Bytes of an acknowledgement after its head. */
export const ackBytes = 24

/** Heads and payloads of units together. */
export const unitBytesMax = 65_536
/** A head may have fields that this version does not know. */
export const unitHeadBytesMax = 64
/** All units but segments. */
export const wordBytesMax = 4_096
/** Of a refusal. */
export const codeCharactersMax = 64
/** A payload with its attachments, and what else a frame had gathered when it came. */
export const sessionFrameBytesMax = 402_653_184

export const kinds = { hello: 1, segment: 2, acknowledge: 3, end: 4, prompt: 5, refuse: 6 } as const
/** Units of these kinds and above may be skipped by who does not know them. */
export const skippableKind = 128

export const messagesFlag = 1
export const firstFlag = 2
export const lastFlag = 4

/** Why a stream was given up: what the other side said, or failed to say. */
export type Malformed =
  | 'magic'
  | 'version'
  | 'kind'
  | 'flags'
  | 'head'
  | 'length'
  | 'hello'
  | 'order'
  | 'sequence'
  | 'frame'
  | 'trailing'
  | 'credit'
  | 'acknowledgement'
  | 'hello-late'
  | 'silence'

/** What one side has of one lane, numbers modulo 2^32. */
export interface LaneState {
  /** The number of the last segment that has come whole. */
  readonly received: number
  /** Records and bytes of frames that the listener was handed. */
  readonly records: number
  readonly bytes: number
}

export type Acknowledgement = Readonly<Record<Lane, LaneState>>

/** What each side says before its first unit. */
export function preamble(): Uint8Array {
  const bytes = new Uint8Array(preambleBytes)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, magic, true)
  view.setUint16(4, versions.min, true)
  view.setUint16(6, versions.max, true)
  return bytes
}

/** A unit that has no head of its own. */
export function word(kind: number, payload: Uint8Array = new Uint8Array(0), flags = 0): Uint8Array {
  const length = payload.byteLength
  const bytes = new Uint8Array(unitHeadBytes + padded(length))
  const view = new DataView(bytes.buffer)
  view.setUint8(0, kind)
  view.setUint8(1, flags)
  view.setUint16(2, unitHeadBytes, true)
  view.setUint32(4, length, true)
  bytes.set(payload, unitHeadBytes)
  return bytes
}

export function acknowledge(state: Acknowledgement): Uint8Array {
  const payload = new Uint8Array(ackBytes)
  const view = new DataView(payload.buffer)
  for (const [index, lane] of (['signals', 'messages'] as const).entries()) {
    const { received, records, bytes } = state[lane]
    view.setUint32(index * 12, received % twoTo32, true)
    view.setUint32(index * 12 + 4, records % twoTo32, true)
    view.setUint32(index * 12 + 8, bytes % twoTo32, true)
  }
  return word(kinds.acknowledge, payload)
}

/** Undefined if it is too short; a longer one has fields of a later version. */
export function acknowledgementOf(payload: Uint8Array): Acknowledgement | undefined {
  if (payload.byteLength < ackBytes) return undefined
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength)
  const laneAt = (at: number): LaneState => ({
    received: view.getUint32(at, true),
    records: view.getUint32(at + 4, true),
    bytes: view.getUint32(at + 8, true),
  })
  return { signals: laneAt(0), messages: laneAt(12) }
}

/** @param isFinal no other stream would be accepted either */
export function refuse(code: string, isFinal: boolean): Uint8Array {
  return word(kinds.refuse, new TextEncoder().encode(code.slice(0, codeCharactersMax)), isFinal ? 1 : 0)
}

/** Undefined if it is no code. */
export function codeOf(payload: Uint8Array): string | undefined {
  const code = new TextDecoder('latin1').decode(payload)
  return /^[a-z][a-z0-9-]{0,63}$/.test(code) ? code : undefined
}

export function padded(bytes: number): number {
  return (bytes + 3) & ~3
}

const twoTo32 = 2 ** 32
