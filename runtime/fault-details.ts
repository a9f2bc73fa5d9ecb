// The details of a fault: the values behind its message, as small plain data that is safe to print and to send.
import { types } from 'node:util'
import { escapeText } from './escape.ts'

/** Levels of lists and records below the details themselves. */
const depthMax = 4
/** Members of one list or record. */
const membersMax = 64
/** Characters of one text. */
const textMax = 1_000

export type FaultDetail =
  | string
  | number
  | boolean
  | null
  | readonly FaultDetail[]
  | { readonly [key: string]: FaultDetail }
export type FaultDetails = { readonly [key: string]: FaultDetail }

/**
 * Copies and freezes details. What is not plain data is named instead, as `[function]`; what is too much is left out. Runs no code of
 * the values: no getter, no `toJSON`, no trap.
 */
export function faultDetails(given: Readonly<Record<string, unknown>>): FaultDetails {
  const copy = detail(given, 0)
  return typeof copy === 'object' && copy !== null && !isList(copy) ? copy : Object.freeze({ value: copy })
}

function detail(value: unknown, depth: number): FaultDetail {
  switch (typeof value) {
    case 'string':
      return escapeText(value, textMax)
    case 'number':
    case 'boolean':
      return value
    case 'object':
      if (value === null) return null
      return depth > depthMax || types.isProxy(value) ? '[object]' : members(value, depth)
    case 'bigint':
      return BigInt.asIntN(64, value) === value ? String(value) : '[bigint]'
    default:
      return `[${typeof value}]`
  }
}

function members(value: object, depth: number): FaultDetail {
  if (Array.isArray(value)) {
    const list: FaultDetail[] = []
    for (let i = 0; i < Math.min(value.length, membersMax); i++)
      list.push(detail(ownValue(value, String(i)), depth + 1))
    return Object.freeze(list)
  }
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) return '[object]'
  const record: Record<string, FaultDetail> = {}
  for (const key of Object.keys(value).slice(0, membersMax)) {
    const member = ownValue(value, key)
    if (member !== undefined && key !== '__proto__')
      record[escapeText(key, textMax)] = detail(member, depth + 1)
  }
  return Object.freeze(record)
}

function ownValue(value: object, key: string): unknown {
  return Object.getOwnPropertyDescriptor(value, key)?.value
}

function isList(value: FaultDetail): value is readonly FaultDetail[] {
  return Array.isArray(value)
}
