// A frame's bytes as they go out: head, words, body, then each attachment behind its length, read piece by piece.
import { recordWords } from '../../runtime/wire.ts'
import { writeHead } from './frame-head.ts'
import { frameHeadBytes } from './unit.ts'
import type { Frame } from '../../runtime/wire.ts'
import type { FrameHead } from './frame-head.ts'

export class FrameSource {
  /** Bytes that have not been read. */
  left: number
  /** Nothing has been read. */
  isFresh = true
  readonly #parts: Uint8Array[]
  #part = 0
  #at = 0

  /** @param isLasting read after the call that brings the frame has ended, so words and body are copied; attachments are taken away */
  constructor(frame: Frame, head: FrameHead, isLasting: boolean) {
    const { words, count, body, attachments } = frame
    this.left = head.bytes
    const first = new Int32Array(frameHeadBytes / 4)
    writeHead(head, first, 0)
    const route = bytesOf(words.subarray(0, count * recordWords))
    const beside = attachments.flatMap((attachment) => {
      const length = new Int32Array([attachment.byteLength])
      return [bytesOf(length), new Uint8Array(attachment.transfer())]
    })
    this.#parts = [
      bytesOf(first),
      isLasting ? route.slice() : route,
      isLasting ? body.slice() : body,
      ...beside,
    ]
  }

  /** Copies the next `count` bytes, which are left, to `target` at `at`. */
  read(target: Uint8Array, at: number, count: number): void {
    this.isFresh = false
    this.left -= count
    let written = at
    const end = at + count
    while (written < end) {
      const part = this.#parts[this.#part]
      if (part === undefined) return
      const taken = Math.min(part.byteLength - this.#at, end - written)
      target.set(taken === part.byteLength ? part : part.subarray(this.#at, this.#at + taken), written)
      written += taken
      this.#at += taken
      if (this.#at < part.byteLength) continue
      this.#part++
      this.#at = 0
    }
  }
}

function bytesOf(words: Int32Array): Uint8Array {
  return new Uint8Array(words.buffer, words.byteOffset, words.byteLength)
}
