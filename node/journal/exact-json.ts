// Exact JSON: payloads as JSON that people can read, and back as they were, with all that JSON does not know.
import { types } from 'node:util'
import { Fault } from '../../runtime/fault.ts'
import { isPath } from '../../runtime/path.ts'
import { isRef } from '../../runtime/ref.ts'
import { bytesKinds } from '../../transports/codec/tagged.ts'
import type { FaultRecord } from '../../runtime/fault.ts'
import type { BytesKind } from '../../transports/codec/tagged.ts'

/** Levels of JSON: a payload has 64, a map takes three of them for one, and a record lies around it. */
export const exactLevelsMax = 256

/** Names that can change what an object is when it is built again. */
const refusedKeys: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype'])

/**
 * Ordinary data stays as it is; the rest is a record with one key: `$undefined` `$number` `$bigint` `$date` `$map` `$set` `$bytes` `$ref`
 * `$fault`, and `$record` for a record that has a key with a `$` in front itself.
 * @throws {TypeError} of what no payload can be
 */
export function toExactJson(value: unknown): unknown {
  switch (typeof value) {
    case 'undefined':
      return { $undefined: true }
    case 'number':
      if (Object.is(value, -0)) return { $number: '-0' }
      return Number.isFinite(value) ? value : { $number: String(value) }
    case 'bigint':
      return { $bigint: String(value) }
    case 'string':
    case 'boolean':
      return value
    case 'object':
      return value === null ? null : objectToJson(value)
    default:
      throw new TypeError(`a ${typeof value} cannot be written`)
  }
}

function objectToJson(value: object): unknown {
  if (isRef(value)) return { $ref: value.path }
  if (Fault.is(value)) return { $fault: toExactJson(value.toJSON()) }
  if (Array.isArray(value)) return value.map(toExactJson)
  if (types.isDate(value)) return { $date: dateText(value) }
  if (types.isMap(value)) {
    const pairs = [...value].map(([key, member]) => [toExactJson(key), toExactJson(member)])
    return { $map: pairs }
  }
  if (types.isSet(value)) return { $set: [...value].map(toExactJson) }
  if (ArrayBuffer.isView(value) || types.isAnyArrayBuffer(value)) return bytesToJson(value)
  const entries = Object.entries(value).map(([key, member]) => [key, toExactJson(member)] as const)
  const isOdd = entries.some(([key]) => key.startsWith('$'))
  return isOdd ? { $record: entries } : Object.fromEntries(entries)
}

/** As ISO text where that says it all; a date may be none, or before our calendar. */
function dateText(date: Date): string | number | null {
  const ms = date.getTime()
  if (Number.isNaN(ms)) return null
  const text = date.toISOString()
  return /^\d{4}-/.test(text) ? text : ms
}

function bytesToJson(value: ArrayBufferView | ArrayBufferLike): unknown {
  const text = ArrayBuffer.isView(value)
    ? Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64')
    : Buffer.from(value).toString('base64')
  const kind = kindOf(value)
  return kind === 'Uint8Array' ? { $bytes: text } : { $bytes: text, as: kind }
}

function kindOf(value: ArrayBufferView | ArrayBufferLike): BytesKind {
  if (Buffer.isBuffer(value)) return 'Buffer'
  const name = Object.prototype.toString.call(value).slice('[object '.length, -1)
  return bytesKinds.find((kind) => kind === name) ?? 'ArrayBuffer'
}

/**
 * Makes a payload of what `toExactJson` has made.
 * @param refAt makes a ref of a path
 * @throws {TypeError} that says what is wrong, with the path to it
 */
export function fromExactJson(json: unknown, refAt: (path: string) => unknown): unknown {
  return new Reading(refAt).read(json)
}

class Reading {
  readonly #refAt: (path: string) => unknown
  readonly #steps: (string | number)[] = []

  constructor(refAt: (path: string) => unknown) {
    this.#refAt = refAt
  }

  read(json: unknown): unknown {
    if (typeof json !== 'object' || json === null) return json
    if (this.#steps.length >= exactLevelsMax) this.#refuse(`nested deeper than ${exactLevelsMax} levels`)
    if (Array.isArray(json)) return json.map((member, index) => this.#under(index, member))
    const entries = Object.entries(json)
    const [[mark, content] = ['', undefined]] = entries
    return mark.startsWith('$') ? this.#special(mark, content, entries) : this.#record(entries)
  }

  #under(step: string | number, json: unknown): unknown {
    this.#steps.push(step)
    const value = this.read(json)
    this.#steps.pop()
    return value
  }

  #record(entries: readonly (readonly [string, unknown])[]): Record<string, unknown> {
    const record: Record<string, unknown> = {}
    for (const [key, member] of entries) {
      if (refusedKeys.has(key)) this.#refuse(`named "${key}", which payloads may not be`)
      record[key] = this.#under(key, member)
    }
    return record
  }

