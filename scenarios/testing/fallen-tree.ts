// The fall of a machine: all the trees of files that may be found on the disk afterwards.
import { invariant } from '../../runtime/invariant.ts'
import { DiskFolder, DiskTree, keepChange } from './disk-tree.ts'
import { LayeredFile } from './layered-file.ts'
import type { Random } from '../../runtime/random.ts'
import type { DiskEntry, NameChange } from './disk-tree.ts'
import type { Fate } from './layered-file.ts'

/** Changes up to which all combinations of their fates are gone through; 3^12 are half a million. */
export const enumeratedChangesMax = 12

const fates: readonly Fate[] = ['kept', 'lost', 'torn']

/** Everything that is not safe in a tree, in an order that stays, with the number of fates of each. */
export class Doubts {
  readonly #tree: DiskTree
  readonly #files: readonly LayeredFile[]
  /** Of each change how many fates it has: those of names first, then those of the files. */
  readonly counts: readonly number[]

  constructor(tree: DiskTree) {
    this.#tree = tree
    this.#files = [...entriesOf(tree)].filter((entry) => entry instanceof LayeredFile)
    this.counts = [...tree.changes.map(() => 2), ...this.#files.flatMap((file) => file.fateCounts())]
  }

  /** How many combinations of fates there are. One torn write stands for all the ways to tear it. */
  get combinations(): number {
    return this.counts.reduce((product, count) => product * count, 1)
  }

  /** One combination. @param numbers of the fates of the changes, each below its count */
  fall(numbers: readonly number[], random: Random): DiskTree {
    invariant(numbers.length === this.counts.length, 'A fall needs a fate for every change')
    const given = numbers.map((number) => fates[number] ?? 'lost')
    const names = given.splice(0, this.#tree.changes.length)
    const files = new Map(
      this.#files.map((file) => [file, file.fallen(given.splice(0, file.fateCounts().length), random)]),
    )
    const copy = copier((file) => files.get(file) ?? new LayeredFile())
    const root = copy(this.#tree.root)
    for (const change of keptChanges(this.#tree.changes, names)) keepChange(change, copy)
    showSafe(root)
    return new DiskTree(root)
  }
}

/** Names of one file or folder change in order: who has got the later one does not have the one before as well. */
function keptChanges(changes: readonly NameChange[], given: readonly Fate[]): NameChange[] {
  const settled = new Set<DiskEntry>()
  const kept = changes.toReversed().filter(({ entry }, index) => {
    if (given.at(-1 - index) === 'kept') settled.add(entry)
    return settled.has(entry)
  })
  return kept.toReversed()
}

/** Every combination once, if there are few changes; else `samples` of them drawn at random, after the one that keeps all and the one that loses all. */
export function* fateNumbers(
  counts: readonly number[],
  random: Random,
  samples: number,
): Generator<readonly number[]> {
  if (counts.length > enumeratedChangesMax) {
    yield counts.map(() => 0)
    yield counts.map(() => 1)
    for (let i = 2; i < samples; i++) yield drawnFates(counts, random)
    return
  }
  const numbers = counts.map(() => 0)
  for (let hasMore = true; hasMore; hasMore = countUp(numbers, counts)) yield [...numbers]
}

export function drawnFates(counts: readonly number[], random: Random): number[] {
  return counts.map((count) => random.integer(count))
}

/** The same tree again, with all that is not safe. */
export function cloneTree(tree: DiskTree): DiskTree {
  const copy = copier((file) => file.clone())
  const all = [...entriesOf(tree)].filter((entry) => entry instanceof DiskFolder)
  for (const folder of all) {
    for (const [name, entry] of folder.seen) copy(folder).seen.set(name, copy(entry))
  }
  const changes = tree.changes.map(({ entry, from, to, unsafe }) => ({
    entry: copy(entry),
    ...(from === undefined ? {} : { from: { folder: copy(from.folder), name: from.name } }),
    ...(to === undefined ? {} : { to: { folder: copy(to.folder), name: to.name } }),
    unsafe: new Set([...unsafe].map((folder) => copy(folder))),
  }))
  return new DiskTree(copy(tree.root), changes)
}

/** Adds one to a number of many digits, each with a base of its own; false if it was the last one. */
function countUp(digits: number[], bases: readonly number[]): boolean {
  for (const [place, base] of bases.entries()) {
    const digit = (digits[place] ?? 0) + 1
    digits[place] = digit < base ? digit : 0
    if (digit < base) return true
  }
  return false
}

/** Copies entries, each once; folders with what is safe in them, and nothing seen. */
function copier(copyFile: (file: LayeredFile) => LayeredFile): <E extends DiskEntry>(entry: E) => E {
  const copies = new Map<DiskEntry, DiskEntry>()
  const copy = (entry: DiskEntry): DiskEntry => {
    const known = copies.get(entry)
    if (known !== undefined) return known
    const made = entry instanceof LayeredFile ? copyFile(entry) : new DiskFolder()
    copies.set(entry, made)
    if (entry instanceof DiskFolder && made instanceof DiskFolder) {
      for (const [name, inner] of entry.safe) made.safe.set(name, copy(inner))
    }
    return made
  }
  // A folder's copy is a folder, a file's a file.
  return copy as <E extends DiskEntry>(entry: E) => E
}

/** After a fall what is safe is all there is. */
function showSafe(folder: DiskFolder): void {
  folder.seen.clear()
  for (const [name, entry] of folder.safe) {
    folder.seen.set(name, entry)
    if (entry instanceof DiskFolder) showSafe(entry)
  }
}

/** All that can be reached by a name that is seen, safe or may come to be. */
function entriesOf(tree: DiskTree): Set<DiskEntry> {
  const found = new Set<DiskEntry>()
  const open: DiskEntry[] = [tree.root, ...tree.changes.map(({ entry }) => entry)]
  for (let entry = open.pop(); entry !== undefined; entry = open.pop()) {
    if (found.has(entry)) continue
    found.add(entry)
    if (entry instanceof DiskFolder) open.push(...entry.seen.values(), ...entry.safe.values())
  }
  return found
}
