// The lock of a folder: the files by which one process alone has it.
import { constants } from 'node:fs'
import { link, readdir, readFile, rename, unlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { folderLocked } from '../runtime/disk-fault.ts'
import { codeOf } from './disk-trouble.ts'
import { FolderClaim } from './folder-claim.ts'
import { isRunning, thisProcess } from './process-life.ts'
import type { DiskLock } from '../runtime/disk.ts'
import type { LockFiles } from './folder-claim.ts'

/**
 * Locks a folder until `release` or the end of the process. Nothing of it has to be safe: when the machine falls, all holders do.
 * Needs a file system with hard links.
 * @throws {Fault} `folder-locked`; what the system says stays as it is
 */
export async function lockFolder(folder: string): Promise<DiskLock> {
  const me = { ...(await thisProcess()), token: crypto.randomUUID() }
  const claim = new FolderClaim(new SystemLockFiles(folder), me, isRunning)
  const result = await claim.take()
  if (result.kind !== 'mine') throw folderLocked(folder, result.kind === 'held' ? result.pid : undefined)
  let released: Promise<void> | undefined
  return { release: () => (released ??= claim.release()) }
}

class SystemLockFiles implements LockFiles {
  readonly #folder: string

  constructor(folder: string) {
    this.#folder = folder
  }

  make(name: string, text: string): Promise<void> {
    return writeFile(this.#at(name), text, { flag: 'wx', mode: 0o600 })
  }

  /** Without waiting, should it be a pipe, and through no link. */
  read(name: string): Promise<string | undefined> {
    const flag = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW
    return unless('ENOENT', undefined, () => readFile(this.#at(name), { encoding: 'utf8', flag }))
  }

  link(from: string, to: string): Promise<boolean> {
    const linked = unless('ENOENT', false, async () => {
      await link(this.#at(from), this.#at(to))
      return true
    })
    return unless('EEXIST', false, () => linked)
  }

  rename(from: string, to: string): Promise<boolean> {
    return unless('ENOENT', false, async () => {
      await rename(this.#at(from), this.#at(to))
      return true
    })
  }

  unlink(name: string): Promise<void> {
    return unless('ENOENT', undefined, () => unlink(this.#at(name)))
  }

  names(): Promise<string[]> {
    return readdir(this.#folder)
  }

  #at(name: string): string {
    return join(this.#folder, name)
  }
}

async function unless<T, E>(code: string, instead: E, act: () => Promise<T>): Promise<T | E> {
  try {
    return await act()
  } catch (error) {
    if (codeOf(error) === code) return instead
    throw error
  }
}
