// The facts of a ward: what one thread says of the entities of a definition that are awake in it.
import type { Ward } from './activation.ts'

export interface WardFacts {
  readonly name: string
  readonly resident: number
  readonly falling: number
  readonly revived: number
  /** How often each reason has kept one awake. */
  readonly kept: Readonly<Record<string, number>>
}

export function wardFacts({ name, list, falling, revived, kept }: Ward): WardFacts {
  return { name, resident: list.count, falling, revived, kept: Object.fromEntries(kept) }
}
