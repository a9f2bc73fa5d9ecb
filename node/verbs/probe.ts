// A probe: what the main thread asks of each thread for verbs of its own; no operator can.
import type { Ground } from './ground.ts'

/** What it returns can be written as JSON. */
export interface Probe<I, D> {
  /** No verb has it. */
  readonly name: string
  run(ground: Ground, input: I): D
}

/** A probe whose types are known to itself alone. */
export interface AnyProbe {
  readonly name: string
  run(ground: Ground, input: never): unknown
}

/** A probe that goes on answering, likewise. */
export interface AnyStreamProbe {
  readonly name: string
  run(ground: Ground, input: never, context: { readonly signal: AbortSignal }): AsyncIterable<unknown>
}
