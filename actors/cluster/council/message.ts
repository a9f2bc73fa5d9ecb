// A message between councils: what each kind says.
import { commandBytesMax } from './entry.ts'
import type { Entry, Proposal } from './entry.ts'

/** Bytes of a piece of a snapshot. */
export const chunkBytesMax = 131_072
/** Entries or proposals in one message. */
export const entriesAtOnceMax = 4_096
/** Bytes of one message. */
export const messageBytesMax = 1_048_576

/** Bytes that may be put into one message, with room for its head and for one command that is as long as it may be. */
export const batchBytesMax: number = messageBytesMax - commandBytesMax - 1_024

/** What a leader sends with everything, so that the answer says what it answers. */
export interface FromLeader {
  readonly term: number
  /** Rises with each message of the leader in its term. */
  readonly round: number
  /** When it was sent, on the leader's clock. */
  readonly sentAt: number
  /** The `askedAt` that the leader heard last from the receiver. */
  readonly echo: number
  /** Whether the leader has a lease. */
  readonly hasLease: boolean
}

/** The answer to one: round and time as they came. */
export interface ToLeader {
  readonly term: number
  readonly round: number
  readonly sentAt: number
  /** When it was sent, on the sender's own clock. */
  readonly askedAt: number
}

export interface AskVote {
  readonly type: 'ask-vote'
  readonly term: number
  /** Asks whether it would be elected; nobody's term changes. */
  readonly isPre: boolean
  /** The leader itself has asked for this election. */
  readonly isTransfer: boolean
  readonly lastIndex: number
  readonly lastTerm: number
}

export interface Vote {
  readonly type: 'vote'
  readonly term: number
  readonly isPre: boolean
  readonly isGranted: boolean
  /** Who leads as far as the voter knows, or 0. */
  readonly leader: number
}

export interface Append extends FromLeader {
  readonly type: 'append'
  readonly prevIndex: number
  readonly prevTerm: number
  readonly commit: number
  readonly entries: readonly Entry[]
}

export interface Appended extends ToLeader {
  readonly type: 'appended'
  readonly isMatch: boolean
  /** If it matches: the last entry that is the leader's and safe here. Otherwise: where the two may still be the same, and its term. */
  readonly index: number
  readonly hintTerm: number
  /** The `prevIndex` that is answered. */
  readonly prevIndex: number
  /** Whether what is here outlives the process. */
  readonly canVote: boolean
}

export interface Chunk extends FromLeader {
  readonly type: 'chunk'
  /** Of the snapshot. */
  readonly index: number
  readonly lastTerm: number
  readonly size: number
  readonly crc: number
  readonly offset: number
  readonly data: Uint8Array
}

export interface Chunked extends ToLeader {
  readonly type: 'chunked'
  readonly index: number
  readonly received: number
}

/** A node without a vote asks to be sent the log. */
export interface Follow {
  readonly type: 'follow'
  readonly term: number
  readonly askedAt: number
  readonly lastIndex: number
  readonly canVote: boolean
}

export interface LeaderIs {
  readonly type: 'leader-is'
  readonly term: number
  readonly leader: number
}

export interface Propose {
  readonly type: 'propose'
  readonly proposals: readonly Proposal[]
}

export const refusals = [
  'full',
  'change-under-way',
  'leader-too-new',
  'not-following',
  'behind',
  'not-durable',
  'last-voter',
  'voters-full',
  'already-so',
] as const
export type Refusal = (typeof refusals)[number]

export interface Refused {
  readonly type: 'refused'
  readonly counter: number
  readonly why: Refusal
}

export interface AskIndex {
  readonly type: 'ask-index'
  readonly id: number
}

export interface IndexIs {
  readonly type: 'index-is'
  readonly id: number
  readonly index: number
}

/** The leader wants the receiver to lead. */
export interface Lead {
  readonly type: 'lead'
  readonly term: number
}

export type Message =
  | AskVote
  | Vote
  | Append
  | Appended
  | Chunk
  | Chunked
  | Follow
  | LeaderIs
  | Propose
  | Refused
  | AskIndex
  | IndexIs
  | Lead
