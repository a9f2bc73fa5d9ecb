// A spread: gives many roots to members, one after the other, so that none of them gets more than it should. Decisions; nothing acts here.
import { hosting } from './hosting.ts'

/** What a member that is busy all the time counts beside one that has as many roots as the others have. */
const busyWeight = 2

/** A member as the spread sees it. */
export interface SpreadMember {
  readonly number: number
  readonly hosts: readonly string[]
  /** From 0 to 1. */
  readonly load: number
  readonly roots: number
}

interface Candidate {
  readonly number: number
  readonly hosts: readonly string[]
  /** What its load counts. */
  readonly busy: number
  roots: number
}

/** The same members and the same wishes in the same order give the same places, on every machine. */
export class Spread {
  readonly #members: readonly Candidate[]
  /** Those that host definitions, by these. */
  readonly #able = new Map<string, readonly Candidate[]>()
  #roots = 0

  constructor(members: readonly SpreadMember[]) {
    this.#members = members
      .map(({ number, hosts, load, roots }) => ({ number, hosts, busy: busyWeight * partOf(load), roots }))
      .toSorted((a, b) => a.number - b.number)
    for (const { roots } of members) this.#roots += roots
  }

  /**
   * Gives roots that have to stay together a member that hosts all their definitions, and counts them there. One with the very same versions
   * goes before one with newer ones.
   * @returns undefined if nobody hosts all of them
   */
  give(definitions: readonly string[]): number | undefined {
    const share = this.#members.length / (this.#roots + this.#members.length)
    let best: Candidate | undefined
    let lowest = Infinity
    for (const candidate of this.#candidates(definitions)) {
      const score = candidate.roots * share + candidate.busy
      // Of two that have as much room the lower number comes first, and stays.
      if (score >= lowest) continue
      best = candidate
      lowest = score
    }
    if (best === undefined) return undefined
    best.roots += definitions.length
    this.#roots += definitions.length
    return best.number
  }

  #candidates(definitions: readonly string[]): readonly Candidate[] {
    // No definition has a space.
    const key = definitions.length === 1 ? (definitions[0] ?? '') : definitions.join(' ')
    const known = this.#able.get(key)
    if (known !== undefined) return known
    const able = this.#members.map((member) => ({
      member,
      ways: definitions.map((definition) => hosting(member.hosts, definition)),
    }))
    const any = able.filter(({ ways }) => !ways.includes('none'))
    const same = any.filter(({ ways }) => !ways.includes('newer'))
    const found = (same.length > 0 ? same : any).map(({ member }) => member)
    this.#able.set(key, found)
    return found
  }
}

/** A member that cannot be measured may as well be full. */
function partOf(load: number): number {
  return Number.isNaN(load) ? 1 : Math.min(1, Math.max(0, load))
}
