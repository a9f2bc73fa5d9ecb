// A value: plain data written for people as a JSON5 literal, so that what was shown can be sent again.
import type { Plain } from '../plain.ts'
import type { Style } from './style.ts'

/** Characters that a container may take to stay in one line. */
const lineMax = 76

/** Writes a value; more than a line's worth is broken up and indented. */
export function valueText(value: Plain | undefined, style: Style): string {
  return value === undefined ? 'undefined' : new Writer(style).write(value, 0)
}

/** The same in one line, cut to `max` characters. */
export function valueLine(value: Plain | undefined, style: Style, max: number = 60): string {
  const line = value === undefined ? '' : new Writer(style).inline(value)
  return line.length <= max ? line : `${line.slice(0, max - 1)}${style.isUnicode ? '…' : '.'}`
}

class Writer {
  readonly #isUnicode: boolean

  constructor(style: Style) {
    this.#isUnicode = style.isUnicode
  }

  write(value: Plain, indent: number): string {
    const line = this.inline(value)
    if (typeof value !== 'object' || value === null || line.length + indent <= lineMax) return line
    const special = this.#special(value)
    if (special !== undefined) return special
    const inner = indent + 2
    const pad = ' '.repeat(inner)
    const parts = Array.isArray(value)
      ? (value as readonly Plain[]).map((member) => this.write(member, inner))
      : Object.entries(value).map(([key, member]) => `${this.#key(key)}: ${this.write(member, inner)}`)
    const [open, close] = Array.isArray(value) ? '[]' : '{}'
    return `${open}\n${parts.map((part) => `${pad}${part},`).join('\n')}\n${' '.repeat(indent)}${close}`
  }

  inline(value: Plain): string {
    if (typeof value === 'string') return this.#text(value)
    if (typeof value !== 'object' || value === null) return String(value)
    const special = this.#special(value)
    if (special !== undefined) return special
    if (Array.isArray(value))
      return `[${(value as readonly Plain[]).map((member) => this.inline(member)).join(', ')}]`
    const members = Object.entries(value).map(([key, member]) => `${this.#key(key)}: ${this.inline(member)}`)
    return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`
  }

  /** What JSON does not know, as it was marked when it was copied; undefined for ordinary data. */
  #special(value: object): string | undefined {
    const entries = Object.entries(value) as [string, Plain][]
    const [mark, content] = entries[0] ?? ['', null]
    if (Array.isArray(value) || !mark.startsWith('$')) return undefined
    switch (mark) {
      case '$map':
        return `Map(${membersOf(content)
          .map((pair) => this.#pair(pair))
          .join(', ')})`
      case '$set':
        return `Set(${membersOf(content)
          .map((member) => this.inline(member))
          .join(', ')})`
      case '$class':
        return undefined
      case '$number':
        return wordOf(content)
      case '$bigint':
        return `${wordOf(content)}n`
      case '$cut':
        return `<${wordOf(content)}>`
      default:
        return entries.length <= 2 ? `<${this.#bare(`${mark.slice(1)} ${wordOf(content)}`)}>` : undefined
    }
  }

  /** A member of a map; where the map was cut it is no pair. */
  #pair(pair: Plain): string {
    const [key, member] = membersOf(pair)
    return key === undefined || member === undefined
      ? this.inline(pair)
      : `${this.inline(key)} => ${this.inline(member)}`
  }

  #key(key: string): string {
    return /^[A-Za-z_$][\w$]*$/.test(key) ? key : this.#text(key)
  }

  #text(text: string): string {
    const quote = text.includes("'") && !text.includes('"') ? '"' : "'"
    const escaped = text.replaceAll('\\', '\\\\').replaceAll(quote, `\\${quote}`)
    return `${quote}${this.#bare(escaped)}${quote}`
  }

  /** Escapes what may not reach a terminal, as JSON5 does. */
  #bare(text: string): string {
    const pattern = this.#isUnicode ? /[\p{C}\p{Zl}\p{Zp}]|(?! )\p{Zs}/gu : /[^ -~]/gu
    return text.replaceAll(pattern, escapeOne)
  }
}

const named: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }

function escapeOne(character: string): string {
  const units = Array.from({ length: character.length }, (_, at) => character.charCodeAt(at))
  return named[character] ?? units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('')
}

function membersOf(value: Plain): readonly Plain[] {
  return Array.isArray(value) ? (value as readonly Plain[]) : []
}

/** What stands under a mark, in a word. */
function wordOf(content: Plain): string {
  if (typeof content !== 'object' || content === null) return String(content)
  const { code } = content as { readonly code?: Plain }
  return typeof code === 'string' ? code : ''
}
