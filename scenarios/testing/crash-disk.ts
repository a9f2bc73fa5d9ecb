// A crash disk: a durable disk in memory that can fall, fail and rot at any point, for tests and for the simulator.
import { diskFault, folderLocked } from '../../runtime/disk-fault.ts'
import { invariant } from '../../runtime/invariant.ts'
import { seededRandom } from '../../runtime/random.ts'
import { CrashFile } from './crash-file.ts'
import { DiskGate } from './disk-gate.ts'
import { DiskFolder, DiskTree, putSafe } from './disk-tree.ts'
import { cloneTree, Doubts, drawnFates, fateNumbers } from './fallen-tree.ts'
import { LayeredFile } from './layered-file.ts'
import type { Clock } from '../../runtime/clock.ts'
import type { DiskFile, DiskLock, DurableDisk, OpenMode } from '../../runtime/disk.ts'
import type { Random } from '../../runtime/random.ts'
import type { DiskHook, DiskVerb } from './disk-gate.ts'
import type { DiskEntry } from './disk-tree.ts'

/** States that are drawn where there are too many to go through, unless told otherwise. */
export const crashSamplesDefault = 1_000
/** The process that uses the disk, in faults about locks. */
const ownPid = 1

export interface CrashDiskOptions {
  /** Operations end in a turn of it; without one in a microtask. */
  readonly clock?: Clock | undefined
  readonly hook?: DiskHook | undefined
}

export interface CrashStatesOptions {
  /** For how writes are torn, and for what is drawn. Default: always the same. */
  readonly random?: Random
  /** Default `crashSamplesDefault`. */
  readonly samples?: number
}

interface Holder {
  readonly pid: number
  isAlive: boolean
}

/**
 * A disk that begins empty. What is written is seen at once; it is safe after `sync`, a name after `syncFolder`. Until then a fall keeps it,
 * loses it or, in whole sectors, tears it, each change by itself; only the names of one file change in order. After a fall this disk does
 * nothing any more, so that a program that lives on in it harms nobody; the disks that may be found afterwards are new ones.
 */
export class CrashDisk implements DurableDisk {
  readonly #gate: DiskGate
  readonly #tree: DiskTree
  readonly #holders = new Map<DiskFolder, Holder>()

  constructor(options: CrashDiskOptions = {}, tree: DiskTree = new DiskTree()) {
    this.#gate = new DiskGate(options.clock, options.hook)
    this.#tree = tree
  }

