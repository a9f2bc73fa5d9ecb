// The slow road: checks a payload as strict mode does, and copies it with every special value tagged.
import { types } from 'node:util'
import { escapeText } from '../../runtime/escape.ts'
import { Fault } from '../../runtime/fault.ts'
import { isPath } from '../../runtime/path.ts'
import { payloadFlaw } from '../../runtime/payload.ts'
import { isRef } from '../../runtime/ref.ts'
import { Cargo, payloadBytesMax } from './cargo.ts'
import { plainBytes, recordKeysMax } from './plain.ts'
import { Tagged, tags } from './tagged.ts'

/** Bytes that a value takes besides its contents, at most. */
const headBytes = 9
/** Characters shown of a property's name. */
const keyMax = 40

/** One payload on the slow road. */
export class Admission {
  readonly #attempt: string
  readonly #cargo: Cargo
  /** Where the copy stands, from the payload down. */
  readonly #steps: (string | number)[] = []

  /**
   * @param attachFrom bytes from which on a value travels beside the body
   * @throws {Fault} `transfer-invalid`
   */
  constructor(attempt: string, transfer: readonly ArrayBuffer[], attachFrom?: number) {
    this.#attempt = attempt
    this.#cargo = new Cargo(attempt, transfer, attachFrom)
  }

  /** About how many bytes the payload takes in the body. */
  get bodyBytes(): number {
    return this.#cargo.bodyBytes
  }

  get attachedBytes(): number {
    return this.#cargo.attachedBytes
  }

  /** Checks, copies, and only then takes what is moved. @throws {Fault} `payload-unencodable` `payload-too-large` `transfer-invalid` */
  admit(payload: unknown): unknown {
    const flaw = payloadFlaw(payload, isHonestRef)
    if (flaw !== undefined) throw this.#unencodable(flaw.path, flaw.what)
    const copy = this.#copy(payload)
    this.#cargo.depart()
    return copy
  }

  #copy(value: unknown): unknown {
    this.#cargo.count(headBytes)
    switch (typeof value) {
      case 'string':
        return this.#text(value)
      case 'number':
        return Object.is(value, -0) ? new Tagged(tags.minusZero, null) : value
      case 'bigint':
        return plainBytes(value) < 0 ? this.#bigint(value) : value
      case 'object':
        return value === null ? null : this.#object(value)
      default:
        return value
    }
  }

  #object(value: object): unknown {
    if (isHonestRef(value)) return this.#ref(value)
    if (Fault.is(value)) return new Tagged(tags.fault, this.#copy(this.#recordOf(value)))
    if (Array.isArray(value)) return this.#row(value)
    if (ArrayBuffer.isView(value) || types.isArrayBuffer(value)) return this.#bytes(value)
    if (types.isMap(value)) return new Tagged(tags.map, this.#row(contentsOf(value)))
    if (types.isSet(value)) return new Tagged(tags.set, this.#row([...value]))
    if (types.isDate(value)) return new Tagged(tags.date, Date.prototype.getTime.call(value))
    return this.#record(value)
  }

  #row(contents: readonly unknown[]): unknown[] {
    return contents.map((member, index) => this.#under(index, member))
  }

  #under(step: string | number, value: unknown): unknown {
    this.#steps.push(step)
    const copy = this.#copy(value)
    this.#steps.pop()
    return copy
  }

  #record(record: object): unknown {
    const entries: [string, unknown][] = Object.entries(record)
    const isOdd = entries.some(([key]) => plainBytes(key) < 0 || key === '__keys__')
    if (isOdd || entries.length > recordKeysMax) {
      const row = entries.flatMap(([key, member]) => [this.#copy(key), this.#under(key, member)])
      return new Tagged(tags.record, row)
    }
    const copy: Record<string, unknown> = {}
    for (const [key, member] of entries) {
      this.#cargo.count(Buffer.byteLength(key))
      copy[key] = this.#under(key, member)
    }
    return copy
  }

  #text(text: string): unknown {
    this.#cargo.count(Buffer.byteLength(text))
    return text.startsWith('\uFEFF') ? new Tagged(tags.text, `.${text}`) : text
  }

  #bigint(value: bigint): Tagged {
    // Four bits a character; what would be too long is not written out at all.
    if (BigInt.asIntN(payloadBytesMax * 4, value) !== value) this.#cargo.count(payloadBytesMax)
    const text = value.toString(16)
    this.#cargo.count(text.length)
    return new Tagged(tags.bigint, text)
  }

  #bytes(value: ArrayBufferView | ArrayBuffer): Tagged {
    const tagged = this.#cargo.pack(value)
    if (typeof tagged === 'string') throw this.#unencodable(this.#path(), tagged)
    return tagged
  }

  #ref(value: { readonly path: string }): Tagged {
    const path = readPath(value)
    if (path === undefined) throw this.#unencodable(this.#path(), 'a ref without a path')
    this.#cargo.count(path.length)
    return new Tagged(tags.ref, path)
  }

  #recordOf(fault: Fault): unknown {
    try {
      const record: unknown = Fault.prototype.toJSON.call(fault)
      if (payloadFlaw(record, isHonestRef) === undefined) return record
    } catch {
      // Refused as what follows.
    }
    throw this.#unencodable(this.#path(), 'a Fault that cannot be read')
  }

  #path(): string {
    const steps = this.#steps.map((step) => (typeof step === 'number' ? `[${step}]` : keyStep(step)))
    return `$${steps.join('')}`
  }

  /** In the words of strict mode. */
  #unencodable(path: string, what: string): Fault {
    return new Fault('payload-unencodable', `Cannot ${this.#attempt}: ${path} is ${what}`, {
      hint: 'Send plain data, Map, Set, Date, bytes, refs or Faults; functions and class instances stay at home.',
    })
  }
}

/** A ref that can be asked without running the traps of a proxy. */
function isHonestRef(value: unknown): value is { readonly path: string } {
  return !types.isProxy(value) && isRef(value)
}

/** A ref's path; undefined of one that only looks like a ref. */
function readPath(ref: { readonly path: unknown }): string | undefined {
  try {
    const { path } = ref
    return typeof path === 'string' && isPath(path) ? path : undefined
  } catch {
    return undefined
  }
}

function contentsOf(map: ReadonlyMap<unknown, unknown>): unknown[] {
  const row: unknown[] = []
  for (const [key, member] of map) row.push(key, member)
  return row
}

function keyStep(key: string): string {
  const text = escapeText(key, keyMax)
  return /^[A-Za-z_]\w*$/.test(text) ? `.${text}` : `["${text}"]`
}
