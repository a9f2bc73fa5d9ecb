// A table: the figures of a run for people, one row each, as they come.
import { judge } from './goal.ts'
import { goalText, quantity } from './quantity.ts'
import type { Result } from './race.ts'

/** Widths of the columns but the last; text that is longer moves the rest of its row. */
const widths = [20, 10, 10, 6, 26]

export const tableHead: string = row(['figure', 'troupe', 'limit', 'ratio', 'goal', ''])

/** The ratio is ours to the limit's, so that for rates more and for times and bytes less is better. */
export function tableRow({ spec, troupe, limit }: Result): string {
  const goal = goalText(spec.goal, spec.unit)
  const ratio = limit === 0 ? '' : (troupe / limit).toFixed(2)
  const { isMet, missedBy } = judge(spec.goal, troupe, limit)
  const verdict = isMet ? 'met' : `missed by ${Math.max(1, Math.round(missedBy * 100))} %`
  return row([
    spec.name,
    quantity(troupe, spec.unit),
    quantity(limit, spec.unit),
    ratio,
    goal === '' ? 'none' : goal,
    goal === '' ? '' : verdict,
  ])
}

/** The last line: how many goals there were, and which were missed. */
export function tableFoot(results: readonly Result[]): string {
  const judged = results.filter(({ spec }) => goalText(spec.goal, spec.unit) !== '')
  const missed = judged.filter(({ spec, troupe, limit }) => !judge(spec.goal, troupe, limit).isMet)
  if (judged.length === 0) return 'no goals to meet'
  if (missed.length === 0) return judged.length === 1 ? 'the goal is met' : `all ${judged.length} goals met`
  return `${judged.length - missed.length} of ${judged.length} goals met; missed: ${missed.map(({ spec }) => spec.name).join(', ')}`
}

function row(cells: readonly string[]): string {
  return cells
    .map((cell, index) =>
      index === 0 || index > 3 ? cell.padEnd(widths[index] ?? 0) : cell.padStart(widths[index] ?? 0),
    )
    .join('  ')
    .trimEnd()
}
