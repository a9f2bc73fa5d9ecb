// A line of an export: a journal's records as lines of JSON, one for each, between a first line and a last.
import { Fault } from '../../runtime/fault.ts'
import { isPath } from '../../runtime/path.ts'
import { jsonFlaw } from './json-flaw.ts'
import { toExactJson } from './exact-json.ts'
import type { CommitCodec } from '../../runtime/commit.ts'
import type { JournalRecord, RecordKind } from '../../runtime/journal.ts'

/** Rises when an older reader would read it wrongly. */
export const exportFormat = 1
/** Characters of one line: the largest record in base64 five times over; one that is longer in words is written in base64. */
export const exportLineMax = 134_217_728

/** The first line. */
export interface ExportHead {
  readonly format: number
  readonly node: string | null
  readonly cluster: string | null
  readonly at: string
  /** The journal's tip as the export began: records from there on are not in it. */
  readonly tip: number
  /** Which actors; null for all. */
  readonly actors: string | null
}

/** One record. */
export interface RecordLine {
  readonly id: string
  readonly seq: number
  readonly epoch: number
  readonly kind: RecordKind
  readonly atMs: number
  readonly position: number
  readonly tags: readonly string[]
  /** What it says, as exact JSON; undefined where `body` has its bytes. */
  readonly commit: unknown
  readonly body: Uint8Array | undefined
}

/** Numbers that the last line has. */
export interface ExportEnd {
  /** Lines before it. */
  readonly lines: number
  readonly records: number
  /** Of all bytes before it, as eight hexadecimal digits. */
  readonly crc32: string
}

export type ExportLine =
  | { readonly is: 'head'; readonly head: ExportHead }
  | { readonly is: 'wake'; readonly id: string; readonly wakeMs: number }
  | { readonly is: 'record'; readonly record: RecordLine }
  | { readonly is: 'end'; readonly end: ExportEnd }

export function headText(head: ExportHead): string {
  return JSON.stringify({ troupe: 'journal', ...head })
}

/** When an actor has to be awake. */
export function wakeText(id: string, wakeMs: number): string {
  return JSON.stringify({ wake: id, at: timeOut(wakeMs) })
}

export function recordText(record: JournalRecord, codec: CommitCodec): string {
  const { id, seq, epoch, kind, atMs, position, tags, body } = record
  const front = { id, seq, epoch, kind, at: timeOut(atMs), position, ...(tags.length === 0 ? {} : { tags }) }
  const said = saidText(body, codec)
  return `${JSON.stringify(front).slice(0, -1)},${said ?? `"body":"${base64(body)}"`}}`
}

export function endText(end: ExportEnd): string {
  return JSON.stringify({ end: true, ...end })
}

/** What a record says, in words; undefined where only its bytes can be written. */
function saidText(body: Uint8Array, codec: CommitCodec): string | undefined {
  if (body.byteLength === 0) return undefined
  try {
    const text = `"commit":${JSON.stringify(toExactJson(codec.decode(body)))}`
    return text.length < exportLineMax / 2 ? text : undefined
  } catch {
    // Bytes that say nothing are kept all the same: whoever imports them is no worse off.
    return undefined
  }
}

function base64(body: Uint8Array): string {
  return Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('base64')
}

/** As a date where that says it all. */
function timeOut(ms: number): string | number {
  const isDate = Number.isInteger(ms) && ms > 0 && ms < 253_402_300_800_000
  return isDate ? new Date(ms).toISOString() : ms
}

/**
 * Reads one line.
 * @param number from 1
 * @throws {Fault} `export-malformed` with line and column
 */
export function lineOf(text: string, number: number): ExportLine {
  const fields = new Fields(text, number)
  if (fields.has('id')) return { is: 'record', record: recordOf(fields) }
  if (fields.has('wake')) return { is: 'wake', id: fields.path('wake'), wakeMs: fields.time('at') }
  if (fields.has('end')) {
    const end = {
      lines: fields.count('lines'),
      records: fields.count('records'),
      crc32: fields.text('crc32', /^[\da-f]{8}$/),
    }
    return { is: 'end', end }
  }
  return { is: 'head', head: headOf(fields) }
}

