// A root's spec: what a node needs to start it, as bytes that the council keeps beside its home.
import { Decoder } from '../../transports/codec/decoder.ts'
import { Encoder } from '../../transports/codec/encoder.ts'
import { Fault } from '../../runtime/fault.ts'
import { specBytesMax } from '../../actors/cluster/state/home.ts'
import type { SpawnOrder } from '../threads/spawn-order.ts'

/** @throws {Fault} `payload-unencodable` `payload-too-large` */
export function specOf(order: Omit<SpawnOrder, 'epoch'>): Uint8Array {
  const { path, definition, version, args, options } = order
  const encoder = new Encoder({ isStateless: true, isWhole: true })
  const admitted = encoder.admit([definition, version, args, options], `spawn "${path}"`)
  const { bytes } = encoder.encode([admitted], 1)
  if (bytes.byteLength <= specBytesMax) return bytes.slice()
  throw new Fault(
    'payload-too-large',
    `Cannot spawn "${path}": its arguments take ${bytes.byteLength} bytes, ${specBytesMax} may be kept for its name`,
    { hint: 'Give it less to start with, and send it the rest.' },
  )
}

/** @param refAt makes the refs in its arguments @throws {Fault} `frame-malformed` */
export function orderFrom(
  home: { readonly top: string; readonly spec: Uint8Array },
  epoch: number,
  refAt: (path: string) => unknown,
): SpawnOrder {
  const [spec] = new Decoder({ refAt, isStateless: true }).decode(home.spec, [])
  const [definition, version, args, options] = spec as [string, number, unknown[], SpawnOrder['options']]
  return { path: home.top, definition, version, args, options, epoch }
}
