// A snapshot: everything that the entries up to an index have led to, as bytes, in place of those entries.
import { ByteReader } from './byte-reader.ts'
import { ByteWriter } from './byte-writer.ts'
import { votersMax } from './entry.ts'

/** Bytes of a snapshot: it is sent and written whole. */
export const snapshotBytesMax = 268_435_456

export interface Snapshot {
  /** Of the last entry in it. Rule 33: without the term the log behind it could not be matched. */
  readonly index: number
  readonly term: number
  /** Who votes there. */
  readonly voters: readonly number[]
  /** What the replica needs to go on from there. */
  readonly state: Uint8Array
}

export function encodeSnapshot(snapshot: Snapshot): Uint8Array {
  return new ByteWriter()
    .number(snapshot.index)
    .number(snapshot.term)
    .numbers(snapshot.voters)
    .bytes(snapshot.state)
    .done()
}

/** @returns undefined if it is none. A view into the bytes. */
export function decodeSnapshot(bytes: Uint8Array): Snapshot | undefined {
  const reader = new ByteReader(bytes)
  const index = reader.number()
  const term = reader.number()
  const voters = reader.numbers(votersMax)
  const state = reader.bytes(snapshotBytesMax)
  return reader.isDone ? { index, term, voters, state } : undefined
}
