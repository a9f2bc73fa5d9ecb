// A verb's order: what the main thread asks of another one so that a verb runs there.

/** `id` is of the main thread's choice and used once; the answer of each is JSON text, of the type that stands beside it. */
export type VerbOrder =
  /** Runs a verb that answers once, or a probe. @answer what it returns; empty for nothing */
  | { readonly act: 'run'; readonly id: number; readonly name: string; readonly input: unknown }
  /** Begins a verb that goes on answering. @answer empty */
  | { readonly act: 'open'; readonly id: number; readonly name: string; readonly input: unknown }
  /** Waits for its next records. @answer a `RecordBatch` */
  | { readonly act: 'next'; readonly id: number }
  /** Nobody wants the answer any more. @answer empty */
  | { readonly act: 'cancel'; readonly id: number }

/** Records of a verb that goes on answering. */
export interface RecordBatch {
  readonly records: readonly unknown[]
  /** Records that were lost since the last batch, because they came faster than they were fetched. */
  readonly dropped: number
  /** No more will come. */
  readonly isEnd: boolean
}
