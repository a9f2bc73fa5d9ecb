// A frame of the council's file: what was made safe at once, with a checksum that no other place of any file has.
import { crc32 } from 'node:zlib'
import { ByteReader } from './byte-reader.ts'
import { ByteWriter } from './byte-writer.ts'
import { readEntry } from './entry.ts'
import { decodeSnapshot, encodeSnapshot, snapshotBytesMax } from './snapshot.ts'
import type { Entry } from './entry.ts'
import type { Snapshot } from './snapshot.ts'
import type { Write } from './outbox.ts'

export const frameHeadBytes = 16
const magic = 0x6c_63_52_54
const version = 1

/** What a folder holds: whose it is, how often it was opened, the promise and the log. */
export interface Stored {
  readonly self: number
  /** How often it was opened: proposals of an earlier life are told apart by it. */
  readonly lives: number
  readonly term: number
  readonly vote: number
  readonly snapshot: Snapshot | undefined
  readonly base: { readonly index: number; readonly term: number }
  readonly entries: readonly Entry[]
}

/** Where a frame stands: its checksum begins with it. */
export interface FramePlace {
  readonly generation: number
  readonly offset: number
}

export function frame(payload: Uint8Array, place: FramePlace): Uint8Array {
  const head = new ByteWriter().uint32(magic).uint32(payload.length)
  head.uint32(crc32(payload, salt(place, payload.length))).uint32(0)
  return head.raw(payload).done()
}

function salt({ generation, offset }: FramePlace, length: number): number {
  return crc32(new ByteWriter().number(generation).number(offset).number(length).done())
}

/** @returns what the frame at a place holds, or undefined if there is no good one */
export function framePayload(bytes: Uint8Array, place: FramePlace): Uint8Array | undefined {
  const reader = new ByteReader(bytes.subarray(place.offset))
  const isMagic = reader.uint32() === magic
  const length = reader.uint32()
  const crc = reader.uint32()
  const rest = reader.uint32()
  const payload = reader.raw(length)
  const isGood = isMagic && rest === 0 && reader.isGood && crc === crc32(payload, salt(place, length))
  return isGood ? payload : undefined
}

/** Whether a good frame begins anywhere behind a place. */
export function hasFrameBehind(bytes: Uint8Array, { generation, offset }: FramePlace): boolean {
  const first = magic & 0xff
  for (let at = bytes.indexOf(first, offset + 1); at >= 0; at = bytes.indexOf(first, at + 1)) {
    if (framePayload(bytes, { generation, offset: at }) !== undefined) return true
  }
  return false
}

/** The first frame of a file: all there was when it was begun. */
export function encodeStored(stored: Stored): Uint8Array {
  const { self, lives, term, vote, snapshot, base, entries } = stored
  const writer = new ByteWriter().byte(version).number(self).number(lives).number(term).number(vote)
  writer.bytes(snapshot === undefined ? new Uint8Array(0) : encodeSnapshot(snapshot))
  writer.number(base.index).number(base.term).number(entries.length)
  for (const entry of entries) writer.raw(entry.written)
  return writer.done()
}

export function decodeStored(payload: Uint8Array): Stored | undefined {
  const reader = new ByteReader(payload)
  if (reader.byte() !== version) return undefined
  const [self, lives, term, vote] = [reader.number(), reader.number(), reader.number(), reader.number()]
  const snapshotBytes = reader.bytes(snapshotBytesMax)
  const snapshot = snapshotBytes.length === 0 ? undefined : decodeSnapshot(snapshotBytes)
  const base = { index: reader.number(), term: reader.number() }
  const entries = readEntries(reader, base.index + 1, reader.left)
  const isGood = reader.isDone && (snapshotBytes.length === 0) === (snapshot === undefined)
  return isGood ? { self, lives, term, vote, snapshot, base, entries } : undefined
}

function readEntries(reader: ByteReader, first: number, max: number): Entry[] {
  const count = reader.number(max)
  const entries: Entry[] = []
  for (let i = 0; i < count && reader.isGood; i++) entries.push(readEntry(reader, first + i))
  return entries
}

/** The later frames: promises and entries, in the order in which they were made. */
export function encodeWrites(writes: readonly Write[]): Uint8Array {
  const writer = new ByteWriter().number(writes.length)
  for (const write of writes) {
    if (write.kind === 'vote') writer.byte(0).number(write.term).number(write.vote)
    if (write.kind !== 'entries') continue
    writer
      .byte(1)
      .number(write.entries[0]?.index ?? 0)
      .number(write.entries.length)
    for (const entry of write.entries) writer.raw(entry.written)
  }
  return writer.done()
}

/** What a file has come to, frame by frame. */
export interface Replay {
  readonly base: { readonly index: number }
  term: number
  vote: number
  readonly entries: Entry[]
}

/** Adds the writes of a frame. @returns whether they are writes, and fit */
export function replayWrites(replay: Replay, payload: Uint8Array): boolean {
  const reader = new ByteReader(payload)
  const count = reader.number(payload.length)
  for (let i = 0; i < count && reader.isGood; i++) {
    if (reader.byte(1) === 0) replayVote(replay, reader)
    else replayEntries(replay, reader)
  }
  return reader.isDone
}

function replayVote(replay: Replay, reader: ByteReader): void {
  const term = reader.number()
  if (term < replay.term) reader.refuse()
  replay.term = term
  replay.vote = reader.number()
}

function replayEntries({ base, entries }: Replay, reader: ByteReader): void {
  const first = reader.number()
  const kept = first - base.index - 1
  if (kept < 0 || kept > entries.length) return reader.refuse()
  entries.length = kept
  for (const entry of readEntries(reader, first, reader.left)) entries.push(entry)
}
