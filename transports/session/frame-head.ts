// A frame's head: what stands in front of its words, body and attachments on a stream.
import { recordWords } from '../../runtime/wire.ts'
import { frameHeadBytes, sessionFrameBytesMax } from './unit.ts'
import type { Frame } from '../../runtime/wire.ts'

/** Attachments of one frame. */
export const frameAttachmentsMax = 65_536

export interface FrameHead {
  /** The head itself; a later version may have a longer one. */
  readonly headBytes: number
  readonly count: number
  readonly bodyBytes: number
  readonly attachments: number
  /** Of all, the head included: this is what a frame costs of the credit. */
  readonly bytes: number
}

export function headOf({ count, body, attachments }: Frame): FrameHead {
  let bytes = frameHeadBytes + count * recordWords * 4 + body.byteLength
  for (const { byteLength } of attachments) bytes += 4 + byteLength
  return {
    headBytes: frameHeadBytes,
    count,
    bodyBytes: body.byteLength,
    attachments: attachments.length,
    bytes,
  }
}

/** @param at index of the first word */
export function writeHead(head: FrameHead, words: Int32Array, at: number): void {
  words[at] = head.headBytes
  words[at + 1] = head.count
  words[at + 2] = head.bodyBytes
  words[at + 3] = head.attachments
  words[at + 4] = head.bytes
}

/** Undefined if the numbers do not go together. @param bytes at least `frameHeadBytes` from `at` */
export function readHead(bytes: Uint8Array, at: number): FrameHead | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, frameHeadBytes)
  const head = {
    headBytes: view.getUint32(0, true),
    count: view.getUint32(4, true),
    bodyBytes: view.getUint32(8, true),
    attachments: view.getUint32(12, true),
    bytes: view.getUint32(16, true),
  }
  const { headBytes, count, bodyBytes, attachments } = head
  if (headBytes < frameHeadBytes || headBytes > 4_096 || (headBytes & 3) !== 0) return undefined
  if (head.bytes > sessionFrameBytesMax || attachments > frameAttachmentsMax) return undefined
  const least = headBytes + count * recordWords * 4 + bodyBytes + attachments * 4
  const isRight = attachments === 0 ? least === head.bytes : least <= head.bytes
  return isRight ? head : undefined
}

/** Bytes of words and body. */
export function mainBytesOf({ count, bodyBytes }: FrameHead): number {
  return count * recordWords * 4 + bodyBytes
}
