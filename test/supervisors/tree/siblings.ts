// Four siblings under one parent, for tests of group restarts, and their diary in short.
import { Family } from './family.ts'
import type { Node, SupervisionSpec } from 'troupe'
import type { MemberOptions } from './family.ts'

export const names = ['a', 'b', 'c', 'd']

/** Spawns `p` with a, b, c and d; the options of each by its name. */
export async function spawnSiblings(
  node: Node,
  supervision: Partial<SupervisionSpec>,
  members: Record<string, MemberOptions> = {},
): Promise<Family> {
  const family = new Family()
  const parent = family.member({
    supervision: { intensity: 100, ...supervision },
    starts: (self) => void names.forEach((name) => self.spawn(family.member(members[name]), name)),
  })
  await node.spawn(parent, 'p')
  family.diary.length = 0
  return family
}

/** What was written: `-a!` for a failed life that ends, `-b` for one that is stopped, `+c` for one that begins. */
export function newsOf(family: Family): string {
  return family.news().replaceAll('p/', '').replaceAll(' stopped', '').replaceAll(' failed', '!')
}

/** Runs `later` at the life of that number only, counted from 1. */
export function onLife(number: number, later: () => unknown): () => unknown {
  let lives = 0
  return () => (++lives === number ? later() : undefined)
}
