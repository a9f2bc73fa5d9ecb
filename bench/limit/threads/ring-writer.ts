// The writing end of a ring: puts frames into it as long as there is room, and wakes the reader if it sleeps.
import {
  columnWords,
  frameHeadBytes,
  fullWord,
  padded,
  parkedWord,
  portMark,
  readWord,
  RingView,
  wake,
  wrapMark,
  writtenWord,
} from './ring.ts'
import type { MessagePort } from 'node:worker_threads'

/** A batch of messages: what each is in the columns, and all payloads as one encoded list. */
export interface BareFrame {
  /** `columnWords` for each message; may be longer. */
  readonly columns: Int32Array
  readonly count: number
  /** Those from `start` to `end`. */
  readonly body: Buffer
  readonly start: number
  readonly end: number
}

/**
 * Each side of Dekker's handshake writes its own word and then reads the other's: the reader parks and looks once more for a frame, the
 * writer publishes one and then looks whether the reader has parked. Atomics are in one order for all, so that one of them sees it.
 */
export class RingWriter {
  readonly #ring: RingView
  readonly #port: MessagePort
  #written = 0
  /** What was last seen of the reader's position: looked up anew only when the ring seems full. */
  #read = 0

  constructor(ring: SharedArrayBuffer, port: MessagePort) {
    this.#ring = new RingView(ring)
    this.#port = port
  }

  /** Copies a frame and shows it to the reader; false, and nothing done, if there is no room. */
  write({ columns, count, body, start, end }: BareFrame): boolean {
    const length = count * columnWords * 4 + end - start
    const offset = this.#reserve(frameHeadBytes + length)
    if (offset < 0) return false
    const { words, bytes } = this.#ring
    let word = offset >> 2
    words[word++] = length
    words[word++] = count
    for (let i = 0; i < count * columnWords; i++) words[word++] = columns[i] ?? 0
    body.copy(bytes, word << 2, start, end)
    this.#publish()
    return true
  }

  /** A frame that is too large to be copied: the port carries it, and the ring keeps its place in the order. */
  writeOnPort(frame: unknown, transfer: ArrayBuffer[]): boolean {
    const offset = this.#reserve(frameHeadBytes)
    if (offset < 0) return false
    this.#port.postMessage(frame, transfer)
    this.#ring.words[offset >> 2] = portMark
    this.#publish()
    return true
  }

  /** After a false: true if the reader will tell when half of the ring is free, false if it is free already. */
  wantRoom(): boolean {
    const { head, size } = this.#ring
    Atomics.store(head, fullWord, 1)
    this.#read = Atomics.load(head, readWord)
    if (((this.#written - this.#read) | 0) > size / 2) return true
    return Atomics.exchange(head, fullWord, 0) === 0
  }

  /** The offset of a frame of so many bytes; below 0 if it does not fit now. */
  #reserve(bytes: number): number {
    const { head, words, size } = this.#ring
    const offset = this.#written & (size - 1)
    const skip = offset + padded(bytes) > size ? size - offset : 0
    const next = (this.#written + skip + padded(bytes)) | 0
    if (((next - this.#read) | 0) > size) {
      this.#read = Atomics.load(head, readWord)
      if (((next - this.#read) | 0) > size) return -1
    }
    if (skip > 0) words[offset >> 2] = wrapMark
    this.#written = next
    return skip > 0 ? 0 : offset
  }

  #publish(): void {
    const { head } = this.#ring
    Atomics.store(head, writtenWord, this.#written)
    if (Atomics.load(head, parkedWord) !== 0 && Atomics.exchange(head, parkedWord, 0) !== 0) {
      // oxlint-disable-next-line unicorn/require-post-message-target-origin
      this.#port.postMessage(wake)
    }
  }
}
