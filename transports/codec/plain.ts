// The fast road: tells in one walk, without copying it, that a payload is plain data which msgpackr keeps as it is.
import { types } from 'node:util'
import { payloadDepthMax } from '../../runtime/payload.ts'
import { isRefusedKey } from './tagged.ts'

/** Bytes that a payload may take on the fast road, each value counted as at least 9: so it has fewer values than a payload may have. */
export const plainBytesMax = 8_000_000
/** Keys of a record; more make it a dictionary, for which msgpackr's records are a bad bargain. */
export const recordKeysMax = 64
/** Keys that are remembered as sound, and the most characters of one. */
const soundKeysMax = 1_024
const soundKeyMax = 64
/** Places of keys that are remembered. */
const placesMax = 256
/** No text that is shorter reaches the decoder that takes byte order marks away. */
const markedMin = 16

const { isProxy } = types
const byteOrderMark = 0xfeff
const recordPrototype: unknown = Object.prototype
const listPrototype: unknown = Array.prototype

/**
 * About how many bytes a plain payload takes, never fewer than it does; -1 if it must take the slow road. What it does not see: accessors
 * (it runs them; what they throw is thrown), properties that are not enumerable or named by a symbol (to ask for those would cost as much
 * as all the rest), and named properties of a list. Strict mode does see them.
 */
export function plainBytes(value: unknown): number {
  place = 0
  return bytesOf(value, 0)
}

/** The keys of the last payload in the order in which they were met: most often the next one has the same at the same places. */
const keysBefore: string[] = []
/** How many keys were met in this payload. */
let place = 0

function bytesOf(value: unknown, depth: number): number {
  switch (typeof value) {
    case 'string':
      return textBytes(value)
    case 'number':
      // The codec would lose the sign of -0.
      return value === 0 && 1 / value < 0 ? -1 : 9
    case 'boolean':
    case 'undefined':
      return 9
    case 'bigint':
      return value < 0x8000_0000_0000_0000 && value >= -0x8000_0000_0000_0000 ? 9 : -1
    case 'object':
      return value === null ? 9 : containerBytes(value, depth + 1)
    default:
      return -1
  }
}

function textBytes(text: string): number {
  const { length } = text
  if (!text.isWellFormed() || (length >= markedMin && text.charCodeAt(0) === byteOrderMark)) return -1
  return 9 + length * 3
}

function containerBytes(value: object, depth: number): number {
  if (depth > payloadDepthMax || isProxy(value)) return -1
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype === recordPrototype || prototype === null) return recordBytes(value, depth)
  return prototype === listPrototype && Array.isArray(value) ? listBytes(value, depth) : -1
}

function recordBytes(record: object, depth: number): number {
  let bytes = 9
  let keys = 0
  for (const key in record) {
    // The walk has just been given the key.
    if (keysBefore[place] !== key && !isSoundKey(key)) return -1
    place++
    const member = bytesOf((record as Record<string, unknown>)[key], depth)
    keys++
    if (member < 0 || keys > recordKeysMax) return -1
    bytes += member + 9 + key.length * 3
    if (bytes > plainBytesMax) return -1
  }
  return bytes
}

function listBytes(list: readonly unknown[], depth: number): number {
  const { length } = list
  let bytes = 9
  for (let index = 0; index < length; index++) {
    const member = list[index]
    if (member === undefined && !Object.hasOwn(list, index)) return -1
    const memberBytes = bytesOf(member, depth)
    bytes += memberBytes
    if (memberBytes < 0 || bytes > plainBytesMax) return -1
  }
  return bytes
}

/** Keys are few and come again: to look one up costs less than to look at it. */
const soundKeys = new Set<string>()

function isSoundKey(key: string): boolean {
  if (!soundKeys.has(key) && !learnKey(key)) return false
  if (place < placesMax) keysBefore[place] = key
  return true
}

function learnKey(key: string): boolean {
  // `__keys__` is a name of msgpackr's own: among its records such a key would end in garbage.
  if (key === '__keys__' || isRefusedKey(key) || textBytes(key) < 0) return false
  if (soundKeys.size >= soundKeysMax) soundKeys.clear()
  if (key.length <= soundKeyMax) soundKeys.add(key)
  return true
}
