// The actor that a verb is about: found by its path, or not found with the nearest path that is.
import { escapeText } from '../../runtime/escape.ts'
import { Fault } from '../../runtime/fault.ts'
import { nearest } from '../../runtime/nearest.ts'
import { deathFault } from '../../runtime/router.ts'
import { away } from '../../runtime/cell-flags.ts'
import type { Cell } from '../../runtime/cell.ts'
import type { Ground } from './ground.ts'

/** Paths that are compared with a wrong one. */
const comparedMax = 1_000

/** @throws {Fault} `actor-unknown` */
export function actorAt(ground: Ground, path: string): Cell {
  const cell = path === '' ? undefined : ground.runtime.cellAt(path)
  // One that is on its way to another thread is there, or comes back.
  if (cell !== undefined && (cell.flags & away) === 0) return cell
  throw actorUnknown(ground, path)
}

/** The same for a message, which wakes an entity that sleeps there. @throws {Fault} `actor-unknown` and why it cannot be woken */
export function receiverAt(ground: Ground, path: string): Cell {
  const found =
    ground.runtime.cellAt(path) === undefined ? ground.runtime.host.awakener?.awaken(path) : undefined
  if (typeof found === 'string') throw deathFault({ to: { path }, name: 'the message' }, found)
  return found ?? actorAt(ground, path)
}

/** The fault for a path where nobody lives. @param known paths to compare it with; default those of the ground */
export function actorUnknown(ground: Ground, path: string, known?: readonly string[]): Fault {
  const near = known === undefined ? nearestPath(ground, path) : nearest(path, known)
  const shown = escapeText(path, 120)
  return new Fault('actor-unknown', `Cannot find "${shown}": no actor lives there`, {
    hint:
      near === undefined
        ? 'See who lives with "tree", or spawn it.'
        : `Did you mean "${near}"? See who lives with "tree".`,
  })
}

function nearestPath(ground: Ground, path: string): string | undefined {
  const { registry } = ground.runtime.host
  const alike = registry.startingWith(path.slice(0, 1), comparedMax)
  return nearest(path, alike) ?? nearest(path, registry.startingWith('', comparedMax))
}

/** Whether a path is that of an actor or of one below it. */
export function isUnder(of: string, top: string | undefined): boolean {
  return top === undefined || of === top || of.startsWith(`${top}/`)
}

/** An actor and all below it, or with no path every actor, parents first. @throws {Fault} `actor-unknown` */
export function* actorsUnder(ground: Ground, path: string | undefined): Generator<Cell> {
  const top = path === undefined ? ground.runtime.guardian : actorAt(ground, path)
  if (path !== undefined) yield top
  yield* below(top)
}

/** Without recursion: a tree may be deep, and a generator in a generator costs every level for each actor. */
function* below(top: Cell): Generator<Cell> {
  let cell = top.firstChild
  while (cell !== undefined) {
    yield cell
    let next = cell.firstChild ?? cell.next
    let above: Cell | undefined = cell
    while (next === undefined && above !== undefined) {
      above = above.parent
      if (above === top) return
      next = above?.next
    }
    cell = next
  }
}
