// Shares: what each root of one thread has taken of it so far, and what went from this thread to roots elsewhere.
import { descendants } from '../../runtime/lookup.ts'
import { Roads } from '../../transports/link/roads.ts'
import type { Cell } from '../../runtime/cell.ts'
import type { Runtime } from '../../runtime/runtime.ts'

/** Roots whose shares are told; a node with more is balanced by their number. */
export const sharesMax = 50_000

/** One root with all below it, since it came into its thread. */
export interface Share {
  readonly path: string
  readonly cpuMs: number
  readonly handled: number
  /** False if a definition says so. */
  readonly moves: boolean
}

export interface Shares {
  /** By this thread's own clock. */
  readonly nowMs: number
  readonly roots: readonly Share[]
  /** Messages that this thread has sent, by the root that they were for. */
  readonly sent: readonly (readonly [top: string, count: number])[]
}

/** Costs a walk over all actors. */
export function sharesOf({ guardian, host }: Runtime): Shares {
  const { clock, elsewhere } = host
  const roots: Share[] = []
  for (let root = guardian.firstChild; root !== undefined; root = root.next) {
    if (roots.length >= sharesMax) break
    roots.push(shareOf(root))
  }
  const roads = elsewhere instanceof Roads ? [...elsewhere.all()] : []
  const sent = roads.slice(0, sharesMax).map(({ top, sent: count }) => [top, count] as const)
  return { nowMs: clock.now(), roots, sent }
}

function shareOf(root: Cell): Share {
  let { cpuMs, handled } = root
  let moves = root.definition.spec.moves !== false
  for (const cell of descendants(root)) {
    cpuMs += cell.cpuMs
    handled += cell.handled
    moves &&= cell.definition.spec.moves !== false
  }
  return { path: root.path, cpuMs, handled, moves }
}
