// An activation: one entity that is awake in a runtime, and the ward of its definition in which it stands.
import { Children } from '../../runtime/children.ts'
import type { Cell } from '../../runtime/cell.ts'
import type { AwakeReason } from './may-sleep.ts'

/** One entity that is awake. */
export class Activation {
  readonly cell: Cell
  readonly ward: Ward
  previous: Activation | undefined = undefined
  next: Activation | undefined = undefined
  /** When it was seen to have been used. */
  usedMs: number
  /** Changes with whatever it does. */
  mark: number
  isGone = false
  /** Hears whether it sleeps, while it is about to. */
  whenOver: ((isGone: boolean) => void) | undefined = undefined

  constructor(cell: Cell, ward: Ward, nowMs: number) {
    this.cell = cell
    this.ward = ward
    this.usedMs = nowMs
    this.mark = markOf(cell)
  }

  get isChanged(): boolean {
    return this.mark !== markOf(this.cell)
  }
}

/** Those of one definition; the longest unused first. */
export class Ward {
  readonly name: string
  idleMs: number
  readonly list: Children<Activation> = new Children()
  /** How often each reason has kept one awake that was due or was to make room. */
  readonly kept: Map<AwakeReason, number> = new Map()
  /** How often one was put to sleep and woken in the same moment, because something came while its life ended. */
  revived = 0
  /** They are about to sleep, and are not counted as awake. */
  falling = 0
  sweptMs = 0

  constructor(name: string, idleMs: number) {
    this.name = name
    this.idleMs = idleMs
  }
}

/** Rises with whatever an actor does. */
export function markOf({ accepted, handled, life }: Cell): number {
  return accepted + handled + life
}
