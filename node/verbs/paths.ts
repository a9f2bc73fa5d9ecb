// Paths: the probe for those of the actors in one thread that begin with a text.
import type { Cell } from '../../runtime/cell.ts'
import type { Ground } from './ground.ts'
import type { Probe } from './probe.ts'

/** Siblings without a name that are looked at. */
const siblingsMax = 100_000

export interface PathsInput {
  readonly start: string
  readonly limit: number
}

/** Named ones from the registry, others from the siblings below what is given; sorted. */
export const paths: Probe<PathsInput, string[]> = {
  name: 'paths',
  run(ground, { start, limit }) {
    const named = ground.runtime.host.registry.startingWith(start, limit)
    return [...new Set([...named, ...unnamed(ground, start, limit)])].slice(0, limit).toSorted()
  },
}

function unnamed({ name, runtime }: Ground, start: string, limit: number): string[] {
  const above = start.slice(0, Math.max(0, start.lastIndexOf('/')))
  const parent = above === '' || above === name ? runtime.guardian : runtime.cellAt(above)
  const found: string[] = []
  let looked = 0
  let child: Cell | undefined = parent?.firstChild
  for (; child !== undefined && looked < siblingsMax && found.length < limit; child = child.next) {
    looked++
    if (typeof child.key === 'number' && child.path.startsWith(start)) found.push(child.path)
  }
  return found
}
