// An outcome: how one line ended, and the exit code that stands for it.
import type { Fault } from '../../runtime/fault.ts'

/** Of a line and of the whole process. */
export type ExitCode = 0 | 1 | 2 | 130

/** What each code means, for help and documents. */
export const exitCodes: readonly (readonly [code: ExitCode, meaning: string])[] = [
  [0, 'every line did what it says; also when the reader of the output went away'],
  [1, 'a line ran and met a fault, or its answer is no'],
  [2, 'a line could not be understood, or an option is wrong'],
  [130, 'interrupted'],
]

export interface Outcome {
  readonly code: ExitCode
  readonly fault?: Fault
}

export const OK: Outcome = Object.freeze({ code: 0 })
