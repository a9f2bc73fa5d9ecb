// A spot: one thread of a node, and what came from there.

/** By what people call it, and by the number that no other thread ever has. Both are 0 for the main thread. */
export interface Spot {
  readonly slot: number
  readonly id: number
  /** The node has no other thread: nobody has to be told which. */
  readonly isOnly?: true
}

/** What one thread answered. */
export interface Part<D> extends Spot {
  readonly data: D
}

/** What one node answered. */
export interface NodePart<D> {
  readonly node: string
  readonly data: D
}

/** Something that is in a node. */
export interface Located {
  /** The node's name; left out on a node without a cluster. */
  readonly node?: string
}

/** Something that lives in a thread. */
export interface Placed extends Located {
  /** The thread's slot, 0 for the main thread; left out on a node without threads. */
  readonly thread?: number
}

/** Says where something lives. */
export function placedAt<T extends object>(value: T, { slot, isOnly }: Spot): T & Placed {
  return isOnly === true ? value : { ...value, thread: slot }
}

/** Says in which node something is; what is no record stays as it is. */
export function locatedAt<T>(value: T, node: string): T {
  const isRecord = typeof value === 'object' && value !== null && !Array.isArray(value)
  return isRecord ? { ...value, node } : value
}
