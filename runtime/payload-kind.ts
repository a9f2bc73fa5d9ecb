// The kind of a payload: what the codec would make of one value, its contents aside.
import { types } from 'node:util'
import { escapeText } from './escape.ts'
import { Fault } from './fault.ts'

/** Characters shown of a class's name. */
const nameMax = 60

/** A leaf is encoded as it is, a `record`, `list`, `map` or `set` with its contents; what is `foreign` cannot be encoded at all. */
export type PayloadKind = 'leaf' | 'record' | 'list' | 'map' | 'set' | 'foreign'

/** Says yes to refs; these are encoded as their path. */
export type IsRef = (value: unknown) => boolean

const typedArray = prototypeOf(Uint8Array.prototype)

/** Tells the kind by what a value is inside, not by what it says of itself. Runs none of its code; only `isRef` may. */
export function payloadKind(value: unknown, isRef: IsRef): PayloadKind {
  switch (typeof value) {
    case 'string':
      return value.isWellFormed() ? 'leaf' : 'foreign'
    case 'symbol':
      return 'foreign'
    case 'function':
      return isRef(value) ? 'leaf' : 'foreign'
    case 'object':
      return value === null || isRef(value) || Fault.is(value) ? 'leaf' : objectKind(value)
    default:
      return 'leaf'
  }
}

function objectKind(value: object): PayloadKind {
  if (types.isProxy(value)) return 'foreign'
  const prototype = prototypeOf(value)
  if (prototype === Object.prototype || prototype === null) return 'record'
  if (Array.isArray(value)) return prototype === Array.prototype ? 'list' : 'foreign'
  if (ArrayBuffer.isView(value)) return isOwnBytes(value, prototype) ? 'leaf' : 'foreign'
  if (prototype === ArrayBuffer.prototype) return types.isArrayBuffer(value) ? 'leaf' : 'foreign'
  // Properties added to one of these would be lost.
  if (Reflect.ownKeys(value).length > 0) return 'foreign'
  if (prototype === Map.prototype) return types.isMap(value) ? 'map' : 'foreign'
  if (prototype === Set.prototype) return types.isSet(value) ? 'set' : 'foreign'
  return prototype === Date.prototype && types.isDate(value) ? 'leaf' : 'foreign'
}

/** Not the bytes of a subclass, nor those that another thread can change. */
function isOwnBytes(view: ArrayBufferView, prototype: object | null): boolean {
  if (types.isSharedArrayBuffer(view.buffer)) return false
  if (prototype === DataView.prototype || prototype === Buffer.prototype) return true
  // Uint8Array and its like are one step below the typed array they share; a subclass of theirs is two.
  return prototype !== null && prototypeOf(prototype) === typedArray
}

function prototypeOf(value: object): object | null {
  // The language knows no other answer.
  return Object.getPrototypeOf(value) as object | null
}

/** Says what a foreign value is, to be read after "is". */
export function foreignName(value: unknown): string {
  if (typeof value === 'string') return 'a string with half a character in it (a lone surrogate)'
  if (typeof value === 'symbol' || typeof value === 'function') return `a ${typeof value}`
  if (types.isProxy(value)) return 'a proxy'
  if (types.isPromise(value)) return 'a promise'
  if (typeof value !== 'object' || value === null) return `a ${typeof value}`
  if (ArrayBuffer.isView(value) && types.isSharedArrayBuffer(value.buffer)) return 'a view of shared memory'
  const name = className(value)
  const isBuiltIn = types.isMap(value) || types.isSet(value) || types.isDate(value)
  if (isBuiltIn && Reflect.ownKeys(value).length > 0) return `a ${name} with properties of its own`
  return name === '' ? 'an object with a prototype of its own' : `an instance of ${name}`
}

/** The name of the class that made an object, read without asking the object or the class. */
function className(value: object): string {
  const prototype = prototypeOf(value)
  if (prototype === null || types.isProxy(prototype)) return ''
  const maker: unknown = Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value
  if (typeof maker !== 'function' || types.isProxy(maker)) return ''
  const name: unknown = Object.getOwnPropertyDescriptor(maker, 'name')?.value
  return typeof name === 'string' ? escapeText(name, nameMax) : ''
}
