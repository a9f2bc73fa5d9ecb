// A disk: files by their paths, read and written whole or piece by piece. A contract; node/ has the real ones, the test kit one that can crash and fail.

/** Files that are read or written whole. */
export interface Disk {
  /**
   * Reads a whole file as UTF-8.
   * @throws {Fault} `file-unreadable` it is not there, no file, longer than `bytesMax` or not to be read
   */
  read(path: string, bytesMax: number): Promise<string>

  /** Adds to a file that only its owner may read; makes it and its folders where they are missing. @throws {Fault} `file-unwritable` */
  append(path: string, text: string): Promise<void>

  /** Puts a file that only its owner may read in the place of the old one, whole or not at all. @throws {Fault} `file-unwritable` */
  replace(path: string, text: string): Promise<void>

  /** The names in a folder, sorted, those of folders with a `/` at the end; empty if it cannot be read. */
  list(path: string): Promise<string[]>
}
/** How a file is opened: `read` · `write` both, it must be there · `create` both, it must not be there. */
export type OpenMode = 'read' | 'write' | 'create'

/** Why a disk could not do what it was asked; everything that is not listed is `other`. */
export type DiskTrouble = 'missing' | 'exists' | 'forbidden' | 'full' | 'read-only' | 'not-a-file' | 'other'

/** What a durable disk throws: the trouble is in `details.trouble`, one of `DiskTrouble`. Its code is `disk-failed`. */
export interface DurableDisk {
  /** Opens a file that only its owner may read. @throws {Fault} `disk-failed` */
  open(path: string, mode: OpenMode): Promise<DiskFile>
  /** Makes a folder that only its owner may enter, and those above it; one that is there stays. */
  makeFolder(path: string): Promise<void>
  /** Names in a folder, sorted, those of folders with a `/` at the end. */
  names(path: string): Promise<string[]>
  /** Gives a file another name, in the place of the one that has it. Safe after `syncFolder`. */
  rename(from: string, to: string): Promise<void>
  /** Takes a file away, or a folder with all that is in it. */
  remove(path: string): Promise<void>
  /** Makes the names in a folder safe. */
  syncFolder(path: string): Promise<void>
  /**
   * Makes this process the only one that uses a folder, until `release` or its death.
   * @throws {Fault} `folder-locked` another process that lives has it; details name its pid
   */
  lock(folder: string): Promise<DiskLock>
}

export interface DiskLock {
  release(): Promise<void>
}

export interface DiskFile {
  /** Writes at an offset and says how many bytes it has written: at least one, and not always all. The bytes are left alone meanwhile. */
  write(bytes: Uint8Array, offset: number): Promise<number>
  /** Reads from an offset into all of `into` and says how many bytes there were: fewer only at the end of the file. */
  read(into: Uint8Array, offset: number): Promise<number>
  /** Makes all that was written safe. After a failure nothing that was written since the last success is known to be safe, ever. */
  sync(): Promise<void>
  truncate(length: number): Promise<void>
  size(): Promise<number>
  close(): Promise<void>
}
