// Lost clans: what becomes of roots that have lost their member, or have waited for one. Decisions; roots that share a path share a fate.
import { beginningsOf } from './home-table.ts'
import type { Spread } from '../placement/spread.ts'
import type { Home } from './home.ts'

export interface Fate {
  readonly home: Home
  /** The member that takes it over; 0 if nobody can now. Of `stopped` the name becomes free. */
  readonly to: number | 'stopped'
}

/**
 * Decides for roots whose member is no more. Those that `stop` are let go, and keep nobody together; of the rest of a clan all wait if one
 * does, for they cannot part.
 * @param homes all that lived there
 */
export function fatesOf(homes: Iterable<Home>, spread: Spread): readonly Fate[] {
  const { stopped = [], kept = [] } = Object.groupBy(homes, ({ onLoss }) =>
    onLoss === 'stop' ? 'stopped' : 'kept',
  )
  const gone = inOrder(stopped).map((home) => ({ home, to: 'stopped' as const }))
  const fates = clans(kept).flatMap((clan) => {
    const to = isWaiting(clan) ? 0 : (spread.give(definitionsOf(clan)) ?? 0)
    return clan.map((home) => ({ home, to }))
  })
  return [...gone, ...fates]
}

/**
 * Finds members for roots that nobody has.
 * @param homes all of them
 * @param ways.named the member that has a node name now, if it can take roots and hosts all of the definitions
 * @returns those that have found one
 */
export function foundHomes(homes: Iterable<Home>, ways: FindWays): readonly FoundHome[] {
  return clans(homes).flatMap((clan) => {
    const definitions = definitionsOf(clan)
    const waiting = clan.find(({ onLoss }) => onLoss === 'wait')
    const to = waiting === undefined ? ways.spread.give(definitions) : ways.named(waiting.node, definitions)
    return to === undefined ? [] : clan.map((home) => ({ home, to }))
  })
}

export interface FindWays {
  readonly spread: Spread
  named(node: string, definitions: readonly string[]): number | undefined
}

export interface FoundHome {
  readonly home: Home
  readonly to: number
}

function isWaiting(clan: readonly Home[]): boolean {
  return clan.some(({ onLoss }) => onLoss === 'wait')
}

function definitionsOf(clan: readonly Home[]): string[] {
  return clan.map(({ definition }) => definition)
}

/** Those that have to share a node. All that could be of a clan are among the homes, because they have lived together. */
function clans(homes: Iterable<Home>): Home[][] {
  const ordered = inOrder(homes)
  const tops = new Set(ordered.map(({ top }) => top))
  const highest = (top: string): string => beginningsOf(top).find((beginning) => tops.has(beginning)) ?? top
  return [...Map.groupBy(ordered, ({ top }) => highest(top)).values()]
}

/** By epoch, which no two homes share: in whatever order an index holds them, the decisions are the same. */
function inOrder(homes: Iterable<Home>): Home[] {
  return [...homes].toSorted((a, b) => a.epoch - b.epoch)
}
