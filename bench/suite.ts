// A suite: workloads that belong together, the figures that they yield and the goals of these.
import type { Goal } from './goal.ts'
import type { Peer, Workload } from './workload.ts'

/** The least number of repetitions that a median is taken of, unless somebody asks for fewer. */
export const runsDefault = 7

/** One measured quantity; `name` is `workload/metric` and never changes, so that it can be followed over time. */
export interface FigureSpec {
  readonly name: string
  readonly unit: Unit
  readonly goal: Goal
}

/** Things per second, millions of bytes per second, milliseconds, microseconds, bytes, percent of one core, or one value to another. */
export type Unit = '/s' | 'MB/s' | 'ms' | 'µs' | 'B' | '%' | 'ratio'

/** What runs in one process for each peer, so that no workload sees the types and the heap that another has left to the compiler. */
export interface Program {
  readonly name: string
  readonly figures: readonly FigureSpec[]
  /** Repetitions that are not counted: until the compiler has seen enough. */
  readonly warmUps: number
  readonly load: () => Promise<Workload>
  /** Those of the suite's peers that it means something for; default all. */
  readonly peers?: readonly Peer[]
  /** The most repetitions that count, of a job that takes long or does many rounds itself. */
  readonly runsMax?: number
  /** Why it cannot run on this machine; undefined if it can. */
  readonly missing?: (() => string | undefined) | undefined
}

export interface Suite {
  readonly name: string
  /** Who can run in it, in the order of the columns. */
  readonly peers: readonly Peer[]
  readonly programs: readonly Program[]
}

/** Who runs a program of a suite; may be nobody. */
export function peersOf(suite: Suite, program: Program): Peer[] {
  return suite.peers.filter((peer) => program.peers?.includes(peer) ?? true)
}

/** The names that can be asked for: those of the workloads, each once. */
export function workloadNames(suite: Suite): string[] {
  return [
    ...new Set(suite.programs.flatMap((program) => program.figures.map((figure) => workloadOf(figure.name)))),
  ]
}

/** The programs that yield figures of one workload, or all. */
export function programsFor(suite: Suite, workload: string | undefined): Program[] {
  if (workload === undefined) return [...suite.programs]
  return suite.programs.flatMap((program) => {
    const figures = program.figures.filter((figure) => workloadOf(figure.name) === workload)
    return figures.length === 0 ? [] : [{ ...program, figures }]
  })
}

export function workloadOf(figure: string): string {
  return figure.slice(0, figure.indexOf('/'))
}

export function metricOf(figure: string): string {
  return figure.slice(figure.indexOf('/') + 1)
}
