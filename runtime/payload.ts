// A payload: what a message carries, and strict mode's two acts on it: to check that it would survive the codec, and to freeze it.
import { escapeText } from './escape.ts'
import { foreignName, payloadKind } from './payload-kind.ts'
import type { IsRef, PayloadKind } from './payload-kind.ts'

/** Levels of containers in each other; the codec recurses, and so do most readers. */
export const payloadDepthMax = 64
/** Values in one payload, containers and map keys included; more belongs into several messages. */
export const payloadNodesMax = 1_000_000
/** Characters shown of one property's name. */
const keyShownMax = 40

/** The first thing that would be lost or changed on the way: `path` is where, `what` is read after "is". */
export interface PayloadFlaw {
  /** From the payload, `$`: `$.items[3].name`, `$.byId.keys()[0]`. */
  readonly path: string
  readonly what: string
}

/** A container on the way down. */
interface Level {
  readonly value: object
  readonly kind: PayloadKind
  /** The container itself, or a map's or set's contents in a row. */
  readonly contents: object
  readonly keys: readonly PropertyKey[]
  /** The next key to look at. */
  index: number
}

/** Names that can change what an object is when it is built again. */
const refusedKeys: ReadonlySet<PropertyKey> = new Set(['__proto__', 'constructor', 'prototype'])

/**
 * Finds the first place that would not survive the codec, undefined if all would. Never throws and runs no code of the payload.
 * The same object twice is fine, it arrives as two; within itself it is a cycle.
 */
export function payloadFlaw(value: unknown, isRef: IsRef): PayloadFlaw | undefined {
  const levels: Level[] = []
  try {
    const what = new Inspection(levels, isRef).firstFlaw(value)
    return what === undefined ? undefined : { path: pathOf(levels), what }
  } catch {
    return { path: pathOf(levels), what: 'unreadable: looking at it threw' }
  }
}

/** Walks a payload down and up again; where it stops, the levels are the path. */
class Inspection {
  readonly #levels: Level[]
  readonly #isRef: IsRef
  #nodes = 0

  constructor(levels: Level[], isRef: IsRef) {
    this.#levels = levels
    this.#isRef = isRef
  }

  firstFlaw(root: unknown): string | undefined {
    let flaw = this.#enter(root)
    for (
      let level = this.#levels.at(-1);
      flaw === undefined && level !== undefined;
      level = this.#levels.at(-1)
    ) {
      const key = level.keys[level.index]
      level.index++
      if (key === undefined) this.#levels.pop()
      else flaw = this.#flawAt(level, key)
    }
    return flaw
  }

  #flawAt(level: Level, key: PropertyKey): string | undefined {
    if (level.kind === 'list' && key === 'length') return endFlaw(level)
    if (level.kind === 'record' || level.kind === 'list') {
      const flaw = keyFlaw(level, key)
      if (flaw !== undefined) return flaw
    }
    const property = Object.getOwnPropertyDescriptor(level.contents, key)
    if (property === undefined || !('value' in property)) return 'an accessor property'
    if (property.enumerable !== true) return 'a property that is not enumerable'
    return this.#enter(property.value)
  }

  #enter(value: unknown): string | undefined {
    const kind = payloadKind(value, this.#isRef)
    if (kind === 'foreign') return foreignName(value)
    this.#nodes++
    if (this.#nodes > payloadNodesMax) return tooMany
    if (kind === 'leaf') return undefined
    // Only objects have contents.
    return this.#open(value as object, kind)
  }

  #open(value: object, kind: PayloadKind): string | undefined {
    const levels = this.#levels
    const above = levels.findIndex((level) => level.value === value)
    if (above >= 0) return `a cycle: it is ${pathOf(levels.slice(0, above))} again`
    if (levels.length >= payloadDepthMax) return `nested deeper than ${payloadDepthMax} levels`
    if (this.#nodes + sizeOf(value) > payloadNodesMax) return tooMany
    levels.push(levelOf(value, kind))
    return undefined
  }
}

