// A seal: the first four bytes of a value, by which damage to the rest shows.
import { crc32 } from 'node:zlib'
import { asBuffer } from './keys.ts'

export const sealBytes = 4

/** Seals a value whose first four bytes were left free. */
export function seal(value: Buffer): Uint8Array {
  value.writeUInt32BE(crc32(value.subarray(sealBytes)), 0)
  return value
}

/** The value with its seal, if it is as it was written. */
export function unsealed(value: Uint8Array): Buffer | undefined {
  const bytes = asBuffer(value)
  if (bytes.length < sealBytes) return undefined
  return crc32(bytes.subarray(sealBytes)) === bytes.readUInt32BE(0) ? bytes : undefined
}
