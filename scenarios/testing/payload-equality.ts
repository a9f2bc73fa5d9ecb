// Payload equality: whether two payloads say the same; refs do when their paths are equal.
import { isDeepStrictEqual } from 'node:util'
import { isRef } from '../../runtime/ref.ts'

/** Compares plain data, lists, maps, sets and refs all the way down. Does not take cycles: payloads have none. */
export function isSamePayload(a: unknown, b: unknown): boolean {
  if (isRef(a) || isRef(b)) return isRef(a) && isRef(b) && a.equals(b)
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((member, index) => isSamePayload(member, b[index]))
  }
  if (a instanceof Map && b instanceof Map) return isSameCollection([...a], [...b])
  if (a instanceof Set && b instanceof Set) return isSameCollection([...a], [...b])
  if (isRecord(a) && isRecord(b)) {
    const keys = Object.keys(a)
    return (
      keys.length === Object.keys(b).length &&
      keys.every((key) => Object.hasOwn(b, key) && isSamePayload(a[key], b[key]))
    )
  }
  return isDeepStrictEqual(a, b)
}

/** In any order, each member once. */
function isSameCollection(a: readonly unknown[], b: readonly unknown[]): boolean {
  if (a.length !== b.length) return false
  const left = [...b]
  return a.every((member) => {
    const index = left.findIndex((other) => isSamePayload(member, other))
    if (index >= 0) left.splice(index, 1)
    return index >= 0
  })
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
