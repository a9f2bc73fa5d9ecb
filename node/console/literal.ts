// A literal: a payload as it is typed, JSON5.
import { escapeText } from '../../runtime/escape.ts'
import { Fault } from '../../runtime/fault.ts'

/** Characters of a refused literal that are shown. */
const shownMax = 40

/** Reads a JSON5 literal. @throws {Fault} `payload-invalid` */
export async function literal(text: string): Promise<unknown> {
  const strict = json(text)
  if (strict !== undefined) return strict
  // Most payloads are JSON: who never types more does not wait for the parser of JSON5.
  const { default: json5 } = await import('json5')
  try {
    return json5.parse<unknown>(text)
  } catch (error) {
    throw literalInvalid(text, error)
  }
}

function json(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

function literalInvalid(text: string, error: unknown): Fault {
  const told =
    error instanceof Error
      ? error.message.replace(/^JSON5: /, '').replace(/ at 1:(\d+)$/, ' at character $1')
      : 'it is not JSON5'
  const isWords = /^[\p{L}][\p{L}\p{N} _.,!?-]*$/u.test(text) && text.length <= shownMax
  return new Fault(
    'payload-invalid',
    `Cannot read "${escapeText(text, shownMax)}" as a payload: ${escapeText(told, 200)}`,
    {
      hint: isWords
        ? `Quote a text: '${text}'.`
        : `Write a JSON5 literal, such as 3, 'text', [1, 2] or {amount: 5}.`,
    },
  )
}
