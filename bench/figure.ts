// A figure: the median of what one peer reached in one workload, as it is printed.
import { metricOf, workloadOf } from './suite.ts'
import type { FigureSpec } from './suite.ts'
import type { Peer } from './workload.ts'

/** One line of `--json`; programs read it, so names and order of the fields stay. */
export interface Figure {
  readonly suite: string
  readonly peer: Peer
  readonly workload: string
  readonly metric: string
  readonly value: number
  readonly unit: string
  /** Repetitions that the median was taken of. */
  readonly runs: number
}

export function figure(
  spec: FigureSpec,
  of: { readonly suite: string; readonly peer: Peer },
  measured: { readonly value: number; readonly runs: number },
): Figure {
  return {
    suite: of.suite,
    peer: of.peer,
    workload: workloadOf(spec.name),
    metric: metricOf(spec.name),
    value: rounded(measured.value),
    unit: spec.unit,
    runs: measured.runs,
  }
}

/** Four digits that matter; the rest is noise. */
function rounded(value: number): number {
  return Number(value.toPrecision(4))
}
