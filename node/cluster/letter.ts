// A letter: one question or one answer on a stream of the foyer: four bytes for its length, the highest first, and its bytes.
import { Fault } from '../../runtime/fault.ts'
import type { Clock } from '../../runtime/clock.ts'
import type { PeerStream } from '../../runtime/transport.ts'

/** Bytes of one letter. */
export const letterBytesMax = 65_536
/** How long an answer may take, in milliseconds. */
export const letterMsMax = 15_000

export function letterOf(bytes: Uint8Array): Uint8Array {
  const letter = new Uint8Array(4 + bytes.byteLength)
  new DataView(letter.buffer).setUint32(0, bytes.byteLength)
  letter.set(bytes, 4)
  return letter
}

/** The bytes of a letter that has come whole; undefined while it has not, `malformed` for what can be none. */
export function letterIn(bytes: Uint8Array): Uint8Array | 'malformed' | undefined {
  if (bytes.byteLength < 4) return undefined
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0)
  if (length === 0 || length > letterBytesMax || bytes.byteLength > 4 + length) return 'malformed'
  return bytes.byteLength === 4 + length ? bytes.subarray(4) : undefined
}

/** Asks one question and waits for the answer; the stream is over then. @throws {Fault} `peer-unreachable` `peer-refused` */
export function askByLetter(stream: PeerStream, question: Uint8Array, clock: Clock): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    let bytes: Uint8Array = new Uint8Array(0)
    const fail = (code: string, how: string): void => {
      late.cancel()
      const fault = new Fault(code, `Cannot ask the node at ${stream.address}: ${how}`, {
        hint: 'Try again; see on that node why it did not answer.',
        outcome: 'unknown',
      })
      // Its end may be told at once, and is not the reason.
      reject(fault)
      stream.abort(fault)
    }
    const late = clock.alarm(clock.now() + letterMsMax, () =>
      fail('peer-unreachable', `no answer within ${letterMsMax} ms`),
    )
    stream.listen({
      data: (piece) => {
        bytes = Uint8Array.from(Buffer.concat([bytes, piece]))
        const answer = letterIn(bytes)
        if (answer === 'malformed') fail('peer-refused', 'its answer is none')
        else if (answer !== undefined) {
          late.cancel()
          resolve(answer)
          stream.close()
        }
      },
      drained: () => undefined,
      closed: () => fail('peer-unreachable', 'it hung up'),
    })
    stream.write(letterOf(question))
  })
}
