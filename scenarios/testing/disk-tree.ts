// A tree of folders and files in memory: the names that are safe, those that are seen, and the changes between the two.
import { diskFault } from '../../runtime/disk-fault.ts'
import { LayeredFile } from './layered-file.ts'

/** Its own changes are those of its names. */
export class DiskFolder {
  readonly seen = new Map<string, DiskEntry>()
  readonly safe = new Map<string, DiskEntry>()
}

export type DiskEntry = DiskFolder | LayeredFile

export interface Place {
  readonly folder: DiskFolder
  readonly name: string
}

/** A name that comes, goes, or both at once. It is safe when all folders it touches are. */
export interface NameChange {
  readonly entry: DiskEntry
  readonly from?: Place
  readonly to?: Place
  readonly unsafe: Set<DiskFolder>
}

/** Paths are absolute; `.` and `..` mean nothing here. */
export class DiskTree {
  readonly root: DiskFolder
  readonly changes: NameChange[]

  constructor(root: DiskFolder = new DiskFolder(), changes: NameChange[] = []) {
    this.root = root
    this.changes = changes
  }

  /** @throws {Fault} `disk-failed` a file is in the place of a folder */
  find(path: string, attempted: string): DiskEntry | undefined {
    let entry: DiskEntry | undefined = this.root
    for (const name of namesOf(path)) {
      if (entry === undefined) return undefined
      if (entry instanceof LayeredFile) throw blocked(attempted, path)
      entry = entry.seen.get(name)
    }
    return entry
  }

  /** @throws {Fault} `disk-failed` it is not there */
  entry(path: string, attempted: string): DiskEntry {
    const entry = this.find(path, attempted)
    if (entry === undefined) throw diskFault(attempted, path, 'missing')
    return entry
  }

  /** @throws {Fault} `disk-failed` it is not there, or a file */
  folder(path: string, attempted: string): DiskFolder {
    const entry = this.entry(path, attempted)
    if (entry instanceof LayeredFile) throw blocked(attempted, path)
    return entry
  }

  /** Where a name stands or would. @throws {Fault} `disk-failed` its folder is not there, or a file */
  place(path: string, attempted: string): Place {
    const names = namesOf(path)
    const name = names.pop()
    if (name === undefined) throw diskFault(attempted, path, 'other', { reason: 'it is the root' })
    return { folder: this.folder(`/${names.join('/')}`, attempted), name }
  }

  /** Makes a folder and those above it, safe at once. */
  makeFolder(path: string): void {
    let folder = this.root
    const names = namesOf(path)
    for (const [index, name] of names.entries()) {
      const entry: DiskEntry = folder.seen.get(name) ?? new DiskFolder()
      if (entry instanceof LayeredFile) {
        const isLast = index === names.length - 1
        throw isLast ? diskFault('make the folder', path, 'exists') : blocked('make the folder', path)
      }
      if (!folder.seen.has(name)) putSafe({ folder, name }, entry)
      folder = entry
    }
  }

  put(to: Place, entry: DiskEntry): void {
    to.folder.seen.set(to.name, entry)
    this.changes.push({ entry, to, unsafe: new Set([to.folder]) })
  }

  move(from: Place, to: Place, entry: DiskEntry): void {
    from.folder.seen.delete(from.name)
    to.folder.seen.set(to.name, entry)
    this.changes.push({ entry, from, to, unsafe: new Set([from.folder, to.folder]) })
  }

  /** With all that is in it, one name after the other. */
  take(from: Place, entry: DiskEntry): void {
    if (entry instanceof DiskFolder) {
      for (const [name, inner] of entry.seen) this.take({ folder: entry, name }, inner)
    }
    from.folder.seen.delete(from.name)
    this.changes.push({ entry, from, unsafe: new Set([from.folder]) })
  }

  /** Those changes of a folder's names that a sync which begins now makes safe. */
  changesOf(folder: DiskFolder): NameChange[] {
    return this.changes.filter(({ unsafe }) => unsafe.has(folder))
  }

  sync(folder: DiskFolder, changes: readonly NameChange[]): void {
    for (const change of changes) {
      change.unsafe.delete(folder)
      const index = change.unsafe.size > 0 ? -1 : this.changes.indexOf(change)
      if (index === -1) continue
      this.changes.splice(index, 1)
      keepChange(change)
    }
  }
}

/** Gives a name that is safe at once. */
export function putSafe({ folder, name }: Place, entry: DiskEntry): void {
  folder.seen.set(name, entry)
  folder.safe.set(name, entry)
}

/** Makes a change of names safe. @param of gives what stands for an entry there, if that is another tree */
export function keepChange(
  { entry, from, to }: NameChange,
  of: <E extends DiskEntry>(entry: E) => E = same,
): void {
  const kept = of(entry)
  const left = from === undefined ? undefined : of(from.folder).safe
  // The name may stand for something else again.
  if (from !== undefined && left?.get(from.name) === kept) left.delete(from.name)
  if (to !== undefined) of(to.folder).safe.set(to.name, kept)
}

export function namesOf(path: string): string[] {
  return path.split('/').filter((name) => name !== '')
}

function same<E>(entry: E): E {
  return entry
}

function blocked(attempted: string, path: string): Error {
  return diskFault(attempted, path, 'other', { reason: 'a file is in the place of a folder' })
}
