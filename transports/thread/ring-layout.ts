// A ring's layout: where the control words of a shared buffer stand, and how frames lie in the bytes behind them.
//
//   frame:  Int32 body bytes | Int32 count << 2 | form << 1 | lane | count * recordWords words | body | up to the next multiple of 8
//   wrap:   Int32 -1, then nothing up to the end of the bytes; the next frame is at their beginning
//   form 1: the frame itself comes by the port, and keeps its place here with the two words alone; the first says how many bytes it is
//
// Positions only grow, modulo 2^32; the place in the ring is their low bits. Each word has one owner who stores it, but for `sleeping`
// and `wants`, which one side sets and whoever acts on it clears by an exchange. All of them are read and stored with Atomics: they are
// sequentially consistent, so of two sides that each store and then look, one sees the other.
import { invariant } from '../../runtime/invariant.ts'
import { recordWords } from '../../runtime/wire.ts'

/** Of one direction of a wire. */
export const ringBytesDefault = 262_144
/** A power of two within it. */
export const ringBytesBounds: readonly [number, number] = [4_096, 67_108_864]

/** The writer's line: how far it has written, and whether it will write no more. */
export const headAt = 0
export const endingAt = 1
/** The reader's line: how far it has read, and what of each lane it has handed over, in records and in bytes that came by the port. */
export const tailAt = 32
export const takenAt = { signals: 33, messages: 34 } as const
export const portTakenAt = { signals: 35, messages: 36 } as const
/** Set by a reader that waits to be woken through the port. */
export const sleepingAt = 64
/** Set by a writer that wants to hear through the port when the tail has come to the position in `spaceAt`. */
export const wantsAt = 96
export const spaceAt = 97

/** 128 bytes for each line: processors fetch cache lines of 64 in pairs. */
const controlBytes = 512

/** In front of each frame. */
export const frameHeadBytes = 8
export const wrapMark = -1
export const onPortBit = 2
export const messagesBit = 1

/** Both sides' view of a ring. */
export interface RingViews {
  readonly control: Int32Array
  readonly words: Int32Array
  readonly bytes: Buffer
  readonly size: number
}

/** @param bytes a power of two within `ringBytesBounds` */
export function newRing(bytes: number): SharedArrayBuffer {
  const [min, max] = ringBytesBounds
  const isPower = (bytes & (bytes - 1)) === 0
  invariant(isPower && bytes >= min && bytes <= max, 'A ring was made with a size that is not allowed')
  return new SharedArrayBuffer(controlBytes + bytes)
}

export function viewsOf(ring: SharedArrayBuffer): RingViews {
  return {
    control: new Int32Array(ring, 0, controlBytes / 4),
    words: new Int32Array(ring, controlBytes),
    bytes: Buffer.from(ring, controlBytes),
    size: ring.byteLength - controlBytes,
  }
}

/** What a frame takes up in the ring. */
export function frameBytes(count: number, bodyBytes: number): number {
  return (frameHeadBytes + count * recordWords * 4 + bodyBytes + 7) & ~7
}
