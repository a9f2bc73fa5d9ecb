// The pulse of a node: what only it knows of itself and the others ask for; asked of other nodes by this name.
import type { Node } from '../node.ts'

/** No verb has it. */
export const pulseName = 'pulse'

export interface Pulse {
  /** It may not do what must be unique. */
  readonly isFrozen: boolean
  readonly actors: number
  /** Roots that it has taken over and that do not run yet. */
  readonly takingOver: number
}

export function pulse({ cluster, runtime }: Node): Pulse {
  return {
    isFrozen: cluster?.mayAct !== true,
    actors: runtime.host.totals.actors,
    takingOver: cluster?.takingOver ?? 0,
  }
}

/** Reads what another node has said; undefined for what is none. */
export function pulseFrom(value: unknown): Pulse | undefined {
  const { isFrozen, actors, takingOver } = Object(value) as Partial<Record<keyof Pulse, unknown>>
  if (typeof isFrozen !== 'boolean' || typeof actors !== 'number' || typeof takingOver !== 'number')
    return undefined
  return { isFrozen, actors, takingOver }
}
