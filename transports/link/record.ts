// A record: one entry of a frame, six words in front of one payload; what the words mean depends on its kind.

/** Means nothing: what stood there was taken out. */
export const nothing = 0
/** Introduces a text: word 1 is its number in the lane's dictionary, the payload the text. */
export const define = 1
/** All numbers of the lane's dictionary are free again. */
export const forget = 2
/** Adds to the record after it: who waits for the reply, the call chain of an ask, and by whom it was sent on. */
export const beside = 3
/** A message: to, name, from. */
export const tell = 4
/** The same, with the number of the ask and the milliseconds that are left of its time. */
export const ask = 5
export const offer = 6
/** To. Keeps its place among messages, as a stop within one runtime does. */
export const stop = 7
/** To. */
export const kill = 8
/** The number of an ask, offer or call; the payload is the reply. */
export const reply = 9
/** The same; the payload is the fault. */
export const refusal = 10
/** To, which is a root. Comes behind everything that was sent there on this road; whoever has the root answers with `flushed`. */
export const flush = 11
/** The number of a flush; the payload says where its root lives. */
export const flushed = 12
/** The payload says where a root lives now. */
export const moved = 13
/** Asks the other runtime itself: the payload is [verb, input]. */
export const call = 14
/** Tells the other runtime itself. */
export const control = 15

/** Answered with a reply once all that was sent before on its lane has been read; the depth of the question stands where hops do. */
export const echo = 16

/** To. A message so large that it travels on a wire of its own is to be handed over here; `id` is its number there. */
export const parcel = 17

/** How often a message has been sent on, in the bits 8 to 15 of the first word. */
export function hopsOf(word: number): number {
  return (word >>> 8) & 0xff
}

export function kindOf(word: number): number {
  return word & 0xff
}

/** Words of a record: `to`, `name` and `from` are numbers of the lane's dictionary, 0 for none. */
export interface Route {
  readonly to: number
  readonly name: number
  readonly from: number
  /** Of the ask, offer, call or flush. */
  readonly id: number
  readonly timeoutMs: number
  readonly hops: number
}

/** What the record after it needs besides. */
export interface Beside {
  /** The runtime that waits for the reply, if it is not the one that sent the record. */
  readonly replyTo?: number
  /** The far asks that led to this one, the nearest first: runtime and number by turns. */
  readonly chain?: readonly number[]
  /** The runtimes that it was sent from and sent on by, if it was sent on. */
  readonly via?: readonly number[] | undefined
  /** The number of a message that travels on a wire of its own. */
  readonly parcel?: number | undefined
}

/** Where a root lives; each new home has the next epoch. */
export interface Home {
  readonly top: string
  readonly thread: number
  readonly epoch: number
}
