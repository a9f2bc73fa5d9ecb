// tree: shows who looks after whom.
import { actorAt } from './actor-at.ts'
import { count, optional, optionOr, path } from './parameter.ts'
import { listedDefault, listedMax } from './scan.ts'
import type { Cell } from '../../runtime/cell.ts'
import type { ActorView } from '../../runtime/inspect.ts'
import type { Verb } from './verb.ts'

export interface TreeInput {
  readonly path: string | undefined
  readonly depth: number
  readonly limit: number
}

/** An actor with those below it that are shown. */
export interface Branch extends ActorView {
  readonly name: string
  readonly below: readonly Branch[]
  /** Children that are not shown. */
  readonly left: number
}

export interface Grown {
  readonly node: string
  /** The actor that was asked for; null for the whole node. */
  readonly path: string | null
  readonly branches: readonly Branch[]
  /** Roots that are not shown. */
  readonly left: number
  /** Actors of the whole node. */
  readonly total: number
}

/** As deep as a tree can be. */
const depthMax = 256

export const tree: Verb<TreeInput, Grown> = {
  name: 'tree',
  summary: 'Shows who looks after whom.',
  risk: 'low',
  role: 'view',
  answers: 'once',
  parameters: {
    path: optional(path('from this actor down')),
    depth: optionOr(count('levels at most; default all', { min: 1, max: depthMax }), depthMax),
    limit: optionOr(
      count(`actors at most; default ${listedDefault}`, { min: 1, max: listedMax }),
      listedDefault,
    ),
  },
  examples: ['tree', 'tree bank --depth 2'],
  run(node, { path: top, depth, limit }) {
    const room = { left: limit }
    const grow = (cell: Cell, levels: number): Branch => {
      room.left--
      const below: Branch[] = []
      for (
        let child = cell.firstChild;
        child !== undefined && levels > 1 && room.left > 0;
        child = child.next
      ) {
        below.push(grow(child, levels - 1))
      }
      return { ...node.operator.describe(cell), name: cell.name, below, left: cell.childCount - below.length }
    }
    const { guardian, host } = node.runtime
    const branches: Branch[] = []
    if (top !== undefined) branches.push(grow(actorAt(node, top), depth))
    else {
      for (let root = guardian.firstChild; root !== undefined && room.left > 0; root = root.next)
        branches.push(grow(root, depth))
    }
    const left = top === undefined ? guardian.childCount - branches.length : 0
    return { node: node.name, path: top ?? null, branches, left, total: host.totals.actors }
  },
}
