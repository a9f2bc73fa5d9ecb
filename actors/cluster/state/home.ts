// A home: which member has a named root, since which epoch, and what becomes of it when that member is lost.

/** Named roots of a cluster. Each node knows all of them, at about 500 bytes each beside their specs. */
export const homesMax = 1_000_000
/** Bytes of what a root needs to be started again. */
export const specBytesMax = 65_536
/** Bytes of all homes as a snapshot writes them: half of what one may take, the other half is for all the rest. */
export const homesBytesMax = 134_217_728
/** Segments of the path of a named root: each one above it is an entry of the index of kin. */
export const topSegmentsMax = 32

/** `rehome` another member takes it over · `wait` it waits for a member of the same node name · `stop` its name becomes free. */
export type OnLoss = 'rehome' | 'wait' | 'stop'

/** A home as an answer names it: without what is only needed to start the root again. */
export interface HomeSite {
  readonly top: string
  readonly member: number
  readonly epoch: number
}

export interface Home extends HomeSite {
  /** The root's path. */
  readonly top: string
  /** 0 while nobody has it: its member is lost, and no other can have it yet. */
  readonly member: number
  /** Higher than every epoch given before, for any name. */
  readonly epoch: number
  readonly onLoss: OnLoss
  /** `name@version`. */
  readonly definition: string
  /** What a node needs to start it again; the council does not look into it. */
  readonly spec: Uint8Array
  readonly isSingleton: boolean
  /** False from when it lost its member until the one that took it over says `settled`. */
  readonly isSettled: boolean
  /** Drawn by the claimer: the same claim, sent again, is answered as before. */
  readonly ticket: number
  /** The node name of the last member that had it: who waits, waits for this one. */
  readonly node: string
}

/** About how many bytes a home takes in a snapshot, never fewer than it does. */
export function homeBytes({ top, definition, node, spec }: Home): number {
  return 64 + top.length + definition.length + node.length + spec.byteLength
}
