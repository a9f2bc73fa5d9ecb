// A shown value: what somebody has given in the place of something else, in a few printable characters.
import { escapeText } from '../../runtime/escape.ts'

/** Characters of a refused value that a fault shows. */
const shownMax = 60

export function shownValue(value: unknown): string {
  if (typeof value === 'string') return `"${escapeText(value, shownMax)}"`
  if (typeof value === 'number' || value === null || value === undefined) return String(value)
  return `a ${typeof value}`
}
