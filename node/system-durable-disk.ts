// The system's durable disk: files, folders and locks as they really are, and made safe by the calls of the system.
import { close, constants, fstat, fsync, open } from 'node:fs'
import { mkdir, readdir, rename, rm } from 'node:fs/promises'
import { dirname, resolve as absolute } from 'node:path'
import { diskFault } from '../runtime/disk-fault.ts'
import { Fault } from '../runtime/fault.ts'
import { systemDiskFault } from './disk-trouble.ts'
import { lockFolder } from './folder-lock.ts'
import { SystemFile } from './system-file.ts'
import type { DiskFile, DiskLock, DurableDisk, OpenMode } from '../runtime/disk.ts'

/** Only the owner may read, write and enter. */
const privateFile = 0o600
const privateFolder = 0o700

/**
 * Without waiting for the other end of a pipe, without becoming the terminal of this process, and not through a link: whoever put one in
 * the place of a file would have us write somewhere else. Links on the way there are the operator's affair.
 */
const wary = constants.O_NONBLOCK | constants.O_NOCTTY | constants.O_NOFOLLOW

const flags: Readonly<Record<OpenMode, number>> = {
  read: constants.O_RDONLY | wary,
  write: constants.O_RDWR | wary,
  create: constants.O_RDWR | constants.O_CREAT | constants.O_EXCL | wary,
}

/** The real DurableDisk. A file that is not closed stays open until the process ends. */
export class SystemDurableDisk implements DurableDisk {
  async open(path: string, mode: OpenMode): Promise<DiskFile> {
    const fd = await opened(path, flags[mode])
    const kind = await kindOf(fd, path)
    if (kind === 'file') return new SystemFile(fd, path)
    close(fd, () => {})
    throw kind === 'other' ? diskFault('open', path, 'not-a-file') : kind
  }

  async makeFolder(path: string): Promise<void> {
    // A relative path would end at `.` on its way up.
    const whole = absolute(path)
    const first = await tried('make the folder', path, () =>
      mkdir(whole, { recursive: true, mode: privateFolder }),
    )
    if (first === undefined) return
    for (let made = whole; ; made = dirname(made)) {
      await this.syncFolder(dirname(made))
      if (made === absolute(first) || made === dirname(made)) return
    }
  }

  async names(path: string): Promise<string[]> {
    const entries = await tried('list', path, () => readdir(path, { withFileTypes: true }))
    return entries.map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name)).toSorted()
  }

  rename(from: string, to: string): Promise<void> {
    return tried('rename', from, () => rename(from, to))
  }

  remove(path: string): Promise<void> {
    return tried('remove', path, () => rm(path, { recursive: true }))
  }

  async syncFolder(path: string): Promise<void> {
    const fd = await opened(path, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NONBLOCK)
    await new Promise<void>((resolve, reject) => {
      fsync(fd, (error) => {
        close(fd, () => {})
        if (error === null) resolve()
        else reject(systemDiskFault('sync the folder', path, error, 'unknown'))
      })
    })
  }

  lock(folder: string): Promise<DiskLock> {
    return tried('lock', folder, () => lockFolder(folder))
  }
}

function opened(path: string, how: number): Promise<number> {
  return new Promise((resolve, reject) => {
    open(path, how, privateFile, (error, fd) => {
      if (error === null) resolve(fd)
      else reject(systemDiskFault('open', path, error))
    })
  })
}

/** A pipe or a device opens like a file; what cannot be looked at is the fault. */
function kindOf(fd: number, path: string): Promise<'file' | 'other' | Fault> {
  return new Promise((resolve) => {
    fstat(fd, (error, stat) => {
      if (error !== null) resolve(systemDiskFault('open', path, error))
      else resolve(stat.isFile() ? 'file' : 'other')
    })
  })
}

async function tried<T>(attempted: string, path: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act()
  } catch (error) {
    throw Fault.is(error) ? error : systemDiskFault(attempted, path, error)
  }
}
