// A message as bytes: written compactly, and read within bounds.
import { ByteReader } from './byte-reader.ts'
import { ByteWriter } from './byte-writer.ts'
import { readEntry, readProposal, writeProposal } from './entry.ts'
import { chunkBytesMax, entriesAtOnceMax, messageBytesMax, refusals } from './message.ts'
import { snapshotBytesMax } from './snapshot.ts'
import type { Proposal } from './entry.ts'
import type {
  Append,
  Appended,
  AskVote,
  Chunk,
  Follow,
  FromLeader,
  Message,
  ToLeader,
  Vote,
} from './message.ts'

const version = 1
const codes: readonly Message['type'][] = [
  'ask-vote',
  'vote',
  'append',
  'appended',
  'chunk',
  'chunked',
  'follow',
  'leader-is',
  'propose',
  'refused',
  'ask-index',
  'index-is',
  'lead',
]

export function encodeMessage(message: Message): Uint8Array {
  const writer = new ByteWriter().byte(version).byte(codes.indexOf(message.type))
  return writeBody(writer, message).done()
}

function writeBody(to: ByteWriter, message: Message): ByteWriter {
  switch (message.type) {
    case 'ask-vote':
      return to
        .number(message.term)
        .byte(flags(message.isPre, message.isTransfer))
        .number(message.lastIndex)
        .number(message.lastTerm)
    case 'vote':
      return to.number(message.term).byte(flags(message.isPre, message.isGranted)).number(message.leader)
    case 'append':
      return writeAppend(to, message)
    case 'appended':
      return writeToLeader(to, message)
        .byte(flags(message.isMatch, message.canVote))
        .number(message.index)
        .number(message.hintTerm)
        .number(message.prevIndex)
    case 'chunk':
      return writeChunk(to, message)
    case 'chunked':
      return writeToLeader(to, message).number(message.index).number(message.received)
    case 'follow':
      return to
        .number(message.term)
        .float(message.askedAt)
        .number(message.lastIndex)
        .byte(flags(message.canVote, false))
    case 'leader-is':
      return to.number(message.term).number(message.leader)
    case 'propose':
      return writeProposals(to, message.proposals)
    case 'refused':
      return to.number(message.counter).byte(refusals.indexOf(message.why))
    case 'ask-index':
      return to.number(message.id)
    case 'index-is':
      return to.number(message.id).number(message.index)
    case 'lead':
      return to.number(message.term)
  }
}

function writeProposals(to: ByteWriter, proposals: readonly Proposal[]): ByteWriter {
  to.number(proposals.length)
  for (const proposal of proposals) writeProposal(to, proposal)
  return to
}

function writeAppend(to: ByteWriter, message: Append): ByteWriter {
  writeFromLeader(to, message)
    .number(message.prevIndex)
    .number(message.prevTerm)
    .number(message.commit)
    .number(message.entries.length)
  for (const entry of message.entries) to.raw(entry.written)
  return to
}

function writeChunk(to: ByteWriter, message: Chunk): ByteWriter {
  return writeFromLeader(to, message)
    .number(message.index)
    .number(message.lastTerm)
    .number(message.size)
    .uint32(message.crc)
    .number(message.offset)
    .bytes(message.data)
}

function writeFromLeader(to: ByteWriter, message: FromLeader): ByteWriter {
  return to
    .number(message.term)
    .number(message.round)
    .float(message.sentAt)
    .float(message.echo)
    .byte(flags(message.hasLease, false))
}

function writeToLeader(to: ByteWriter, message: ToLeader): ByteWriter {
  return to.number(message.term).number(message.round).float(message.sentAt).float(message.askedAt)
}

function flags(first: boolean, second: boolean): number {
  return (first ? 1 : 0) + (second ? 2 : 0)
}

/** @returns undefined if it is no message: unknown, too long, cut off or with something behind it. Keeps views into the bytes. */
export function decodeMessage(bytes: Uint8Array): Message | undefined {
  if (bytes.length > messageBytesMax) return undefined
  const reader = new ByteReader(bytes)
  if (reader.byte() !== version) return undefined
  const type = codes[reader.byte()]
  if (type === undefined) return undefined
  const message = readBody(reader, type)
  return reader.isDone ? message : undefined
}

