// A table of homes: where each named root lives, found by path, by kinship and by member.
import { invariant } from '../../../runtime/invariant.ts'
import { upwards } from '../../../runtime/path.ts'
import { homeBytes } from './home.ts'
import type { Home } from './home.ts'

export class HomeTable {
  readonly #homes = new Map<string, Home>()
  /** The tops of each member, and of nobody, which is 0. */
  readonly #byMember = new Map<number, Set<string>>()
  /** The roots whose paths go on after a beginning, by that beginning: `bank` has `bank/ada`. */
  readonly #below = new Map<string, Set<string>>()
  #lastEpoch = 0
  #bytes = 0

  get lastEpoch(): number {
    return this.#lastEpoch
  }

  get count(): number {
    return this.#homes.size
  }

  /** Bytes of all of them in a snapshot, or a few more. */
  get bytes(): number {
    return this.#bytes
  }

  all(): IterableIterator<Home> {
    return this.#homes.values()
  }

  get(top: string): Home | undefined {
    return this.#homes.get(top)
  }

  under(path: string): Home | undefined {
    return upwards(path, (top) => this.#homes.get(top))
  }

  *of(member: number): Generator<Home> {
    for (const top of this.#byMember.get(member) ?? []) yield this.#at(top)
  }

  countOf(member: number): number {
    return this.#byMember.get(member)?.size ?? 0
  }

  kinOf(path: string): Home[] {
    const above = beginningsOf(path).flatMap((beginning) => this.#homes.get(beginning) ?? [])
    return [...above, ...this.below(path)]
  }

  /** The nearest root above, which lives where all others above do. */
  above(path: string): Home | undefined {
    return this.under(path.slice(0, Math.max(0, path.lastIndexOf('/'))))
  }

  *below(path: string): Generator<Home> {
    for (const top of this.#below.get(path) ?? []) yield this.#at(top)
  }

  /** Higher than all before, for any name: no name's epoch can go back, whatever is forgotten of it. */
  nextEpoch(): number {
    this.#lastEpoch++
    invariant(Number.isSafeInteger(this.#lastEpoch), 'The epochs are used up')
    return this.#lastEpoch
  }

  /** Adds a root, or puts it where it lives now; it keeps its place in the order of all. */
  put(home: Home): void {
    const { top, member } = home
    const before = this.#homes.get(top)
    invariant(home.epoch <= this.#lastEpoch, 'A home has an epoch that was not given')
    invariant(before === undefined || before.epoch <= home.epoch, 'The epoch of a home went back')
    this.#bytes += homeBytes(home) - (before === undefined ? 0 : homeBytes(before))
    this.#homes.set(top, home)
    if (before === undefined) for (const beginning of beginningsOf(top)) add(this.#below, beginning, top)
    if (before?.member === member) return
    if (before !== undefined) drop(this.#byMember, before.member, top)
    add(this.#byMember, member, top)
  }

  remove(home: Home): void {
    const { top } = home
    invariant(this.#homes.delete(top), 'A home was let go that is not there')
    this.#bytes -= homeBytes(home)
    drop(this.#byMember, home.member, top)
    for (const beginning of beginningsOf(top)) drop(this.#below, beginning, top)
  }

  /** Makes an empty table the one that was written down. */
  fill(homes: readonly Home[], lastEpoch: number): void {
    this.#lastEpoch = lastEpoch
    for (const home of homes) {
      invariant(!this.#homes.has(home.top), 'Two homes have one name')
      this.put(home)
    }
  }

  #at(top: string): Home {
    const home = this.#homes.get(top)
    invariant(home !== undefined, 'An index of homes names one that is not there')
    return home
  }
}

/** `a`, `a/b` of `a/b/c`. */
export function beginningsOf(path: string): string[] {
  const found: string[] = []
  for (let cut = path.indexOf('/'); cut > 0; cut = path.indexOf('/', cut + 1)) found.push(path.slice(0, cut))
  return found
}

function add<K>(index: Map<K, Set<string>>, key: K, top: string): void {
  const tops = index.get(key)
  if (tops === undefined) index.set(key, new Set([top]))
  else tops.add(top)
}

function drop<K>(index: Map<K, Set<string>>, key: K, top: string): void {
  const tops = index.get(key)
  tops?.delete(top)
  if (tops?.size === 0) index.delete(key)
}