  open(path: string, mode: OpenMode): Promise<DiskFile> {
    return this.#pass('open', path, () => {
      const file = mode === 'create' ? this.#create(path) : this.#file(path, 'open')
      return () => new CrashFile(this.#gate, file, path, mode)
    })
  }

  makeFolder(path: string): Promise<void> {
    return this.#pass('make-folder', path, () => {
      this.#tree.makeFolder(path)
      return () => {}
    })
  }

  names(path: string): Promise<string[]> {
    return this.#pass('names', path, () => () => {
      const entries = [...this.#tree.folder(path, 'list').seen]
      return entries.map(([name, entry]) => (entry instanceof DiskFolder ? `${name}/` : name)).toSorted()
    })
  }

  rename(from: string, to: string): Promise<void> {
    return this.#pass('rename', from, () => {
      const entry = this.#tree.entry(from, 'rename')
      const target = this.#tree.find(to, 'rename')
      if (target === entry) return () => {}
      if (target instanceof DiskFolder && entry instanceof LayeredFile)
        throw diskFault('rename', from, 'not-a-file')
      const isBlocked = target !== undefined && entry instanceof DiskFolder
      if (isBlocked) throw diskFault('rename', from, 'other', { reason: 'the new name is taken' })
      this.#tree.move(this.#tree.place(from, 'rename'), this.#tree.place(to, 'rename'), entry)
      return () => {}
    })
  }

  remove(path: string): Promise<void> {
    return this.#pass('remove', path, () => {
      const entry = this.#tree.entry(path, 'remove')
      this.#tree.take(this.#tree.place(path, 'remove'), entry)
      return () => {}
    })
  }

  syncFolder(path: string): Promise<void> {
    return this.#pass('sync-folder', path, () => {
      const folder = this.#tree.folder(path, 'sync the folder')
      const changes = this.#tree.changesOf(folder)
      return () => this.#tree.sync(folder, changes)
    })
  }

  lock(folder: string): Promise<DiskLock> {
    return this.#pass('lock', folder, () => {
      const holder = this.#hold(folder, ownPid)
      let released: Promise<void> | undefined
      const release = (): Promise<void> => (released ??= this.#release(folder, holder))
      return () => ({ release })
    })
  }

  /** Another process locks a folder, and holds it until it dies. @throws {Fault} `folder-locked` */
  lockElsewhere(folder: string, pid: number): { die(): void } {
    const holder = this.#hold(folder, pid)
    return { die: () => void (holder.isAlive = false) }
  }

  /** Asked before every operation. */
  set hook(hook: DiskHook | undefined) {
    this.#gate.hook = hook
  }

  /** How many operations there were, of one kind or all together, those that failed too. */
  count(op?: DiskVerb): number {
    return this.#gate.count(op)
  }

  /** Whether the machine has fallen. */
  get isHalted(): boolean {
    return this.#gate.isHalted
  }

  /** The process dies, and this disk does nothing any more. Its last state can still be looked at, cloned and let fall. */
  halt(): void {
    this.#gate.halt()
  }

  /** Another disk as this one is now, with what is not safe, but no lock, nothing open and no hook: what the next process finds. */
  clone(): CrashDisk {
    return this.#next(cloneTree(this.#tree))
  }

  /** The machine falls. @returns one of the disks that may be found afterwards, drawn at random */
  crash(random: Random): CrashDisk {
    this.halt()
    const doubts = new Doubts(this.#tree)
    return this.#next(doubts.fall(drawnFates(doubts.counts, random), random))
  }

  /** How many changes are not safe: of files and of names. */
  get pendingCount(): number {
    return new Doubts(this.#tree).counts.length
  }

  /** How many combinations there are of what may become of them. */
  get crashStateCount(): number {
    return new Doubts(this.#tree).combinations
  }

  /**
   * The disks that may be found if the machine fell now; this one goes on. Up to `enumeratedChangesMax` changes they are all combinations of
   * kept, lost and torn, torn in one way each; above, `samples` of them. Each is made when it is asked for.
   */
  *crashStates(options: CrashStatesOptions = {}): Generator<CrashDisk> {
    const { random = seededRandom('crash states'), samples = crashSamplesDefault } = options
    // As it is now: whoever goes through the states may let this disk go on.
    const doubts = new Doubts(cloneTree(this.#tree))
    for (const numbers of fateNumbers(doubts.counts, random, samples)) {
      yield this.#next(doubts.fall(numbers, random))
    }
  }

  /** All files that are seen, sorted. */
  files(): string[] {
    return [...filesIn(this.#tree.root, '')].toSorted()
  }

  /** What is seen in a file, copied. */
  contents(path: string): Uint8Array {
    return this.#file(path, 'read').seen.copy()
  }

  /** Puts bytes in the place of all that is in a file, and makes it and its folders where they are missing. All is safe at once. */
  put(path: string, bytes: Uint8Array): void {
    const file = this.#tree.find(path, 'put') ?? new LayeredFile()
    if (file instanceof DiskFolder) throw diskFault('put', path, 'not-a-file')
    file.put(bytes)
    this.#tree.makeFolder(path.slice(0, path.lastIndexOf('/')))
    putSafe(this.#tree.place(path, 'put'), file)
  }

  /** Turns one bit of a file over. What was not safe in it is. @param bit from 0, the lowest one of the first byte */
  flip(path: string, bit: number): void {
    const bytes = this.contents(path)
    const index = Math.floor(bit / 8)
    invariant(index >= 0 && index < bytes.length, 'A bit was flipped that is not in the file')
    bytes[index] = (bytes[index] ?? 0) ^ (1 << (bit % 8))
    this.#file(path, 'flip').put(bytes)
  }

  /** Cuts a file off. What was not safe in it is. */
  cut(path: string, length: number): void {
    this.#file(path, 'cut').put(this.contents(path).subarray(0, length))
  }

  #pass<T>(op: DiskVerb, path: string, begin: () => () => T): Promise<T> {
    return this.#gate.pass({ op, path, begin })
  }

  #file(path: string, attempted: string): LayeredFile {
    const entry = this.#tree.entry(path, attempted)
    if (entry instanceof DiskFolder) throw diskFault(attempted, path, 'not-a-file')
    return entry
  }

  #create(path: string): LayeredFile {
    if (this.#tree.find(path, 'open') !== undefined) throw diskFault('open', path, 'exists')
    const file = new LayeredFile()
    this.#tree.put(this.#tree.place(path, 'open'), file)
    return file
  }

  /** Its file is safe at once: no fall makes a difference to it, and so it is no doubt to go through. */
  #hold(path: string, pid: number): Holder {
    const folder = this.#tree.folder(path, 'lock')
    const other = this.#holders.get(folder)
    if (other?.isAlive === true) throw folderLocked(path, other.pid)
    const holder = { pid, isAlive: true }
    this.#holders.set(folder, holder)
    putSafe({ folder, name: 'lock' }, new LayeredFile())
    return holder
  }

  #release(path: string, holder: Holder): Promise<void> {
    return this.#pass('release', path, () => () => {
      const folder = this.#tree.find(path, 'release')
      if (!(folder instanceof DiskFolder) || this.#holders.get(folder) !== holder) return
      this.#holders.delete(folder)
      folder.seen.delete('lock')
      folder.safe.delete('lock')
    })
  }

  #next(tree: DiskTree): CrashDisk {
    return new CrashDisk({ clock: this.#gate.clock }, tree)
  }
}

function* filesIn(folder: DiskFolder, path: string): Generator<string> {
  for (const [name, entry] of folder.seen as ReadonlyMap<string, DiskEntry>) {
    if (entry instanceof DiskFolder) yield* filesIn(entry, `${path}/${name}`)
    else yield `${path}/${name}`
  }
}