function headOf(fields: Fields): ExportHead {
  fields.text('troupe', /^journal$/)
  const format = fields.count('format')
  if (format > exportFormat) {
    throw new Fault(
      'export-newer',
      `Cannot read the export: it has format ${format}, and this version knows ${exportFormat}`,
      { hint: 'Import it with the version that has written it, or a newer one.' },
    )
  }
  return {
    format,
    node: fields.textOrNull('node'),
    cluster: fields.textOrNull('cluster'),
    at: fields.text('at'),
    tip: fields.count('tip'),
    actors: fields.textOrNull('actors'),
  }
}

function recordOf(fields: Fields): RecordLine {
  const hasBody = fields.has('body')
  if (hasBody === fields.has('commit')) fields.refuse('id', 'it has not one of "commit" and "body"')
  return {
    id: fields.path('id'),
    seq: fields.count('seq'),
    epoch: fields.count('epoch'),
    kind: fields.kind(),
    atMs: fields.time('at'),
    position: fields.count('position'),
    tags: fields.has('tags') ? fields.texts('tags') : [],
    commit: fields.get('commit'),
    body: hasBody ? fields.bytes('body') : undefined,
  }
}

const kinds: readonly string[] = ['commit', 'whole', 'snapshot', 'end'] satisfies RecordKind[]

/** The fields of one line, each taken as what it has to be. */
class Fields {
  readonly #text: string
  readonly #number: number
  readonly #fields: Readonly<Record<string, unknown>>

  constructor(text: string, number: number) {
    this.#text = text
    this.#number = number
    const parsed = this.#parsed()
    if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
      throw malformed(number, 1, 'it is no record of JSON')
    }
    this.#fields = parsed as Record<string, unknown>
  }

  #parsed(): unknown {
    try {
      return JSON.parse(this.#text)
    } catch {
      const { column, what } = jsonFlaw(this.#text)
      throw malformed(this.#number, column, what)
    }
  }

  has(name: string): boolean {
    return Object.hasOwn(this.#fields, name)
  }

  get(name: string): unknown {
    return this.has(name) ? this.#fields[name] : undefined
  }

  text(name: string, pattern: RegExp = /^/): string {
    const value = this.get(name)
    return typeof value === 'string' && pattern.test(value) ? value : this.#wrong(name)
  }

  textOrNull(name: string): string | null {
    const value = this.get(name)
    return value === null ? null : this.text(name)
  }

  path(name: string): string {
    const value = this.text(name)
    return isPath(value) ? value : this.#wrong(name)
  }

  texts(name: string): readonly string[] {
    const value = this.get(name)
    return Array.isArray(value) && value.every((one) => typeof one === 'string') ? value : this.#wrong(name)
  }

  count(name: string): number {
    const value = this.get(name)
    return Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : this.#wrong(name)
  }

  time(name: string): number {
    const value = this.get(name)
    if (typeof value === 'number') return value >= 0 ? value : this.#wrong(name)
    const ms = Date.parse(this.text(name, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/))
    return Number.isNaN(ms) ? this.#wrong(name) : ms
  }

  kind(): RecordKind {
    const value = this.text('kind')
    // It is one of them.
    return kinds.includes(value) ? (value as RecordKind) : this.#wrong('kind')
  }

  bytes(name: string): Uint8Array {
    const value = this.text(name)
    const isBase64 = value.length % 4 === 0 && /^[A-Za-z\d+/]*={0,2}$/.test(value)
    return isBase64 ? Uint8Array.from(Buffer.from(value, 'base64')) : this.#wrong(name)
  }

  #wrong(name: string): never {
    return this.refuse(name, this.has(name) ? `"${name}" is not what it has to be` : `"${name}" is missing`)
  }

  refuse(name: string, what: string): never {
    throw malformed(this.#number, columnOf(this.#text, name), what)
  }
}

/** Where a field of a line stands; fields come before what a record says, so that the first place is the right one. */
export function columnOf(text: string, name: string): number {
  return Math.max(0, text.indexOf(`"${name}":`)) + 1
}

/** The fault of one line. */
export function malformed(line: number, column: number, what: string): Fault {
  return new Fault('export-malformed', `Cannot read line ${line} of the export, column ${column}: ${what}`, {
    hint: 'Export the journal again; an export is not written by hand.',
    details: { line, column },
  })
}
