// Arguments: the words of a line, read as the values of a verb's parameters.
import { escapeText } from '../../runtime/escape.ts'
import { Fault } from '../../runtime/fault.ts'
import { argumentInvalid, optionUnknown } from '../verbs/input.ts'
import { optionName, parametersOf, usageOf } from '../verbs/usage.ts'
import { literal } from './literal.ts'
import type { AnyParameter } from '../verbs/parameter.ts'
import type { AnySignature } from '../verbs/verb.ts'
import type { Token } from './tokens.ts'

/** What a line gave: values by parameter, not yet checked against their bounds. */
export interface Given {
  readonly values: Record<string, unknown>
  /** `--json`, which every command takes. */
  readonly isJson: boolean
  /** `--help`, likewise. */
  readonly isHelp: boolean
  /** Words that were left where reading was told to stop at the first position. */
  readonly rest: readonly Token[]
}

/** How words are read. */
export interface ReadingOptions {
  /** Everything from the first word that is no option is somebody else's. */
  readonly stopsAtPosition?: boolean
}

type Named = [name: string, parameter: AnyParameter]

/**
 * Reads the words after a command's name. Options may stand anywhere, as `--name VALUE` or `--name=VALUE`; `--` ends them.
 * @throws {Fault} `option-unknown` `argument-missing` `argument-invalid` `argument-unexpected` `payload-invalid`
 */
export async function readArguments(
  signature: AnySignature,
  tokens: readonly Token[],
  how: ReadingOptions = {},
): Promise<Given> {
  const reading = new Reading(signature, how)
  reading.sort(tokens)
  await reading.read()
  return reading
}

class Reading implements Given {
  readonly values: Record<string, unknown> = {}
  isJson = false
  isHelp = false
  rest: Token[] = []
  readonly #signature: AnySignature
  readonly #how: ReadingOptions
  readonly #options: { readonly named: Named; readonly text: string }[] = []
  readonly #positions: Token[] = []

  constructor(signature: AnySignature, how: ReadingOptions) {
    this.#signature = signature
    this.#how = how
  }

  /** Tells options from positions. */
  sort(tokens: readonly Token[]): void {
    for (let at = 0; at < tokens.length; at++) {
      const token = tokens[at]
      if (token === undefined) return
      if (token.text === '--') {
        this.#takeAll(tokens.slice(at + 1))
        return
      }
      if (!this.#isOption(token.text)) {
        if (this.#how.stopsAtPosition === true) {
          this.rest = tokens.slice(at)
          return
        }
        this.#positions.push(token)
      } else if (this.#takeOption(token.text, tokens[at + 1]?.text)) at++
    }
  }

  /** Turns words into values. */
  async read(): Promise<void> {
    for (const { named, text } of this.#options) {
      // Options are few; one after the other keeps the first fault the first.
      this.#put(named, await valueOf(this.#signature.name, named, text))
    }
    let at = 0
    for (const named of parametersOf(this.#signature)) {
      const [name, parameter] = named
      if (parameter.place === 'rest') {
        await this.#readRest(named, this.#positions.slice(at))
        at = this.#positions.length
      } else if (parameter.place === 'position') {
        const token = this.#positions[at]
        if (token !== undefined) this.values[name] = await valueOf(this.#signature.name, named, token.text)
        at++
      }
    }
    const extra = this.#positions[at]
    if (extra !== undefined && !this.isHelp) throw this.#unexpected(extra.text)
  }

  #takeAll(tokens: readonly Token[]): void {
    if (this.#how.stopsAtPosition === true) this.rest = [...tokens]
    else this.#positions.push(...tokens)
  }

  #isOption(text: string): boolean {
    return (
      text === '-h' ||
      /^--[a-zA-Z]/.test(text) ||
      (/^-[a-zA-Z]$/.test(text) && this.#byShort(text.slice(1)) !== undefined)
    )
  }

  #byShort(letter: string): Named | undefined {
    return parametersOf(this.#signature).find(([, { short }]) => short === letter)
  }

  /** Takes an option; says whether it took the next word too. */
  #takeOption(text: string, next: string | undefined): boolean {
    const cut = text.indexOf('=')
    const word = text.startsWith('--') ? text.slice(2, cut === -1 ? undefined : cut) : ''
    if (word === 'json' || word === 'help' || text === '-h') {
      if (word === 'json') this.isJson = true
      else this.isHelp = true
      return false
    }
    const named =
      word === ''
        ? this.#byShort(text.slice(1))
        : parametersOf(this.#signature).find(
            ([name, { place }]) => place === 'option' && optionName(name) === word,
          )
    if (named === undefined) throw optionUnknown(this.#signature, word)
    if (named[1].kind === 'flag') {
      this.#options.push({ named, text: cut === -1 ? 'true' : text.slice(cut + 1) })
      return false
    }
    const value = cut === -1 ? next : text.slice(cut + 1)
    if (value === undefined || value === '') throw this.#valueMissing(named)
    this.#options.push({ named, text: value })
    return cut === -1
  }

  #put([name, parameter]: Named, value: unknown): void {
    if (parameter.isRepeated === true)
      this.values[name] = [...((this.values[name] ?? []) as unknown[]), value]
    else if (this.values[name] === undefined) this.values[name] = value
    else
      throw argumentInvalid(
        { verb: this.#signature.name, name: `--${optionName(name)}` },
        'given twice',
        'given once',
        'Give it once.',
      )
  }

  async #readRest([name, parameter]: Named, tokens: readonly Token[]): Promise<void> {
    if (tokens.length === 0) return
    if (parameter.isRepeated === true) {
      this.values[name] = await Promise.all(tokens.map(({ text }) => literal(text)))
      return
    }
    const text = tokens.map((token) => token.text).join(' ')
    this.values[name] = await literal(text)
  }

  #valueMissing([name]: Named): Fault {
    return new Fault(
      'argument-missing',
      `Cannot run "${this.#signature.name}": --${optionName(name)} has no value`,
      {
        hint: `Write: ${usageOf(this.#signature)}`,
      },
    )
  }

  #unexpected(text: string): Fault {
    return new Fault(
      'argument-unexpected',
      `Cannot run "${this.#signature.name}": "${escapeText(text, 60)}" is one word too many`,
      {
        hint: `Write: ${usageOf(this.#signature)}`,
      },
    )
  }
}

/** Reads one word. */
async function valueOf(verb: string, [name, parameter]: Named, text: string): Promise<unknown> {
  switch (parameter.kind) {
    case 'payload':
      return literal(text)
    case 'count':
      if (/^-?\d+$/.test(text)) return Number(text)
      throw argumentInvalid({ verb, name }, text, 'a whole number')
    case 'duration':
      return duration(verb, name, text)
    case 'flag':
      return text === 'true' ? true : text === 'false' ? false : text
    default:
      return /^["']/.test(text) ? String(await literal(text)) : text
  }
}

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 }

function duration(verb: string, name: string, text: string): number {
  const [, digits, unit] = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text) ?? []
  const size = unitMs[unit ?? '']
  if (digits !== undefined && size !== undefined) return Number(digits) * size
  const isNumber = /^\d+(?:\.\d+)?$/.test(text)
  throw argumentInvalid(
    { verb, name },
    text,
    'a time with its unit',
    isNumber
      ? `Write ${text}s for seconds or ${text}ms for milliseconds.`
      : 'Write a number and ms, s, m or h: 200ms, 5s, 2m.',
  )
}
