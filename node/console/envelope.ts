// An envelope: one answer as a line of JSON for programs, versioned.
import type { Fault, FaultRecord } from '../../runtime/fault.ts'

/** Rises when a field changes or goes; new fields come without. */
export const envelopeSchema = 'troupe.console/v1'

/** Why a stream ended: it had reached its bounds, or somebody had enough. */
export interface StreamEnd {
  readonly records: number
  readonly reason: 'complete' | 'cancelled'
}

/** Exactly one of `data`, `end` and `error` is there; a stream is records with `data` and one last `end` or `error`. */
export interface Answer {
  readonly schema: typeof envelopeSchema
  /** Empty for a line that names no command. */
  readonly command: string
  readonly at: string
  readonly status: 'ok' | 'error'
  readonly data?: unknown
  readonly end?: StreamEnd
  readonly error?: FaultRecord
}

/** What goes into an envelope. */
export type Content = { readonly data: unknown } | { readonly end: StreamEnd } | { readonly error: Fault }

/** Writes one line, without an end of line. */
export function envelope(command: string, atWallMs: number, content: Content): string {
  const head = { schema: envelopeSchema, command, at: new Date(atWallMs).toISOString() } as const
  const answer: Answer =
    'error' in content
      ? { ...head, status: 'error', error: content.error.toJSON() }
      : { ...head, status: 'ok', ...content }
  return JSON.stringify(answer)
}
