// The extension: the one type of our own that msgpackr is taught, and the calls in which it has a meaning.
import { addExtension, RESET_BUFFER_MODE } from 'msgpackr'
import { revive } from './revival.ts'
import { firstBytesTag, Tagged } from './tagged.ts'
import type { Packr, Unpackr } from 'msgpackr'
import type { Surroundings } from './revival.ts'
import type { Bytes } from './tagged.ts'

/** Marks a tagged value: a fixext 1 of this type, a zero, then the list of tag and value. A number that nobody else takes by accident. */
export const extensionType = 0x54

/** msgpackr knows one table of extensions for the whole thread; so it is taught once, and asks here what the present call is about. */
let isTaught = false
let attachments: ArrayBuffer[] | undefined
let surroundings: Surroundings | undefined

/** Packs; attached bytes of the list are appended to `attached`. The result is msgpackr's own memory until it packs again. */
export function pack(packr: Packr, list: readonly unknown[], attached: ArrayBuffer[]): Uint8Array {
  teach()
  const before = attachments
  attachments = attached
  try {
    return packr.pack(list, RESET_BUFFER_MODE)
  } finally {
    attachments = before
  }
}

/** Unpacks what follows the first byte, which is not msgpackr's. */
export function unpack(unpackr: Unpackr, body: Uint8Array, around: Surroundings): unknown {
  teach()
  // Who looks up a ref may decode in turn.
  const before = surroundings
  surroundings = around
  try {
    return unpackr.unpack(body, { start: 1 })
  } finally {
    surroundings = before
  }
}

function teach(): void {
  if (isTaught) return
  isTaught = true
  addExtension({ Class: Tagged, type: extensionType, write, read })
}

function write(tagged: Tagged): unknown[] {
  if (tagged.tag < firstBytesTag) return [tagged.tag, tagged.value]
  // Only bytes have tags from there on.
  const { buffer, offset, size, isAttached } = tagged.value as Bytes
  if (!isAttached) return [tagged.tag, new Uint8Array(buffer, offset, size)]
  const known = attachments?.indexOf(buffer) ?? -1
  const index = known >= 0 ? known : (attachments?.push(buffer) ?? 0) - 1
  return [tagged.tag, [index, offset, size]]
}

function read(tagged: unknown): unknown {
  if (surroundings === undefined) throw new Error('a tagged value outside of a frame')
  return revive(tagged, surroundings)
}
