// A wire: carries frames to one other runtime and back, each once and in order, until it is cut. A contract; transports/ has them.

/** Signals are the runtime's own words and never wait behind messages. Each lane keeps its own order. */
export type Lane = 'signals' | 'messages'

/** Words in front of each record of a frame; the route is readable without decoding a payload. */
export const recordWords = 6

/** A batch of records on one lane. Whoever is given one may look at it until the call returns. */
export interface Frame {
  /** `recordWords` for each record, from the beginning. */
  readonly words: Int32Array
  /** How many records there are; the words may be longer. */
  readonly count: number
  /** The payloads of all records, encoded as one. */
  readonly body: Uint8Array
  /** Large bytes that travel beside the body. They are given away: the writer must not touch them again. */
  readonly attachments: readonly ArrayBuffer[]
}

/** What one lane of a wire has carried. */
export interface WireCounts {
  /** Records that `write` has taken. */
  readonly written: number
  /** Of those, records that the other side's listener has been handed; known even after the other side has died. */
  readonly taken: number
}

/** Hears what a wire brings. Must not throw. */
export interface WireListener {
  frame(lane: Lane, frame: Frame): void
  /** `write` had said no; it is worth trying again. Called once for each no. */
  room(lane: Lane): void
  /** Nothing more comes, and nothing more is taken. Called once, also if this side has closed it. */
  closed(why: 'closed' | 'cut'): void
}

/**
 * Carries frames with credit: a lane takes what it has room for, in records and in bytes, and gives the room back as the other side's
 * listener has been handed the frames. Signals keep a share of the room that messages cannot use up.
 */
export interface Wire {
  /** Takes a frame, copying all but the attachments, or says false and takes nothing. A closed wire says false for ever. */
  write(lane: Lane, frame: Frame): boolean
  /** Begins to hand over what has come; until then it waits. */
  listen(listener: WireListener): void
  /** Hands over what was written before, then closes both ends. Closing again does nothing. */
  close(): void
  /** Closes this end at once, as if the other side had died. */
  cut(): void
  counts(lane: Lane): WireCounts
}
