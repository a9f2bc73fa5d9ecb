// A ring of bytes that two threads share: one writes frames, the other reads them; this is how they lie in it.

/**
 * Words of the head of a ring, as indexes of Int32; each has a cache line of its own, so that writer and reader do not fight over one.
 * The two positions count bytes and only grow; they wrap at 2^32, and their low bits are the place in the ring.
 */
export const writtenWord = 0
export const readWord = 16
/** 1 while the reader is parked and wants to be woken. */
export const parkedWord = 32
/** 1 while the writer waits for room. */
export const fullWord = 48

const headBytes = 256

/** Instead of a frame's length: go on at the beginning of the ring. */
export const wrapMark = -1
/** Instead of a frame's length: the frame is the next one that the port brings. */
export const portMark = -2

/** What stands before a frame's columns: its length in bytes, and how many messages it holds. */
export const frameHeadBytes = 8
/** One message in the columns: to whom, and which kind. */
export const columnWords = 2

/** What the port carries besides large frames. */
export const wake = 0
export const room = 1

/** Big enough for a dozen frames of small messages, small enough to stay in the cache. */
const ringBytes = 262_144

export function newRing(): SharedArrayBuffer {
  return new SharedArrayBuffer(headBytes + ringBytes)
}

/** A ring as one of its two threads sees it. */
export class RingView {
  readonly head: Int32Array
  readonly words: Int32Array
  readonly bytes: Buffer
  readonly size: number

  constructor(ring: SharedArrayBuffer) {
    this.head = new Int32Array(ring, 0, headBytes / 4)
    this.words = new Int32Array(ring, headBytes)
    this.bytes = Buffer.from(ring, headBytes)
    this.size = ring.byteLength - headBytes
  }
}

/** Frames begin at multiples of eight. */
export function padded(bytes: number): number {
  return (bytes + 7) & ~7
}
