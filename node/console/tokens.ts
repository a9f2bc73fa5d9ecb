// Tokens: one line cut into words, where quotes and brackets hold together what belongs together.
import { Fault } from '../../runtime/fault.ts'

/** Characters of one line: a paste of a megabyte is data, more is a slip. */
export const lineCharactersMax = 1_048_576

/** A word of the line as it was written, quotes and brackets included. */
export interface Token {
  readonly text: string
  /** Where it begins in the line, and where it ends. */
  readonly start: number
  readonly end: number
}

const closers: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' }

/**
 * Cuts a line. A line that is empty or begins with `#` has no tokens.
 * @throws {Fault} `line-invalid` a quote or bracket is not closed, or closed twice
 * @throws {Fault} `line-too-long`
 */
export function tokensOf(line: string): Token[] {
  if (line.length > lineCharactersMax) {
    throw new Fault(
      'line-too-long',
      `Cannot read a line of ${line.length} characters: ${lineCharactersMax} are allowed`,
      {
        hint: 'Send less at once, or let an actor read the data itself.',
      },
    )
  }
  const tokens: Token[] = []
  let at = nextWord(line, 0)
  if (line[at] === '#') return tokens
  while (at < line.length) {
    const end = endOfToken(line, at)
    tokens.push({ text: line.slice(at, end), start: at, end })
    at = nextWord(line, end)
  }
  return tokens
}

/** Words that a shell has cut already. */
export function tokensFrom(words: readonly string[]): Token[] {
  let start = 0
  return words.map((text) => {
    const token = { text, start, end: start + text.length }
    start = token.end + 1
    return token
  })
}

function nextWord(line: string, from: number): number {
  let at = from
  while (at < line.length && isSpace(line[at])) at++
  return at
}

function endOfToken(line: string, start: number): number {
  const open: { readonly closer: string; readonly at: number }[] = []
  let at = start
  for (; at < line.length; at++) {
    const character = line[at] ?? ''
    if (open.length === 0 && isSpace(character)) return at
    const isInside = open.length > 0
    if (isQuote(character) && (isInside || at === start || line[at - 1] === '=')) at = endOfText(line, at)
    else if (closers[character] !== undefined) open.push({ closer: closers[character], at })
    else if (character === open.at(-1)?.closer) open.pop()
    else if (isInside && ')]}'.includes(character)) throw mismatch(line, at, open.at(-1)?.at ?? start)
  }
  const unclosed = open.at(-1)
  if (unclosed !== undefined) throw notClosed(line, unclosed.at)
  return at
}

/** The place of the quote that ends the text which begins at `start`. */
function endOfText(line: string, start: number): number {
  for (let at = start + 1; at < line.length; at++) {
    if (line[at] === '\\') at++
    else if (line[at] === line[start]) return at
  }
  throw notClosed(line, start)
}

function notClosed(line: string, at: number): Fault {
  return new Fault(
    'line-invalid',
    `Cannot read the line: the ${line[at]} at character ${at + 1} is not closed`,
    {
      hint: 'Close it on the same line.',
    },
  )
}

function mismatch(line: string, at: number, openedAt: number): Fault {
  const opened = `the ${line[openedAt]} at character ${openedAt + 1}`
  return new Fault(
    'line-invalid',
    `Cannot read the line: the ${line[at]} at character ${at + 1} does not close ${opened}`,
    {
      hint: 'Close brackets in the order in which they were opened.',
    },
  )
}

function isSpace(character: string | undefined): boolean {
  return character === ' ' || character === '\t' || character === '\r' || character === '\n'
}

function isQuote(character: string): boolean {
  return character === '"' || character === "'"
}
