// The council: the nodes of a cluster agree on one order of commands, and every node applies them in it. A contract; `startCouncil` makes it.
import type { Clock } from '../../../runtime/clock.ts'
import type { DurableDisk } from '../../../runtime/disk.ts'
import type { Random } from '../../../runtime/random.ts'

/** What the council decides about: it is changed by commands alone, so all copies of it are the same at the same index. */
export interface CouncilMachine {
  /**
   * Applies a command; called once for each index, in order. The same commands must give the same state and answers everywhere: no clock,
   * no chance. Must not throw. @returns the answer for whoever proposed it, at most `answerBytesMax`
   */
  apply(index: number, command: Uint8Array): Uint8Array
  /** The whole state as bytes that are not changed afterwards, at most `snapshotBytesMax`. */
  snapshot(): Uint8Array
  /** Puts a state in the place of this one. Commands between the two are never seen. @param index of the last command in it */
  restore(bytes: Uint8Array, index: number): void
}

export interface Decided {
  /** Its place in the order. */
  readonly index: number
  /** What `apply` of this node has said to it; empty if the answer was lost, see `isAnswerLost`. */
  readonly answer: Uint8Array
  /** It was applied, but this node has skipped it by a snapshot that no longer knew the answer. */
  readonly isAnswerLost: boolean
}

/** `follower` votes, `learner` does not: it has no vote, or does not know of one yet. */
export type CouncilRole = 'leader' | 'candidate' | 'follower' | 'learner' | 'stopped'

export type VoterChange = { readonly add: number } | { readonly remove: number }

export interface CouncilWatcher {
  /** Leader, term, role or voters are others than before. Called in a turn of its own after the change, never within a call. */
  changed?(): void
  /** Everything up to this index has been applied here. */
  applied?(index: number): void
  /** The council has ended; `fault` says why unless `stop` was called. */
  stopped?(fault: Error | undefined): void
}

export interface ProposeOptions {
  /** How long it may take. Default `proposeTimeoutMsDefault`. */
  readonly timeoutMs?: number
}

/** One node's part in the council. */
export interface Council {
  /** This node's member number. */
  readonly self: number
  readonly role: CouncilRole
  /** Who leads as far as this node knows; undefined while nobody does. */
  readonly leader: number | undefined
  readonly term: number
  /** Sorted, as the log says that is here, committed or not. */
  readonly voters: readonly number[]
  /** The last index that is decided, and the last one that is applied here. */
  readonly committed: number
  readonly applied: number
  /**
   * When this node last asked something, on its own clock, that a leader with a quorum behind it has answered. For the leader: when the
   * quorum was last heard. Minus Infinity before. A node whose contact is older than its lease must not do what has to be unique.
   */
  readonly contactMs: number
  /** On the leader: after this time of its clock no other leader was answered by a quorum. Infinity elsewhere. */
  readonly soleSinceMs: number
  readonly counts: CouncilCounts

  /**
   * Puts a command into the order. It is applied at most once, also if it has to be sent again to another leader; when it resolves, it is
   * safe on a quorum and applied here. Proposals of one node may change places.
   * @param command 1 to `commandBytesMax` bytes, which are copied
   * @throws {Fault} `council-full` too many wait · `command-too-large` · `council-unreachable` no quorum in time; the outcome is unknown if it
   * may have been sent · `council-stopped`
   */
  propose(command: Uint8Array, options?: ProposeOptions): Promise<Decided>

  /**
   * Waits until this node has applied everything that was decided anywhere before the call.
   * @returns the index up to which that is
   * @throws {Fault} `council-full` · `council-unreachable` · `council-stopped`
   */
  read(options?: ProposeOptions): Promise<number>

  /**
   * Gives a member a vote or takes it; nothing happens if it is so already. One who is to vote must follow and have caught up. One change at
   * a time, and none before the leader has decided something in its term.
   * @throws {Fault} `voters-unchanged` it is refused, the details say why · `council-full` · `council-unreachable` · `council-stopped`
   */
  changeVoters(change: VoterChange, options?: ProposeOptions): Promise<void>

  /** Lets another voter lead if it can; does nothing on a node that does not lead. It may fail silently: then the old one leads on. */
  transfer(to: number): void

  /** A message of another member's council. Never throws; what is no message is counted and dropped. Keeps nothing of the bytes. */
  receive(from: number, bytes: Uint8Array): void

  /** @returns what ends the watching */
  watch(watcher: CouncilWatcher): () => void

  /**
   * Ends this node's part: what waits gets `council-stopped`. A leader hands over first, without waiting for it. Files are closed; also those of
   * a council that has ended by itself.
   */
  stop(): Promise<void>
}

/** What has happened since the start; each only rises. */
export interface CouncilCounts {
  readonly messagesIn: number
  readonly messagesOut: number
  /** Bytes that were no message, messages of nobody, and what was none of its sender's business. */
  readonly messagesBad: number
  /** Times that something was made safe on disk. */
  readonly syncs: number
  /** Applied here, and among them those that had been applied before and were passed over. */
  readonly applied: number
  readonly duplicates: number
  readonly elections: number
  readonly snapshotsSent: number
  readonly snapshotsTaken: number
  readonly compactions: number
}

/** Where a voter's log, term and vote outlive its process. */
export interface CouncilStorage {
  readonly disk: DurableDisk
  /** Is made where it is missing; nobody else uses it. The owner holds the lock. */
  readonly folder: string
}

export interface CouncilOptions {
  readonly self: number
  readonly machine: CouncilMachine
  readonly clock: Clock
  readonly random: Random
  /** Hands a message to a member, or loses it; must not throw. The bytes are the receiver's. */
  readonly send: (to: number, bytes: Uint8Array) => void
  /**
   * Whether another node may propose that, asked where this one leads. What it may not is dropped and counted; as what this node knows may be
   * behind what is decided, who is in doubt is to be admitted only if the machine refuses it then. Default: all may.
   */
  readonly admits?: (from: number, kind: 'command' | 'voters', data: Uint8Array) => boolean
  /** Without it nothing is kept. */
  readonly storage?: CouncilStorage | undefined
  /**
   * Whether it may ever vote. Default: if it has a storage. A voter that keeps nothing must never come back under its number: it would have
   * forgotten what it has promised, and two could lead.
   */
  readonly mayVote?: boolean
  /** Begins a cluster of its own, with this node as the only voter, if the storage holds none. Exactly one node of a cluster does so, once. */
  readonly found?: boolean
  /** Members to ask who leads, until the log says who votes. */
  readonly contacts?: readonly number[]
  readonly timing?: Partial<CouncilTiming>
  /** Log bytes behind the last snapshot that make a new one. Default `compactBytesDefault`. */
  readonly compactBytes?: number
}

/** Milliseconds. All voters must have the same ones. */
export interface CouncilTiming {
  /** A leader is heard so often. */
  readonly heartbeatMs: number
  /** A voter that has not heard a leader for a time between the two, drawn anew each time, stands for election; none votes before the first is over. */
  readonly electionMinMs: number
  readonly electionMaxMs: number
}