  #special(mark: string, content: unknown, entries: readonly [string, unknown][]): unknown {
    const isBytes = mark === '$bytes'
    if (entries.length > (isBytes ? 2 : 1)) this.#refuse(`"${mark}" with something beside it`)
    switch (mark) {
      case '$undefined':
        return undefined
      case '$number':
        return this.#number(content)
      case '$bigint':
        return this.#bigint(content)
      case '$date':
        return this.#date(content)
      case '$map':
        return new Map(this.#pairs(mark, content))
      case '$set':
        return new Set(this.#list(mark, content).map((member, index) => this.#under(index, member)))
      case '$record':
        return this.#dollared(this.#pairs(mark, content))
      case '$bytes':
        return this.#bytes(content, entries[1])
      case '$ref':
        return this.#ref(content)
      case '$fault':
        return this.#fault(this.#under(mark, content))
      default:
        return this.#refuse(`"${mark}", which means nothing here`)
    }
  }

  #number(content: unknown): number {
    if (content === 'NaN' || content === 'Infinity' || content === '-Infinity' || content === '-0') {
      return Number(content)
    }
    return this.#refuse('no number such as NaN, Infinity, -Infinity or -0')
  }

  #bigint(content: unknown): bigint {
    if (typeof content === 'string' && /^-?\d+$/.test(content)) return BigInt(content)
    return this.#refuse('no whole number in a text')
  }

  #date(content: unknown): Date {
    if (content === null) return new Date(NaN)
    const date = typeof content === 'string' || typeof content === 'number' ? new Date(content) : undefined
    return date === undefined || Number.isNaN(date.getTime()) ? this.#refuse('no date') : date
  }

  #list(mark: string, content: unknown): readonly unknown[] {
    return Array.isArray(content) ? content : this.#refuse(`"${mark}" without a list`)
  }

  #pairs(mark: string, content: unknown): [unknown, unknown][] {
    return this.#list(mark, content).map((pair, index) => {
      if (!Array.isArray(pair) || pair.length !== 2) return this.#refuse(`"${mark}" with what is no pair`)
      const [key, member] = this.#under(index, pair) as [unknown, unknown]
      return [key, member]
    })
  }

  /** A record with names that would mean something here. */
  #dollared(pairs: readonly [unknown, unknown][]): Record<string, unknown> {
    const record: Record<string, unknown> = {}
    for (const [key, member] of pairs) {
      if (typeof key !== 'string' || refusedKeys.has(key)) return this.#refuse('a name that is none')
      record[key] = member
    }
    return record
  }

  #bytes(content: unknown, more: readonly [string, unknown] | undefined): unknown {
    const isText = typeof content === 'string' && /^[A-Za-z\d+/]*={0,2}$/.test(content)
    if (!isText || content.length % 4 !== 0) return this.#refuse('no bytes in base64')
    const [key, name] = more ?? ['as', 'Uint8Array']
    const kind = key === 'as' ? bytesKinds.find((known) => known === name) : undefined
    if (kind === undefined) return this.#refuse('bytes of no known kind')
    const bytes = Buffer.from(content, 'base64')
    // Its own memory: that of a Buffer is shared with others.
    const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength)
    return this.#view(kind, buffer)
  }

  #view(kind: BytesKind, buffer: ArrayBuffer): unknown {
    if (kind === 'ArrayBuffer') return buffer
    if (kind === 'Buffer') return Buffer.from(buffer)
    if (kind === 'DataView') return new DataView(buffer)
    const View = globalThis[kind]
    if (buffer.byteLength % View.BYTES_PER_ELEMENT !== 0)
      return this.#refuse('bytes with half a number at the end')
    return new View(buffer)
  }

  #ref(content: unknown): unknown {
    return typeof content === 'string' && isPath(content) ? this.#refAt(content) : this.#refuse('no path')
  }

  #fault(value: unknown): Fault {
    const { code, message, hint, details, outcome, cause } = Object(value) as Record<string, unknown>
    const texts = [code, message, hint]
    if (!texts.every((text) => typeof text === 'string')) return this.#refuse('no fault')
    const thrown = Object(cause) as Record<string, unknown>
    const isCause = typeof thrown['name'] === 'string' && typeof thrown['message'] === 'string'
    return Fault.from({
      code: code as string,
      message: message as string,
      hint: hint as string,
      ...(outcome === 'unknown' ? { outcome } : {}),
      // Fault.from makes details of any record.
      ...(details === undefined ? {} : { details: Object(details) as NonNullable<FaultRecord['details']> }),
      ...(isCause ? { cause: cause as NonNullable<FaultRecord['cause']> } : {}),
    })
  }

  #refuse(what: string): never {
    const path = this.#steps.map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`)).join('')
    throw new TypeError(`$${path.slice(0, 120)} is ${what}`)
  }
}