function readBody(from: ByteReader, type: Message['type']): Message {
  switch (type) {
    case 'ask-vote':
      return readAskVote(from)
    case 'vote':
      return readVote(from)
    case 'append':
      return readAppend(from)
    case 'appended':
      return readAppended(from)
    case 'chunk':
      return readChunk(from)
    case 'chunked':
      return { type, ...readToLeader(from), index: from.number(), received: from.number() }
    case 'follow':
      return readFollow(from)
    case 'leader-is':
      return { type, term: from.number(), leader: from.number() }
    case 'propose':
      return { type, proposals: readMany(from, () => readProposal(from)) }
    case 'refused':
      return { type, counter: from.number(), why: refusals[from.byte(refusals.length - 1)] ?? 'full' }
    case 'ask-index':
      return { type, id: from.number() }
    case 'index-is':
      return { type, id: from.number(), index: from.number() }
    case 'lead':
      return { type, term: from.number() }
  }
}

function readAskVote(from: ByteReader): AskVote {
  const term = from.number()
  const [isPre, isTransfer] = readFlags(from)
  return { type: 'ask-vote', term, isPre, isTransfer, lastIndex: from.number(), lastTerm: from.number() }
}

function readVote(from: ByteReader): Vote {
  const term = from.number()
  const [isPre, isGranted] = readFlags(from)
  return { type: 'vote', term, isPre, isGranted, leader: from.number() }
}

function readAppended(from: ByteReader): Appended {
  const head = readToLeader(from)
  const [isMatch, canVote] = readFlags(from)
  const [index, hintTerm, prevIndex] = [from.number(), from.number(), from.number()]
  return { type: 'appended', ...head, isMatch, canVote, index, hintTerm, prevIndex }
}

function readChunk(from: ByteReader): Chunk {
  const head = readFromLeader(from)
  const [index, lastTerm, size] = [from.number(), from.number(), from.number(snapshotBytesMax)]
  const [crc, offset, data] = [from.uint32(), from.number(size), from.bytes(chunkBytesMax)]
  if (offset + data.length > size) from.refuse()
  return { type: 'chunk', ...head, index, lastTerm, size, crc, offset, data }
}

function readFollow(from: ByteReader): Follow {
  const [term, askedAt, lastIndex] = [from.number(), from.float(), from.number()]
  return { type: 'follow', term, askedAt, lastIndex, canVote: readFlags(from)[0] }
}

function readAppend(from: ByteReader): Append {
  const head = readFromLeader(from)
  const [prevIndex, prevTerm, commit] = [from.number(), from.number(), from.number()]
  let lastTerm = prevTerm
  const entries = readMany(from, (i) => {
    const entry = readEntry(from, prevIndex + 1 + i)
    if (entry.term < lastTerm || entry.term > head.term) from.refuse()
    lastTerm = entry.term
    return entry
  })
  return { type: 'append', ...head, prevIndex, prevTerm, commit, entries }
}

/** The count is believed only as far as there are bytes: each of them takes more than one. */
function readMany<T>(from: ByteReader, read: (index: number) => T): T[] {
  const count = from.number(Math.min(entriesAtOnceMax, from.left))
  const values: T[] = []
  for (let i = 0; i < count && from.isGood; i++) values.push(read(i))
  return values
}

function readFromLeader(from: ByteReader): FromLeader {
  const [term, round, sentAt, echo] = [from.number(), from.number(), from.float(), from.float()]
  return { term, round, sentAt, echo, hasLease: readFlags(from)[0] }
}

function readToLeader(from: ByteReader): ToLeader {
  return { term: from.number(), round: from.number(), sentAt: from.float(), askedAt: from.float() }
}

function readFlags(from: ByteReader): [first: boolean, second: boolean] {
  const bits = from.byte(3)
  return [(bits & 1) === 1, (bits & 2) === 2]
}
