// A disk: the few files that a console reads and writes. A contract; system-disk.ts has the real one.

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