const tooMany = `too big: a payload has at most ${payloadNodesMax} values`

/** `length` comes after the indexes: there must have been as many. */
function endFlaw({ value, index }: Level): string | undefined {
  return index - 1 === sizeOf(value) ? undefined : 'a list with a hole at its end'
}

function keyFlaw(level: Level, key: PropertyKey): string | undefined {
  if (typeof key === 'symbol') return 'a property named by a symbol'
  if (level.kind === 'list') {
    // Own keys come in order: first the indexes, so an index that was skipped is a hole.
    const isNext = key === String(level.index - 1)
    if (isNext) return undefined
    return /^\d+$/.test(String(key)) ? 'preceded by a hole in the list' : 'a property of a list'
  }
  if (refusedKeys.has(key)) return 'a name that payloads may not use'
  return String(key).isWellFormed() ? undefined : 'a name with half a character in it (a lone surrogate)'
}

/** Freezes records and lists to the bottom, also inside maps and sets, which like dates and bytes cannot be frozen themselves. Never throws. */
export function freezeDeep<T>(value: T, isRef: IsRef): T {
  if (typeof value !== 'object' || value === null) return value
  const seen = new Set<unknown>()
  const waiting: unknown[] = [value]
  try {
    while (waiting.length > 0) {
      const next = waiting.pop()
      if (typeof next !== 'object' || next === null || seen.has(next)) continue
      seen.add(next)
      const kind = payloadKind(next, isRef)
      if (kind === 'leaf' || kind === 'foreign') continue
      if (kind === 'record' || kind === 'list') Object.freeze(next)
      pushContents(levelOf(next, kind), waiting)
    }
  } catch {
    // What `isRef` cannot look at stays as it is.
  }
  return value
}

function pushContents(level: Level, waiting: unknown[]): void {
  for (const key of level.keys) {
    const content: unknown = Object.getOwnPropertyDescriptor(level.contents, key)?.value
    if (typeof content === 'object' && content !== null) waiting.push(content)
  }
}

function levelOf(value: object, kind: PayloadKind): Level {
  const contents = contentsOf(value, kind)
  const keys = contents === value ? Reflect.ownKeys(value) : Object.keys(contents)
  return { value, kind, contents, keys, index: 0 }
}

/** A map as key, value, key, value; a set as its members; anything else as it is. */
function contentsOf(value: object, kind: PayloadKind): object {
  const row: unknown[] = []
  if (kind === 'map') Map.prototype.forEach.call(value, (member, key) => row.push(key, member))
  else if (kind === 'set') Set.prototype.forEach.call(value, (member) => row.push(member))
  else return value
  return row
}

/** At least how many values a container holds. */
function sizeOf(value: object): number {
  if (Array.isArray(value)) return value.length
  if (value instanceof Map) return value.size * 2
  return value instanceof Set ? value.size : 0
}

function pathOf(levels: readonly Level[]): string {
  return `$${levels.map(stepOf).join('')}`
}

function stepOf({ kind, keys, index }: Level): string {
  const key = keys[index - 1]
  if (key === undefined) return ''
  switch (kind) {
    case 'map':
      return `.${Number(key) % 2 === 0 ? 'keys' : 'values'}()[${Math.floor(Number(key) / 2)}]`
    case 'set':
      return `.values()[${String(key)}]`
    case 'list':
      return key === 'length' ? '' : `[${escapeText(String(key), keyShownMax)}]`
    default:
      return keyStep(key)
  }
}

function keyStep(key: PropertyKey): string {
  if (typeof key === 'symbol') return `[${escapeText(String(key), keyShownMax)}]`
  const text = escapeText(String(key), keyShownMax)
  return /^[A-Za-z_]\w*$/.test(text) ? `.${text}` : `["${text}"]`
}
