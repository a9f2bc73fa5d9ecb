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

/**
 * Why a disk could not do what it was asked; everything that is not listed is `other`, such as a device that fails, a file in the place of
 * a folder, or a file that was closed. `not-a-file`: a folder, a device, a pipe, a symbolic link.
 */
export type DiskTrouble = 'missing' | 'exists' | 'forbidden' | 'full' | 'read-only' | 'not-a-file' | 'other'

/**
 * Files that are written piece by piece and outlive the machine's fall. What is not said to be safe may be lost, kept or torn by it, each
 * piece by itself and in any order; what one process has written, another one reads at once.
 *
 * All methods throw `disk-failed`; the trouble is in `details.trouble`, see `troubleOf`. Nothing is tried twice.
 */
export interface DurableDisk {
  /**
   * Opens a file. One that is made may be read by its owner only; its name is safe after `syncFolder`. A symbolic link is not followed at
   * the end of the path, only on the way there.
   * @throws {Fault} `disk-failed`
   */
  open(path: string, mode: OpenMode): Promise<DiskFile>
  /** Makes a folder that only its owner may enter, and those above it; one that is there stays. They are safe when it returns. */
  makeFolder(path: string): Promise<void>
  /** Names in a folder, sorted, those of folders with a `/` at the end. */
  names(path: string): Promise<string[]>
  /** Gives a file another name, in the place of the one that has it. Safe after `syncFolder` of the folders of both names. */
  rename(from: string, to: string): Promise<void>
  /** Takes a file away, or a folder with all that is in it; whoever has it open goes on. Safe after `syncFolder` of the folder it was in. */
  remove(path: string): Promise<void>
  /** Makes the names in a folder safe, not what is in the files. */
  syncFolder(path: string): Promise<void>
  /**
   * Makes this process the only one that uses a folder, until `release` or its death; it may do so once. The file `lock` in it says who.
   * @throws {Fault} `folder-locked` a process that lives has it, maybe this one; details name its pid
   */
  lock(folder: string): Promise<DiskLock>
}

export interface DiskLock {
  /** Lets the folder go; does nothing the second time. */
  release(): Promise<void>
}

export interface DiskFile {
  /**
   * Writes at an offset and says how many bytes it has written: at least one, and not always all; none only of none. The bytes are left
   * alone meanwhile. Beyond the end there are zeros up to the offset. After a failure some of them may have been written.
   */
  write(bytes: Uint8Array, offset: number): Promise<number>
  /** Reads from an offset into all of `into` and says how many bytes there were: fewer only at the end of the file. */
  read(into: Uint8Array, offset: number): Promise<number>
  /**
   * Makes all safe that was written before the call. After a failure nothing that was written since the last success is known to be safe,
   * ever: a later sync may succeed all the same, and has not saved it.
   */
  sync(): Promise<void>
  /** Sets the length; what is new is zeros. Safe after `sync`. */
  truncate(length: number): Promise<void>
  size(): Promise<number>
  /** Waits for what is under way, then nothing more is done. Not a sync; does nothing the second time. */
  close(): Promise<void>
}
