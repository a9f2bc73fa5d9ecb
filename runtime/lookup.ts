// Lookup: from a path to the cell that lives there, also where it has no name of its own.
import type { Cell, Host } from './cell.ts'

/** Named actors are found at once; one such as `counter$7` costs a walk along its siblings. */
export function lookup(host: Host, guardian: Cell, path: string): Cell | undefined {
  const named = host.registry.get(path)
  if (named !== undefined || !path.includes('$')) return named
  const cut = path.lastIndexOf('/')
  const name = path.slice(cut + 1)
  const above = path.slice(0, Math.max(cut, 0))
  // A root may be called like its node: then both have children of such paths, and no two of them the same.
  const root = above === host.name ? childNamed(guardian, name) : undefined
  return root ?? childNamed(lookup(host, guardian, above), name)
}

function childNamed(parent: Cell | undefined, name: string): Cell | undefined {
  for (let child = parent?.firstChild; child !== undefined; child = child.next) {
    if (child.name === name) return child
  }
  return undefined
}

/** All cells below one, parents before children, in the order of their start. */
export function* descendants(cell: Cell): Generator<Cell> {
  for (let child = cell.firstChild; child !== undefined; child = child.next) {
    yield child
    if (child.firstChild !== undefined) yield* descendants(child)
  }
}
