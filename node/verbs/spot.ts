// A spot: one thread of a node, and what came from there.

/** By what people call it, and by the number that no other thread ever has. Both are 0 for the main thread. */
export interface Spot {
  readonly slot: number
  readonly id: number
}

/** What one thread answered. */
export interface Part<D> extends Spot {
  readonly data: D
}

/** Something that lives in a thread. */
export interface Placed {
  /** The thread's slot, 0 for the main thread; left out on a node without threads. */
  readonly thread?: number
}

/** Says where something lives. */
export function placedAt<T extends object>(value: T, { slot }: Spot): T & Placed {
  return { ...value, thread: slot }
}
