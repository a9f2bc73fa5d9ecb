// A table: the figures of a run for people, one row each, as they come.
import { judge, rivalOf } from './goal.ts'
import { goalText, quantity } from './quantity.ts'
import type { Result } from './race.ts'
import type { Peer } from './workload.ts'

/** Widths of the columns; text that is longer moves the rest of its row. */
const nameWidth = 20
const valueWidth = 11
const ratioWidth = 6
const goalWidth = 26

/** @param peers the columns; each row is given the same */
export function tableHead(peers: readonly Peer[]): string {
  return row(['figure', peers, 'ratio', 'goal', ''])
}

/**
 * The ratio is ours to that of whom the goal speaks, otherwise to the limit's, so that for rates more and for times and bytes less is
 * better.
 */
export function tableRow(result: Result, peers: readonly Peer[]): string {
  const { spec, troupe } = result
  const rival = result[rivalOf(spec.goal)]
  const goal = goalText(spec.goal, spec.unit)
  const values = peers.map((peer) => {
    const value = result[peer]
    return value === undefined ? '–' : quantity(value, spec.unit)
  })
  const ratio = troupe === undefined || !rival ? '' : (troupe / rival).toFixed(2)
  return row([spec.name, values, ratio, goal === '' ? 'none' : goal, goal === '' ? '' : verdict(result)])
}

/** The last line: how many goals there were, and which were missed. */
export function tableFoot(results: readonly Result[]): string {
  const judged = results.filter(
    ({ spec, troupe }) => troupe !== undefined && goalText(spec.goal, spec.unit) !== '',
  )
  const missed = judged.filter((result) => !isMet(result))
  if (judged.length === 0) return 'no goals to meet'
  if (missed.length === 0) return judged.length === 1 ? 'the goal is met' : `all ${judged.length} goals met`
  return `${judged.length - missed.length} of ${judged.length} goals met; missed: ${missed.map(({ spec }) => spec.name).join(', ')}`
}

/** Goals are ours alone. */
function verdict(result: Result): string {
  const { spec, troupe } = result
  if (troupe === undefined) return 'not measured'
  const { isMet: met, missedBy } = judge(spec.goal, troupe, result)
  return met ? 'met' : `missed by ${Math.max(1, Math.round(missedBy * 100))} %`
}

function isMet(result: Result): boolean {
  const { spec, troupe } = result
  return troupe !== undefined && judge(spec.goal, troupe, result).isMet
}

type Row = readonly [name: string, values: readonly string[], ratio: string, goal: string, verdict: string]

function row([name, values, ratio, goal, end]: Row): string {
  return [
    name.padEnd(nameWidth),
    ...values.map((value) => value.padStart(valueWidth)),
    ratio.padStart(ratioWidth),
    goal.padEnd(goalWidth),
    end,
  ]
    .join('  ')
    .trimEnd()
}
