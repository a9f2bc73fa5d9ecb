// The revival: makes of a tag and the value beside it again what the sender had.
import { Fault } from '../../runtime/fault.ts'
import { isPath } from '../../runtime/path.ts'
import { bytesKinds, firstBytesTag, isRefusedKey, tags } from './tagged.ts'
import type { FaultRecord } from '../../runtime/fault.ts'
import type { BytesKind } from './tagged.ts'

/** What a frame brings besides its body. */
export interface Surroundings {
  readonly attachments: readonly ArrayBuffer[]
  readonly refAt: (path: string) => unknown
}

const tagCount = firstBytesTag + bytesKinds.length

/** Whether a tag means something. */
export function isTag(tag: number): boolean {
  return (tag >= tags.map && tag <= tags.ref) || (tag >= firstBytesTag && tag < tagCount)
}

/** Revives one value; its contents are alive already. @throws {Error} if the two do not go together. */
export function revive(tagged: unknown, around: Surroundings): unknown {
  if (!Array.isArray(tagged) || tagged.length !== 2) throw new Error('a tag has one value')
  const [tag, value] = tagged as [unknown, unknown]
  if (typeof tag !== 'number') throw new Error('a tag is a number')
  if (tag >= firstBytesTag) return reviveBytes(bytesKinds[tag - firstBytesTag], value, around)
  switch (tag) {
    case tags.map:
      return reviveMap(rowOf(value))
    case tags.set:
      return new Set(rowOf(value))
    case tags.record:
      return reviveRecord(rowOf(value))
    case tags.minusZero:
      return -0
    case tags.date:
      if (typeof value !== 'number') throw new Error('a date is a number')
      return new Date(value)
    case tags.fault:
      return Fault.from(faultRecord(value))
    default:
      return reviveText(tag, value, around)
  }
}

function reviveText(tag: number, value: unknown, around: Surroundings): unknown {
  if (typeof value !== 'string') throw new Error('a text is beside this tag')
  if (tag === tags.text) return value.slice(1)
  if (tag === tags.ref && isPath(value)) return around.refAt(value)
  if (tag === tags.bigint && /^-?[\da-f]+$/.test(value)) {
    return value.startsWith('-') ? -BigInt(`0x${value.slice(1)}`) : BigInt(`0x${value}`)
  }
  throw new Error('unknown tag, or not its text')
}

function reviveMap(row: readonly unknown[]): Map<unknown, unknown> {
  if (row.length % 2 !== 0) throw new Error('a map has a key without a value')
  const map = new Map<unknown, unknown>()
  for (let index = 0; index < row.length; index += 2) map.set(row[index], row[index + 1])
  return map
}

function reviveRecord(row: readonly unknown[]): Record<string, unknown> {
  if (row.length % 2 !== 0) throw new Error('a record has a key without a value')
  const record: Record<string, unknown> = {}
  for (let index = 0; index < row.length; index += 2) {
    const key = row[index]
    if (typeof key !== 'string' || isRefusedKey(key)) throw new Error('no key of a record')
    record[key] = row[index + 1]
  }
  return record
}

function reviveBytes(kind: BytesKind | undefined, value: unknown, around: Surroundings): unknown {
  if (kind === undefined) throw new Error('unknown tag')
  if (value instanceof Uint8Array) return viewOf(kind, value.slice().buffer, 0, value.byteLength)
  const [index, offset, size] = rowOf(value)
  const buffer = around.attachments[Number(index)]
  if (buffer === undefined || typeof offset !== 'number' || typeof size !== 'number') {
    throw new Error('no such attachment')
  }
  return viewOf(kind, buffer, offset, size)
}

function viewOf(kind: BytesKind, buffer: ArrayBuffer, offset: number, size: number): unknown {
  switch (kind) {
    case 'ArrayBuffer':
      return offset === 0 && size === buffer.byteLength ? buffer : buffer.slice(offset, offset + size)
    case 'Buffer':
      return Buffer.from(buffer, offset, size)
    case 'DataView':
      return new DataView(buffer, offset, size)
    default: {
      const View = globalThis[kind]
      if (size % View.BYTES_PER_ELEMENT !== 0) throw new Error('half a number at the end')
      return new View(buffer, offset, size / View.BYTES_PER_ELEMENT)
    }
  }
}

function rowOf(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new Error('a list is beside this tag')
  return value
}

function faultRecord(value: unknown): FaultRecord {
  const { code, message, hint, outcome, details, cause } = recordOf(value)
  if (typeof code !== 'string' || typeof message !== 'string' || typeof hint !== 'string') {
    throw new Error('a fault has a code, a message and a hint')
  }
  return {
    code,
    message,
    hint,
    ...(outcome === 'unknown' ? { outcome } : {}),
    // Fault.from makes details of any record.
    ...(details === undefined ? {} : { details: recordOf(details) as NonNullable<FaultRecord['details']> }),
    ...(cause === undefined ? {} : { cause: thrownOf(recordOf(cause)) }),
  }
}

function thrownOf({ name, message }: Record<string, unknown>): { name: string; message: string } {
  if (typeof name !== 'string' || typeof message !== 'string')
    throw new Error('a cause has a name and a message')
  return { name, message }
}

function recordOf(value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error('no record')
  return { ...value }
}
