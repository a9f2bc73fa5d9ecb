// tree: shows who looks after whom.
import { actorAt } from './actor-at.ts'
import { acrossNodes, count, optional, optionOr, path } from './parameter.ts'
import { listedDefault, listedMax } from './scan.ts'
import { locatedAt, placedAt } from './spot.ts'
import { homeOrAll } from './where.ts'
import type { Cell } from '../../runtime/cell.ts'
import type { ActorView } from '../../runtime/inspect.ts'
import type { NodePart, Part, Placed } from './spot.ts'
import type { Verb } from './verb.ts'

export interface TreeInput {
  readonly path: string | undefined
  readonly depth: number
  readonly limit: number
  readonly node: string | undefined
}

/** An actor with those below it that are shown. */
export interface Branch extends ActorView, Placed {
  readonly name: string
  readonly below: readonly Branch[]
  /** Children that are not shown. */
  readonly left: number
}

/** How many actors a node has, and how many roots of it are not shown. */
export interface NodeCount {
  readonly node: string
  readonly total: number
  readonly left: number
}

export interface Grown {
  /** Of several, this one. */
  readonly node: string
  /** Each node with its own actors, this one first; left out where one node alone was asked. */
  readonly nodes?: readonly NodeCount[]
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
    node: acrossNodes('all'),
  },
  examples: ['tree', 'tree bank --depth 2'],
  where: ({ path: top, limit }) => homeOrAll(top, (parts) => mergeGrown(parts, limit)),
  across: {
    unasked: ({ path: top }) => (top === undefined ? 'all' : 'own'),
    merge: (parts, { limit }) => grownInNodes(parts, limit),
  },
  run(ground, { path: top, depth, limit }) {
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
      return {
        ...ground.operator.describe(cell),
        name: cell.name,
        below,
        left: cell.childCount - below.length,
      }
    }
    const { guardian, host } = ground.runtime
    const branches: Branch[] = []
    if (top !== undefined) branches.push(grow(actorAt(ground, top), depth))
    else {
      for (let root = guardian.firstChild; root !== undefined && room.left > 0; root = root.next)
        branches.push(grow(root, depth))
    }
    const left = top === undefined ? guardian.childCount - branches.length : 0
    return { node: ground.name, path: top ?? null, branches, left, total: host.totals.actors }
  },
}

/** The roots of the main thread first; only so many actors are kept as were asked for. */
export function mergeGrown(parts: readonly Part<Grown>[], limit: number): Grown {
  const room = { left: limit }
  const branches: Branch[] = []
  let left = 0
  for (const { data, ...spot } of parts) {
    left += data.left
    for (const branch of data.branches) {
      if (room.left > 0) branches.push(placedAt(pruned(branch, room), spot))
      else left++
    }
  }
  const total = parts.reduce((sum, { data }) => sum + data.total, 0)
  return { node: parts[0]?.data.node ?? '', path: parts[0]?.data.path ?? null, branches, left, total }
}

function grownInNodes(parts: readonly NodePart<Grown>[], limit: number): Grown {
  const room = { left: limit }
  const nodes: NodeCount[] = []
  const branches: Branch[] = []
  for (const { data, node } of parts) {
    let { left } = data
    for (const branch of data.branches) {
      if (room.left > 0) branches.push(locatedAt(pruned(branch, room), node))
      else left++
    }
    nodes.push({ node, total: data.total, left })
  }
  const sum = (of: (count: NodeCount) => number): number => nodes.reduce((total, one) => total + of(one), 0)
  const { node = '' } = parts[0] ?? {}
  return {
    node,
    nodes,
    path: parts[0]?.data.path ?? null,
    branches,
    left: sum(({ left }) => left),
    total: sum(({ total }) => total),
  }
}

/** A branch with as many actors as there is room for. */
function pruned(branch: Branch, room: { left: number }): Branch {
  room.left--
  const below: Branch[] = []
  for (const child of branch.below) if (room.left > 0) below.push(pruned(child, room))
  return { ...branch, below, left: branch.left + branch.below.length - below.length }
}
