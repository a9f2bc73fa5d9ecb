// A failure codec: what sentinels say to each other as bytes on the signal lane. What is said all the time has a shape of its own.
import { Decoder } from '../../transports/codec/decoder.ts'
import { Encoder } from '../../transports/codec/encoder.ts'
import { readFailureMessage } from '../../actors/cluster/failure/read-failure-message.ts'
import type { Beat, FailureMessage } from '../../actors/cluster/failure/failure-message.ts'

/** The first byte. In a hundred nodes each hears five hundred heartbeats a second: most suspect nobody, and are numbers alone. */
const shapes = { any: 0, beat: 1, grant: 2 } as const
const beatNumbers = ['member', 'sequence', 'view', 'lagMs', 'heard', 'heardMs'] as const
/** The shape, whether it acts, and the numbers. */
const beatBytes = 2 + beatNumbers.length * 8
const grantBytes = 9

export class FailureCodec {
  readonly #encoder = new Encoder({ isStateless: true, isWhole: true })
  readonly #decoder = new Decoder({ refAt: () => undefined, isStateless: true })

  encode(message: FailureMessage): Uint8Array {
    if (message.type === 'beat' && message.opinions.length === 0) return beatOf(message)
    if (message.type === 'grant') return grantOf(message.sequence)
    const admitted = this.#encoder.admit(message, 'say what is heard of other nodes')
    const { bytes } = this.#encoder.encode([admitted], 1)
    const shaped = new Uint8Array(1 + bytes.byteLength)
    shaped.set(bytes, 1)
    return shaped
  }

  /** @returns undefined for what is no such message */
  decode(bytes: Uint8Array): FailureMessage | undefined {
    const [shape] = bytes
    if (shape === shapes.beat) return beatIn(bytes)
    if (shape === shapes.grant) return grantIn(bytes)
    if (shape !== shapes.any) return undefined
    try {
      return readFailureMessage(this.#decoder.decode(bytes.subarray(1), [])[0])
    } catch {
      return undefined
    }
  }
}

function beatOf(beat: Beat): Uint8Array {
  const bytes = new Uint8Array(beatBytes)
  const view = new DataView(bytes.buffer)
  bytes[0] = shapes.beat
  bytes[1] = beat.isActing ? 1 : 0
  for (const [index, name] of beatNumbers.entries()) view.setFloat64(2 + index * 8, beat[name], true)
  return bytes
}

function beatIn(bytes: Uint8Array): FailureMessage | undefined {
  if (bytes.byteLength !== beatBytes || (bytes[1] ?? 2) > 1) return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset)
  const numbers = beatNumbers.map((name, index) => [name, view.getFloat64(2 + index * 8, true)])
  const isActing = bytes[1] === 1
  return readFailureMessage({ type: 'beat', isActing, opinions: [], ...Object.fromEntries(numbers) })
}

function grantOf(sequence: number): Uint8Array {
  const bytes = new Uint8Array(grantBytes)
  bytes[0] = shapes.grant
  new DataView(bytes.buffer).setFloat64(1, sequence, true)
  return bytes
}

function grantIn(bytes: Uint8Array): FailureMessage | undefined {
  if (bytes.byteLength !== grantBytes) return undefined
  const sequence = new DataView(bytes.buffer, bytes.byteOffset).getFloat64(1, true)
  return readFailureMessage({ type: 'grant', sequence })
}
