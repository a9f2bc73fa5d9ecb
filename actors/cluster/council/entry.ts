// An entry: one place in the order that the council agrees on, and how it is written down.
import { ByteReader } from './byte-reader.ts'
import { ByteWriter } from './byte-writer.ts'

/** Bytes of a command. */
export const commandBytesMax = 262_144
/** Members that vote. */
export const votersMax = 5

/** `start`: a leader's first, which says nothing · `voters`: who votes from here on. */
export type EntryKind = 'command' | 'voters' | 'start'

/** What somebody wants to have in the order: an entry before it has a place. Its number makes sure that it takes effect once. */
export interface Proposal {
  readonly kind: EntryKind
  /** Who has proposed it; 0 for what a leader says itself. */
  readonly member: number
  /** Which of its proposals: rises with each, also over restarts. */
  readonly counter: number
  /** All its proposals below this one have ended: nothing needs to be remembered of them, and none may take effect any more. */
  readonly settled: number
  readonly data: Uint8Array
}

export interface Entry extends Proposal {
  readonly index: number
  readonly term: number
  /** All but the index, written down: on disk and on the way it is the same. */
  readonly written: Uint8Array
}

const kinds: readonly EntryKind[] = ['command', 'voters', 'start']
/** Bytes that are counted for what is beside the data. */
const headBytes = 64

export function newEntry(index: number, term: number, proposal: Proposal): Entry {
  const { kind, member, counter, settled, data } = proposal
  const writer = new ByteWriter().number(term)
  const written = writeProposal(writer, proposal).done()
  return { index, term, kind, member, counter, settled, data, written }
}

export function writeProposal(writer: ByteWriter, proposal: Proposal): ByteWriter {
  return writer
    .byte(kinds.indexOf(proposal.kind))
    .number(proposal.member)
    .number(proposal.counter)
    .number(proposal.settled)
    .bytes(proposal.data)
}

/** Reads an entry as it was written; views into what is read. The reader says whether it was one. */
export function readEntry(reader: ByteReader, index: number): Entry {
  const from = reader.at
  const term = reader.number()
  const proposal = readProposal(reader)
  return { index, term, ...proposal, written: reader.since(from) }
}

export function readProposal(reader: ByteReader): Proposal {
  const kind = kinds[reader.byte(kinds.length - 1)] ?? 'command'
  const member = reader.number()
  const counter = reader.number()
  const settled = reader.number()
  return { kind, member, counter, settled, data: reader.bytes(commandBytesMax) }
}

/** Bytes that an entry takes, or is taken to: what limits count. */
export function entryBytes(entry: Proposal): number {
  return entry.data.length + headBytes
}

export function encodeVoters(voters: readonly number[]): Uint8Array {
  return new ByteWriter().numbers(voters).done()
}

/** @returns undefined if the bytes are no list of voters */
export function decodeVoters(bytes: Uint8Array): readonly number[] | undefined {
  const reader = new ByteReader(bytes)
  const voters = reader.numbers(votersMax)
  const isList = voters.every((voter, i) => voter > (voters[i - 1] ?? 0))
  return reader.isDone && isList && voters.length > 0 ? voters : undefined
}
