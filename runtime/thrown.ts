// A thrown value: whatever came out of somebody's code, named without trusting it.
import { escapeText } from './escape.ts'

/** Characters kept of a thrown value's message. */
export const thrownMessageMax = 1_000
/** Characters kept of a thrown value's name. */
export const thrownNameMax = 100

/** A thrown value in two words; both are printable, and cut. */
export interface Thrown {
  /** An error's name, or what kind of value it is: `TypeError`, `string`, `null`. */
  readonly name: string
  /** Empty if the value says nothing. */
  readonly message: string
}

/** Describes any value. Reading an error's name and message can run its author's code: what that throws is swallowed. */
export function describeThrown(value: unknown): Thrown {
  try {
    return isObject(value) ? describeObject(value) : describePrimitive(value)
  } catch {
    return { name: 'object', message: 'it cannot be read' }
  }
}

function isObject(value: unknown): value is { readonly name?: unknown; readonly message?: unknown } {
  return (typeof value === 'object' && value !== null) || typeof value === 'function'
}

function describeObject(value: { readonly name?: unknown; readonly message?: unknown }): Thrown {
  const { message, name } = value
  if (typeof message !== 'string') return { name: typeof value, message: '' }
  const known = typeof name === 'string' && name !== '' ? name : typeof value
  return { name: escapeText(known, thrownNameMax), message: escapeText(message, thrownMessageMax) }
}

function describePrimitive(value: unknown): Thrown {
  switch (typeof value) {
    case 'string':
      return { name: 'string', message: escapeText(value, thrownMessageMax) }
    case 'bigint': {
      // Writing one out takes time that grows with the square of its length.
      const isShort = BigInt.asIntN(64, value) === value
      return { name: 'bigint', message: isShort ? String(value) : 'beyond 64 bits' }
    }
    case 'number':
    case 'boolean':
    case 'symbol':
      return { name: typeof value, message: escapeText(String(value), thrownMessageMax) }
    default:
      return { name: value === null ? 'null' : typeof value, message: '' }
  }
}
