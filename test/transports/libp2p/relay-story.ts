// A relay's story: numbered messages through a stream, sent with a limit and checked one by one; for the loopback here and for network namespaces elsewhere.
import { StreamEar } from '../../contracts/stream-ear.ts'
import type { PeerStream } from '../../../runtime/transport.ts'

const headBytes = 8
const queueBytesMax = 1_048_576

/** Sends messages 0 to `count` - 1 of 16 to 116 bytes: length, number, and the number again as filling. */
export async function sendMessages(stream: PeerStream, count: number): Promise<void> {
  const ear = new StreamEar(stream)
  let slab = new Uint8Array(65_536)
  let used = 0
  for (let index = 0; index < count; index++) {
    const length = 16 + (index % 101)
    if (used + length > slab.byteLength) {
      stream.write(slab.subarray(0, used))
      slab = new Uint8Array(65_536)
      used = 0
      if (stream.queuedBytes > queueBytesMax) await ear.untilDrained()
    }
    const view = new DataView(slab.buffer)
    view.setUint32(used, length)
    view.setUint32(used + 4, index)
    slab.fill(index & 255, used + headBytes, used + length)
    used += length
  }
  stream.write(slab.subarray(0, used))
  await ear.untilDrained()
}

export interface Heard {
  /** Resolves when so many have come. */
  until(count: number): Promise<{ readonly count: number; readonly bad: number }>
}

/** Checks each message as it comes. */
export function countMessages(stream: PeerStream): Heard {
  let rest: Buffer = Buffer.alloc(0)
  let count = 0
  let bad = 0
  let waiting: { readonly wanted: number; readonly go: () => void } | undefined
  const read = (): void => {
    let at = 0
    while (rest.length - at >= headBytes && rest.length - at >= rest.readUInt32BE(at)) {
      const length = rest.readUInt32BE(at)
      const isGood =
        rest.readUInt32BE(at + 4) === count &&
        rest.subarray(at + headBytes, at + length).every((byte) => byte === (count & 255))
      if (!isGood) bad++
      count++
      at += length
    }
    rest = rest.subarray(at)
    if (waiting !== undefined && count >= waiting.wanted) waiting.go()
  }
  stream.listen({
    data(bytes) {
      rest = Buffer.concat([rest, bytes])
      read()
    },
    drained() {},
    closed() {
      waiting?.go()
    },
  })
  return {
    async until(wanted) {
      if (count < wanted) await new Promise<void>((go) => (waiting = { wanted, go }))
      return { count, bad }
    },
  }
}
