// An exit: how an actor ended, as data. Watchers hear it and supervisors decide by it; nobody throws it.
import type { Fault, FaultRecord } from './fault.ts'

/**
 * `stopped` by itself or when asked to · `failed` by a fault or bug that its supervisor did not mend · `killed` without a last word ·
 * `node-lost` with its node or thread · `never-existed` when somebody began to watch · `superseded` by a newer home of the same identity.
 */
export type ExitCause = 'stopped' | 'failed' | 'killed' | 'node-lost' | 'never-existed' | 'superseded'

export interface Exit {
  readonly cause: ExitCause
  /** What it failed of; with `failed` always, with other causes where there is more to say. */
  readonly fault?: FaultRecord
}

export const STOPPED: Exit = Object.freeze({ cause: 'stopped' })
export const KILLED: Exit = Object.freeze({ cause: 'killed' })
export const NODE_LOST: Exit = Object.freeze({ cause: 'node-lost' })
export const NEVER_EXISTED: Exit = Object.freeze({ cause: 'never-existed' })
export const SUPERSEDED: Exit = Object.freeze({ cause: 'superseded' })

export function failedExit(fault: Fault): Exit {
  return Object.freeze({ cause: 'failed', fault: fault.toJSON() })
}

/** Whether a life was cut off. A superseded actor lives on elsewhere, and one that never existed had no life to lose. */
export function isAbnormal(exit: Exit): boolean {
  switch (exit.cause) {
    case 'failed':
    case 'killed':
    case 'node-lost':
      return true
    case 'stopped':
    case 'never-existed':
    case 'superseded':
      return false
  }
}
