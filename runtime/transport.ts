// A transport: opens streams between nodes that have proven to each other who they are. Part of the wire contract; transports/ has them.
import type { CancelSignal } from './cancel-signal.ts'

/** Who a node is, for good: a libp2p peer id as text, derived from its public key. 1 to 128 printable ASCII characters. */
export type PeerId = string

/**
 * What a stream is for. `main`: signals and messages, one for each pair of nodes and long-lived · `bulk`: large payloads, on a connection
 * of its own, so that nothing on `main` waits behind them · `foyer`: one question and one answer of a node that is not a member yet.
 */
export type Purpose = 'main' | 'bulk' | 'foyer'

/** Hears what a stream brings. Must not throw. */
export interface StreamListener {
  /** Bytes as they came, in pieces of any size from 1 up; good until the call returns. */
  data(bytes: Uint8Array): void
  /** All bytes that were given to `write` have left the process. */
  drained(): void
  /** Nothing more comes or leaves. Called once, also if this side has closed it; `fault` says why unless it ended in order. */
  closed(fault: Error | undefined): void
}

/** An ordered, authenticated, encrypted stream of bytes between two nodes, until it breaks. What was under way then may be lost. */
export interface PeerStream {
  /** Who the other side is: proven by its keys, not claimed. Empty for a guest of the foyer, who has nothing to prove it with yet. */
  readonly peer: PeerId
  readonly purpose: Purpose
  /** Whether this side has opened it. */
  readonly isDialled: boolean
  readonly way: 'direct' | 'relayed'
  /** Where the other side was reached, or came from; for people. */
  readonly address: string
  /** Bytes given to `write` that have not left yet. Whoever writes stops at a limit of its own until `drained`. */
  readonly queuedBytes: number
  /** Hands bytes over; they must not change until `drained`. Never waits, never throws; after the end the bytes are dropped. */
  write(bytes: Uint8Array): void
  /** Begins to hand over what has come; until then it waits, at most the transport's own buffer of it. */
  listen(listener: StreamListener): void
  /** Sends what was written, then closes both ends. */
  close(): void
  /** Ends it at once. */
  abort(why: Error): void
}

/** Whom to dial. Without an id whoever is found at the address may answer; the stream then says who it is. */
export interface DialTarget {
  readonly peer?: PeerId | undefined
  /** In the order in which they are tried. Multiaddrs for libp2p; names for a transport in memory. */
  readonly addresses: readonly string[]
}

export interface TransportListener {
  /** Another node has opened a stream. */
  opened(stream: PeerStream): void
  /** The addresses of this node have changed: a relay has taken it in, or is gone. */
  readdressed(): void
}

export interface Transport {
  /** This node. */
  readonly peer: PeerId
  /** Where others may reach this node now. */
  readonly addresses: readonly string[]
  /** Begins to accept streams. Called once. @throws {Fault} `address-unusable` */
  listen(listener: TransportListener): Promise<void>
  /**
   * Opens a stream.
   * @throws {Fault} `peer-unreachable` nobody answers in time; `details.isRefused` if the machine at each direct address says that nobody
   * listens there · `peer-refused` one side does not accept who the other is
   */
  dial(target: DialTarget, purpose: Purpose, signal: CancelSignal): Promise<PeerStream>
  /**
   * Over a relayed stream asks the other side to dial this node directly, for the same purpose. If it does, that stream is `opened` here and
   * there, and true is given; the relayed one stays until somebody closes it. Left out where nothing is relayed.
   */
  connectBack?(stream: PeerStream, signal: CancelSignal): Promise<boolean>
  /** Ends all streams and listens no more. */
  close(): Promise<void>
}
