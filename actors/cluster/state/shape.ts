// A shape: what a value looks like, and how it is written and read. The same checks on both ways, so that what was written can be read.
import { ByteReader } from './byte-reader.ts'
import { ByteWriter } from './byte-writer.ts'

export interface Shape<T> {
  /** @throws {Error} the value has not the shape */
  write(out: ByteWriter, value: T): void
  /** @throws {Error} the bytes have not the shape */
  read(from: ByteReader): T
}

/** Bytes of a value, with the version of the format before it. @throws {Error} it has not the shape */
export function toBytes<T>(shape: Shape<T>, version: number, value: T): Uint8Array {
  const out = new ByteWriter()
  out.whole(version)
  shape.write(out, value)
  return out.end()
}

/** @throws {Error} the bytes are not such a value, the whole of them */
export function fromBytes<T>(shape: Shape<T>, version: number, body: Uint8Array): T {
  const reader = new ByteReader(body)
  const theirs = reader.whole()
  if (theirs !== version) throw new Error(`it has format ${theirs}, not ${version}`)
  const value = shape.read(reader)
  if (reader.left > 0) throw new Error(`${reader.left} bytes follow its end`)
  return value
}

/** A whole number from 0 to `max`. */
export function whole(max: number = Number.MAX_SAFE_INTEGER): Shape<number> {
  const checked = (value: number): number => {
    if (value > max) throw new Error(`${value} is beyond ${max}`)
    return value
  }
  return {
    write: (out, value) => out.whole(checked(value)),
    read: (from) => checked(from.whole()),
  }
}

/** A number of which a statement holds. */
export function number(isSo: (value: number) => boolean, what: string): Shape<number> {
  const checked = (value: number): number => {
    if (!isSo(value) || Object.is(value, -0)) throw new Error(`${value} is not ${what}`)
    return value
  }
  return {
    write: (out, value) => out.number(checked(value)),
    read: (from) => checked(from.number()),
  }
}

/** A text of ASCII characters of which a statement holds. */
export function ascii(bytesMax: number, isSo: (value: string) => boolean, what: string): Shape<string> {
  const checked = (value: string): string => {
    if (value.length > bytesMax || !isSo(value)) throw new Error(`it is not ${what}`)
    return value
  }
  return {
    write: (out, value) => out.ascii(checked(value)),
    read: (from) => checked(from.ascii(bytesMax)),
  }
}

/** Any text that is well formed. */
export function text(bytesMax: number): Shape<string> {
  return {
    write(out, value) {
      const size = Buffer.byteLength(value)
      if (size > bytesMax || !value.isWellFormed())
        throw new Error(`it is not a text of at most ${bytesMax} bytes`)
      out.text(value)
    },
    read: (from) => from.text(bytesMax),
  }
}

export function bytes(bytesMax: number): Shape<Uint8Array> {
  return {
    write(out, value) {
      if (value.byteLength > bytesMax)
        throw new Error(`${value.byteLength} bytes where ${bytesMax} are allowed`)
      out.bytes(value)
    },
    read: (from) => from.bytes(bytesMax),
  }
}

/** One of a few words, as its place among them. */
export function word<W extends string>(...words: readonly W[]): Shape<W> {
  return {
    write(out, value) {
      const index = words.indexOf(value)
      if (index < 0) throw new Error(`it is none of ${words.join(', ')}`)
      out.whole(index)
    },
    read(from) {
      const found = words[from.whole()]
      if (found === undefined) throw new Error(`it is none of ${words.join(', ')}`)
      return found
    },
  }
}

export const flag: Shape<boolean> = {
  write: (out, value) => out.whole(value ? 1 : 0),
  read(from) {
    const value = from.whole()
    if (value > 1) throw new Error(`${value} is neither yes nor no`)
    return value === 1
  },
}

/** What is always the same takes no bytes. */
export function always<T>(value: T): Shape<T> {
  return { write: () => undefined, read: () => value }
}

/** A value that may be left out. */
export function maybe<T>(shape: Shape<T>): Shape<T | undefined> {
  return {
    write(out, value) {
      flag.write(out, value !== undefined)
      if (value !== undefined) shape.write(out, value)
    },
    read: (from) => (flag.read(from) ? shape.read(from) : undefined),
  }
}

/** @param max how many there may be */
export function list<T>(shape: Shape<T>, max: number): Shape<readonly T[]> {
  const checked = (length: number): number => {
    if (length > max) throw new Error(`${length} where ${max} are allowed`)
    return length
  }
  return {
    write(out, values) {
      out.whole(checked(values.length))
      for (const value of values) shape.write(out, value)
    },
    read(from) {
      const length = checked(from.whole())
      const values: T[] = []
      // Never made as long as they say: what they say may be a lie, and the bytes end it.
      for (let index = 0; index < length; index++) values.push(shape.read(from))
      return values
    },
  }
}

/** The shape of each property; of one that may be left out, with `undefined` for that. */
export type Fields<T> = {
  readonly [K in keyof T]-?: {} extends Pick<T, K> ? Shape<T[K] | undefined> : Shape<T[K]>
}

export function record<T extends object>(fields: Fields<T>): Shape<T> {
  // Each shape is the one of the property by its name: the type says so, property by property.
  const shapes = Object.entries(fields) as [keyof T & string, Shape<unknown>][]
  return {
    write(out, value) {
      let at = ''
      try {
        for (const [name, shape] of shapes) {
          at = name
          shape.write(out, value[name])
        }
      } catch (error) {
        throw under(at, error)
      }
    },
    read(from) {
      const value: Partial<Record<keyof T, unknown>> = {}
      let at = ''
      try {
        for (const [name, shape] of shapes) {
          at = name
          const member = shape.read(from)
          if (member !== undefined) value[name] = member
        }
      } catch (error) {
        throw under(at, error)
      }
      // Each property was read by its own shape.
      return value as T
    },
  }
}

/** One of several records, told apart by their `type`, each with a number of its own that is never given to another. */
export function variants<T extends { readonly type: string }>(table: {
  readonly [K in T['type']]: readonly [number: number, shape: Shape<Extract<T, { readonly type: K }>>]
}): Shape<T> {
  const byType = new Map<string, readonly [number, Shape<T>]>(Object.entries(table))
  const byNumber = new Map(byType.values())
  return {
    write(out, value) {
      const entry = byType.get(value.type)
      if (entry === undefined) throw new Error(`there is no "${value.type}"`)
      out.whole(entry[0])
      entry[1].write(out, value)
    },
    read(from) {
      const kind = from.whole()
      const shape = byNumber.get(kind)
      if (shape === undefined) throw new Error(`kind ${kind} is unknown`)
      return shape.read(from)
    },
  }
}

function under(name: string, error: unknown): Error {
  return new Error(`${name}: ${error instanceof Error ? error.message : 'it threw'}`, { cause: error })
}
