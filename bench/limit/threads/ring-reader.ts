// The reading end of a ring: hands over its frames, looks for more for a moment, then parks until the writer wakes it.
import { receiveMessageOnPort } from 'node:worker_threads'
import {
  columnWords,
  frameHeadBytes,
  fullWord,
  padded,
  parkedWord,
  portMark,
  readWord,
  RingView,
  room,
  wake,
  wrapMark,
  writtenWord,
} from './ring.ts'
import type { MessagePort } from 'node:worker_threads'

/** Milliseconds that it looks for more before it parks: to be woken costs the other side about as much. */
const spinMs = 0.05

export interface RingListener {
  /** The body lies in the ring: it is good until the call returns. */
  frame(columns: Int32Array, count: number, body: Uint8Array): void
  /** A frame that came over the port. */
  onPort(frame: unknown): void
  /** The other ring of the pair, which this side writes, has room again. */
  room(): void
}

export class RingReader {
  readonly #ring: RingView
  readonly #port: MessagePort
  readonly #listener: RingListener
  /** Frames that the event loop brought before their marks were read. */
  readonly #early: unknown[] = []
  readonly #look = (): void => this.#turn()
  #read = 0
  #lastFrameMs = 0

  constructor(ring: SharedArrayBuffer, port: MessagePort, listener: RingListener) {
    this.#ring = new RingView(ring)
    this.#port = port
    this.#listener = listener
    port.on('message', (message: unknown) => {
      if (message === wake) this.#turn()
      else if (message === room) listener.room()
      else this.#early.push(message)
    })
    this.#turn()
  }

  #turn(): void {
    if (this.#drain()) {
      this.#lastFrameMs = performance.now()
      setImmediate(this.#look)
    } else if (performance.now() - this.#lastFrameMs < spinMs) {
      setImmediate(this.#look)
    } else {
      this.#park()
    }
  }

  #park(): void {
    const { head } = this.#ring
    Atomics.store(head, parkedWord, 1)
    const isEmpty = Atomics.load(head, writtenWord) === this.#read
    if (!isEmpty && Atomics.exchange(head, parkedWord, 0) !== 0) setImmediate(this.#look)
  }

  /** Hands over what is there; false if there was nothing. */
  #drain(): boolean {
    const { head, size } = this.#ring
    const written = Atomics.load(head, writtenWord)
    if (written === this.#read) return false
    while (this.#read !== written) {
      this.#read = (this.#read + this.#handOver(this.#read & (size - 1))) | 0
      Atomics.store(head, readWord, this.#read)
      if (Atomics.load(head, fullWord) === 0 || ((written - this.#read) | 0) > size / 2) continue
      if (Atomics.exchange(head, fullWord, 0) === 0) continue
      // oxlint-disable-next-line unicorn/require-post-message-target-origin
      this.#port.postMessage(room)
    }
    return true
  }

  /** How many bytes the frame at an offset took, or what was skipped. */
  #handOver(offset: number): number {
    const { words, bytes, size } = this.#ring
    const first = offset >> 2
    const length = words[first] ?? wrapMark
    if (length === wrapMark) return size - offset
    if (length === portMark) {
      this.#listener.onPort(this.#fromPort())
      return frameHeadBytes
    }
    const count = words[first + 1] ?? 0
    const columns = offset + frameHeadBytes
    const body = columns + count * columnWords * 4
    this.#listener.frame(
      words.subarray(columns >> 2, body >> 2),
      count,
      bytes.subarray(body, columns + length),
    )
    return padded(frameHeadBytes + length)
  }

  /** The writer posted it before it wrote its mark. */
  #fromPort(): unknown {
    while (this.#early.length === 0) {
      const received = receiveMessageOnPort(this.#port)
      if (received === undefined) throw new Error('a frame is marked and not on the port')
      if (received.message === room) this.#listener.room()
      else if (received.message !== wake) return received.message
    }
    return this.#early.shift()
  }
}
