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
    if (Array.isArray(value)) return `[${(value as readonly Plain[]).map((member) => this.inline(member)).join(', ')}]`
    const members = Object.entries(value).map(([key, member]) => `${this.#key(key)}: ${this.inline(member)}`)
    return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`
  }

  /** What JSON does not know, as it was marked when it was copied; undefined for ordinary data. */
  #special(value: object): string | undefined {
    const entries = Object.entries(value) as [string, Plain][]
    const [mark, content] = entries[0] ?? ['', null]
    if (Array.isArray(value) || !mark.startsWith('$')) return undefined
    switch (mark) {
      case '$map': {
        const pairs = (content as readonly (readonly Plain[])[]).map((pair) =>
          Array.isArray(pair) ? `${this.inline(pair[0] ?? null)} => ${this.inline(pair[1] ?? null)}` : this.inline(pair),
        )
        return `Map(${pairs.join(', ')})`
      }
      case '$set':
        return `Set(${(content as readonly Plain[]).map((member) => this.inline(member)).join(', ')})`
      case '$number':
        return String(content)
      case '$bigint':
        return `${String(content)}n`
      case '$cut':
        return `<${String(content)}>`
      case '$class':
        return undefined
      case '$fault':
        return `<fault ${(content as { readonly code: string }).code}>`
      default:
        return entries.length <= 2 ? `<${mark.slice(1)} ${this.#bare(String(content))}>` : undefined
    }
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
