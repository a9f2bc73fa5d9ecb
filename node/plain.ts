// Plain data: any value as JSON can carry it, within bounds and without running any of the value's code.
import { types } from 'node:util'
import { Fault } from '../runtime/fault.ts'
import { isRef } from '../runtime/ref.ts'
import { describeThrown } from '../runtime/thrown.ts'

/** How much of a value is shown. */
export interface PlainBounds {
  /** Levels of containers; what is below is cut. */
  readonly depthMax: number
  /** Values in all. */
  readonly nodesMax: number
  /** Characters of one text. */
  readonly textMax: number
}

/** Enough to look at; what is longer nobody reads. */
export const shownBounds: PlainBounds = { depthMax: 8, nodesMax: 2_000, textMax: 2_000 }
/** Enough for a program that asked for the value: about what a frame may carry. */
export const wholeBounds: PlainBounds = { depthMax: 64, nodesMax: 200_000, textMax: 4_000_000 }

/**
 * What JSON knows, and for the rest records with one key: `$ref` `$map` `$set` `$date` `$bytes` `$bigint` `$number` `$fault` `$error`
 * `$function` `$symbol` `$class` `$cycle` `$opaque`, and `$cut` where something was left out.
 */
export type Plain = string | number | boolean | null | readonly Plain[] | { readonly [key: string]: Plain }

/** Copies a value into plain data; undefined stays undefined. */
export function plain(value: unknown, bounds: PlainBounds = shownBounds): Plain | undefined {
  return value === undefined ? undefined : new Copy(bounds).of(value)
}

class Copy {
  readonly #bounds: PlainBounds
  readonly #above: object[] = []
  #nodes = 0

  constructor(bounds: PlainBounds) {
    this.#bounds = bounds
  }

  of(value: unknown): Plain {
    this.#nodes++
    switch (typeof value) {
      case 'string':
        return this.#text(value)
      case 'number':
        return Number.isFinite(value) && !Object.is(value, -0)
          ? value
          : { $number: Object.is(value, -0) ? '-0' : String(value) }
      case 'boolean':
        return value
      case 'bigint':
        return { $bigint: BigInt.asIntN(256, value) === value ? String(value) : 'beyond 256 bits' }
      case 'undefined':
        return null
      case 'symbol':
        return { $symbol: this.#text(value.description ?? '') }
      case 'function':
        return { $function: this.#text(ownText(value, 'name')) }
      case 'object':
        return value === null ? null : this.#object(value)
    }
  }

  #text(text: string): Plain {
    const { textMax } = this.#bounds
    if (text.length <= textMax) return text.toWellFormed()
    return `${text.slice(0, textMax).toWellFormed()}… (${text.length - textMax} more characters)`
  }

  #object(value: object): Plain {
    if (types.isProxy(value)) return { $opaque: 'proxy' }
    if (Fault.is(value)) return { $fault: value.toJSON() as unknown as Plain }
    if (Error.isError(value)) return { $error: errorText(value) }
    const leaf = leafOf(value)
    if (leaf !== undefined) return leaf
    const above = this.#above.indexOf(value)
    if (above >= 0) return { $cycle: `${this.#above.length - above} levels up` }
    if (this.#above.length >= this.#bounds.depthMax) return { $cut: 'deeper levels' }
    this.#above.push(value)
    const copy = this.#container(value)
    this.#above.pop()
    return copy
  }

  #container(value: object): Plain {
    if (Array.isArray(value)) return this.#list(value.length, (index) => ownValue(value, String(index)))
    if (types.isMap(value)) {
      const pairs: unknown[][] = []
      Map.prototype.forEach.call(value, (member, key) => pairs.push([key, member]))
      return { $map: this.#list(pairs.length, (index) => pairs[index]) }
    }
    if (types.isSet(value)) {
      const members: unknown[] = []
      Set.prototype.forEach.call(value, (member) => members.push(member))
      return { $set: this.#list(members.length, (index) => members[index]) }
    }
    return this.#record(value)
  }

  #list(length: number, at: (index: number) => unknown): Plain[] {
    const list: Plain[] = []
    for (let index = 0; index < length; index++) {
      if (this.#isFull) {
        list.push({ $cut: `${length - index} more` })
        break
      }
      list.push(this.of(at(index)))
    }
    return list
  }

  #record(value: object): Plain {
    const record: Record<string, Plain> = {}
    const name = className(value)
    if (name !== undefined) record['$class'] = name
    const keys = Object.keys(value)
    for (const [index, key] of keys.entries()) {
      if (this.#isFull) {
        record['$cut'] = `${keys.length - index} more`
        break
      }
      const member = ownValue(value, key)
      if (member === undefined) continue
      // A plain assignment to this one would change what the copy is.
      Object.defineProperty(record, key.toWellFormed(), {
        value: this.of(member),
        enumerable: true,
        writable: true,
        configurable: true,
      })
    }
    return record
  }

  get #isFull(): boolean {
    return this.#nodes >= this.#bounds.nodesMax
  }
}

/** What has no members of its own, undefined for what has. */
function leafOf(value: object): Plain | undefined {
  if (types.isDate(value)) return { $date: dateText(value) }
  if (types.isPromise(value)) return { $opaque: 'promise' }
  if (ArrayBuffer.isView(value)) return bytes(value.buffer, value.byteOffset, value.byteLength)
  if (types.isAnyArrayBuffer(value)) return bytes(value, 0, value.byteLength)
  return isRef(value) ? { $ref: value.path } : undefined
}

/** Bytes that are shown of a buffer. */
const bytesMax = 32

function bytes(buffer: ArrayBufferLike, offset: number, length: number): Plain {
  const head = Buffer.from(buffer, offset, Math.min(length, bytesMax)).toString('hex')
  return { $bytes: length, hex: length > bytesMax ? `${head}…` : head }
}

function dateText(date: Date): string {
  const ms = Date.prototype.getTime.call(date)
  return Number.isNaN(ms) ? 'no date' : new Date(ms).toISOString()
}

function errorText(error: Error): string {
  const { name, message } = describeThrown(error)
  return message === '' ? name : `${name}: ${message}`
}

/** The name of a class that is not Object's own. */
function className(value: object): string | undefined {
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype === null || prototype === Object.prototype || typeof prototype !== 'object') return undefined
  const maker: unknown = Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value
  return typeof maker === 'function' ? ownText(maker, 'name') : 'object'
}

function ownText(value: object, key: string): string {
  const own = Object.getOwnPropertyDescriptor(value, key)?.value as unknown
  return typeof own === 'string' ? own : ''
}

/** An own property without its getter being run. */
function ownValue(value: object, key: string): unknown {
  const property = Object.getOwnPropertyDescriptor(value, key)
  if (property === undefined) return null
  return 'value' in property ? (property.value as unknown) : getterMark
}

const getterMark: unknown = Object.freeze({ $opaque: 'getter' })
