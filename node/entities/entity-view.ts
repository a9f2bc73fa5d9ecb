// A view of an entity: what an operator sees of an actor because it is one.
import { residentsOf } from './residents.ts'
import type { Cell } from '../../runtime/cell.ts'
import type { AwakeReason } from './may-sleep.ts'

export interface EntityView {
  /** How long it is idle before it sleeps, in milliseconds. */
  readonly idleMs: number
  /** What keeps it from that at the moment; null if nothing does. */
  readonly keptAwakeBy: AwakeReason | null
}

/** Null of an actor that is no entity. Walks over those of its definition that are awake. */
export function entityView(cell: Cell): EntityView | null {
  const view = residentsOf(cell.host)?.look(cell)
  return view === undefined ? null : { idleMs: view.idleMs, keptAwakeBy: view.reason ?? null }
}
