// A path: an actor's name, segments joined by `/`. It says nothing of where the actor lives.
import { escapeCharacter, escapeText } from './escape.ts'
import { Fault } from './fault.ts'

/** The most a path may take; each character of one takes a byte. It stands in every frame and every line of a log. */
export const pathBytesMax = 512
/** Characters of a refused name that its fault shows. */
const shownMax = 60

// Letters, digits and `._:@+=,~-` of ASCII alone: no controls, no HTML, no marks that turn the line round, no two names that look alike.
// A first character that is a letter or digit rules out `.`, `..` and what looks like an option. `$` marks names that a runtime gave.
const segment = /^[A-Za-z0-9][\w.:@+=,~-]*$/
const segments = /^[A-Za-z0-9][\w.:@+=,~-]*(?:\/[A-Za-z0-9][\w.:@+=,~-]*)*$/
const anySegments = /^[A-Za-z0-9][\w.:@+=,~$-]*(?:\/[A-Za-z0-9][\w.:@+=,~$-]*)*$/

/** Takes a name that somebody gives a child: one segment. @throws {Fault} `name-invalid` */
export function checkName(name: unknown): asserts name is string {
  if (typeof name !== 'string' || name.length > pathBytesMax || !segment.test(name)) refuse(name, 1)
}

/** Takes a name that somebody gives a root: one segment or more. @throws {Fault} `name-invalid` */
export function checkPath(path: unknown): asserts path is string {
  if (typeof path !== 'string' || path.length > pathBytesMax || !segments.test(path)) refuse(path, Infinity)
}

/** Whether an actor of that path could exist; also one whose name a runtime gave, such as `amsterdam/counter$7`. */
export function isPath(text: string): boolean {
  return text.length <= pathBytesMax && anySegments.test(text)
}

function refuse(name: unknown, segmentsMax: number): never {
  const shown = typeof name === 'string' ? `"${escapeText(name, shownMax)}"` : `with a ${typeof name}`
  const flaw = typeof name === 'string' ? nameFlaw(name, segmentsMax) : 'a name is a string'
  throw new Fault('name-invalid', `Cannot name an actor ${shown}: ${flaw}`, {
    hint: 'Use letters, digits and ._:@+=,~- and start each segment with a letter or digit.',
  })
}

/** Says what is wrong first, counting from 1. */
function nameFlaw(name: string, segmentsMax: number): string {
  if (name === '') return 'it is empty'
  if (name.length > pathBytesMax) return `it has ${name.length} characters, ${pathBytesMax} are allowed`
  let position = 1
  for (const part of name.split('/')) {
    if (part === '') return `the segment at character ${position} is empty`
    if (!/^[A-Za-z0-9]/.test(part))
      return `character ${position} is ${shownCharacter(part)}, a segment starts with a letter or digit`
    const at = part.search(/[^\w.:@+=,~-]/)
    if (at >= 0) return `character ${position + at} is ${shownCharacter(part.slice(at))}`
    position += part.length + 1
    if (position <= name.length && segmentsMax === 1)
      return `character ${position - 1} is "/", a child's name is one segment`
  }
  return 'it is no path'
}

/** The first character of a text, as itself if it is ASCII: others may look like what they are not. */
function shownCharacter(text: string): string {
  const character = String.fromCodePoint(text.codePointAt(0) ?? 0)
  if (character === '$') return '"$", which marks names given by the runtime'
  return /^[ -~]$/.test(character) ? `"${character}"` : escapeCharacter(character)
}

/** What is found first for a path, or else for those above it: `a/b/c`, `a/b`, `a`. */
export function upwards<T>(path: string, find: (path: string) => T | undefined): T | undefined {
  for (let at = path; at !== ''; at = at.slice(0, Math.max(0, at.lastIndexOf('/')))) {
    const found = find(at)
    if (found !== undefined) return found
  }
  return undefined
}
