// The text of a finding: what is not as it was written in a journal, and where.
import type { JournalFinding } from '../journal/upkeep.ts'
import type { Style } from './style.ts'

/** `hole  000003.log at 4096, 120 bytes, positions 17 to 19: …`. */
export function findingText(finding: JournalFinding, style: Style): string {
  const { kind, isDamage, file, offset, bytes, positions, text } = finding
  const place = [
    file === undefined ? '' : `${style.safe(file)}${offset === undefined ? '' : ` at ${offset}`}`,
    bytes === undefined ? '' : `${bytes} bytes`,
    positions === undefined ? '' : `positions ${positions[0]} to ${positions[1] - 1}`,
  ].filter((part) => part !== '')
  const head = `${style.paint(isDamage ? 'bad' : 'warning', kind)}  `
  return `${head}${place.length === 0 ? '' : `${place.join(', ')}: `}${style.safe(text, 500)}`
}
