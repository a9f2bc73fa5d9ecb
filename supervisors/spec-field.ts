// A spec field: one value of a supervision spec, taken as given or refused by name with what is allowed.
import { escapeText } from '../runtime/escape.ts'
import { Fault } from '../runtime/fault.ts'
import { nearest } from '../runtime/nearest.ts'

/** Characters of a refused value that are shown; it may be anything, and may come from outside. */
const shownCharactersMax = 60

/** Numbers that a field takes, both ends included. */
export interface NumberRange {
  readonly min: number
  readonly max: number
  readonly whole?: boolean
  /** Infinity is taken too, beyond `max`. */
  readonly endless?: boolean
  readonly unit?: string
}

/** Builds the fault for a field that cannot be taken; the caller throws it. */
export function refusal(field: string, value: unknown, allowed: string, hint: string): Fault {
  const shown = show(value)
  return new Fault(
    'supervision-invalid',
    `Cannot take ${field} for supervision: it is ${shown}, allowed is ${allowed}`,
    {
      hint,
      details: { field, value: shown, allowed },
    },
  )
}

/** Takes a number within its range; undefined counts as not given. */
export function numberField(field: string, value: unknown, range: NumberRange, fallback: number): number {
  if (value === undefined) return fallback
  if (typeof value === 'number' && isWithin(value, range)) return value
  const allowed = describe(range)
  throw refusal(field, value, allowed, `Set ${field} to ${allowed}, or leave it out for ${show(fallback)}.`)
}

/** Takes one member of a union of strings; undefined counts as not given. */
export function memberField<T extends string>(
  field: string,
  value: unknown,
  members: readonly T[],
  fallback: T,
): T {
  if (value === undefined) return fallback
  const member = members.find((candidate) => candidate === value)
  if (member !== undefined) return member
  const allowed = members.map((candidate) => `'${candidate}'`).join(' | ')
  const near = typeof value === 'string' ? nearest(value, members) : undefined
  throw refusal(
    field,
    value,
    allowed,
    near ? `Write '${near}' for ${field}.` : `Set ${field} to one of ${allowed}.`,
  )
}

/** Takes true or false; undefined counts as not given. */
export function flagField(field: string, value: unknown, fallback: boolean): boolean {
  if (value === undefined) return fallback
  if (typeof value === 'boolean') return value
  throw refusal(
    field,
    value,
    'true | false',
    `Set ${field} to true or false, or leave it out for ${fallback}.`,
  )
}

/** Takes an object that is no list, to be read field by field. */
export function recordField(field: string, value: unknown): Readonly<Record<string, unknown>> {
  // The check leaves an object; what its fields hold is checked one by one.
  if (isRecord(value)) return value
  throw refusal(
    field,
    value,
    'an object of options',
    `Give ${field} as an object, or leave it out for the defaults.`,
  )
}

/**
 * Takes the names of the fields that are given, or refuses the first that is not known and names the nearest.
 * @param prefix written before the name in the fault, such as `backoff.`
 */
export function knownKeys(
  record: Readonly<Record<string, unknown>>,
  known: readonly string[],
  prefix = '',
): string[] {
  const keys = Object.keys(record)
  const unknown = keys.find((key) => !known.includes(key))
  if (unknown === undefined) return keys.filter((key) => record[key] !== undefined)
  const near = nearest(unknown, known)
  const field = `${prefix}${escapeText(unknown, shownCharactersMax)}`
  throw refusal(
    field,
    record[unknown],
    `one of ${known.join(', ')}`,
    near ? `Write ${prefix}${near} instead of ${field}.` : `Remove ${field}.`,
  )
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isWithin(value: number, range: NumberRange): boolean {
  if (value === Infinity) return range.endless === true
  // Written so that NaN fails.
  if (!(value >= range.min && value <= range.max)) return false
  return range.whole !== true || Number.isInteger(value)
}

function describe(range: NumberRange): string {
  const unit = range.unit ? ` ${range.unit}` : ''
  const endless = range.endless ? ', or Infinity' : ''
  return `a ${range.whole ? 'whole ' : ''}number from ${range.min} to ${range.max}${unit}${endless}`
}

// Names what a value is without running any of its code: no toString, no toJSON.
function show(value: unknown): string {
  if (typeof value === 'string') return quoted(value)
  if (Array.isArray(value)) return `a list of ${value.length}`
  if (typeof value === 'bigint') return 'a bigint'
  if (typeof value === 'symbol') return 'a symbol'
  if (typeof value === 'function') return 'a function'
  return typeof value === 'object' && value !== null ? 'an object' : String(value)
}

function quoted(text: string): string {
  return `'${escapeText(text, shownCharactersMax)}'`
}
