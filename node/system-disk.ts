// The system disk: files as they really are.
import { constants } from 'node:fs'
import { appendFile, mkdir, open, readdir, rename, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { escapeText } from '../runtime/escape.ts'
import { Fault } from '../runtime/fault.ts'
import type { Disk } from '../runtime/disk.ts'

/** Only the owner may read and write. */
const privateFile = 0o600
const privateFolder = 0o700

/** The real Disk. */
export class SystemDisk implements Disk {
  async read(path: string, bytesMax: number): Promise<string> {
    try {
      // Without waiting for a writer, should it be a pipe.
      await using file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK)
      const stat = await file.stat()
      if (!stat.isFile()) throw unreadable(path, 'it is no file')
      const bytes = Buffer.alloc(Math.min(stat.size, bytesMax) + 1)
      const { bytesRead } = await file.read(bytes, 0, bytes.length, 0)
      if (bytesRead > bytesMax) throw unreadable(path, `it has more than ${bytesMax} bytes`)
      return bytes.toString('utf8', 0, bytesRead)
    } catch (error) {
      throw Fault.is(error) ? error : unreadable(path, reasonOf(error))
    }
  }

  append(path: string, text: string): Promise<void> {
    return written(path, async () => {
      await mkdir(dirname(path), { recursive: true, mode: privateFolder })
      await appendFile(path, text, { mode: privateFile })
    })
  }

  replace(path: string, text: string): Promise<void> {
    return written(path, async () => {
      await mkdir(dirname(path), { recursive: true, mode: privateFolder })
      const beside = `${path}.${process.pid}`
      await writeFile(beside, text, { mode: privateFile })
      await rename(beside, path)
    })
  }

  async list(path: string): Promise<string[]> {
    try {
      const entries = await readdir(path, { withFileTypes: true })
      return entries.map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name)).toSorted()
    } catch {
      return []
    }
  }
}

async function written(path: string, write: () => Promise<void>): Promise<void> {
  try {
    await write()
  } catch (error) {
    throw new Fault('file-unwritable', `Cannot write "${escapeText(path, 300)}": ${reasonOf(error)}`, {
      hint: 'Check its folder and who may write there.',
      cause: error,
    })
  }
}

function unreadable(path: string, reason: string): Fault {
  return new Fault('file-unreadable', `Cannot read "${escapeText(path, 300)}": ${reason}`, {
    hint: 'Check its path and who may read it.',
  })
}

function reasonOf(error: unknown): string {
  const { code } = Object(error) as { readonly code?: unknown }
  switch (code) {
    case 'ENOENT':
      return 'it is not there'
    case 'EACCES':
    case 'EPERM':
      return 'this user may not'
    case 'EISDIR':
      return 'it is a folder'
    case 'ENOSPC':
      return 'the disk is full'
    default:
      return typeof code === 'string' ? code : 'it failed'
  }
}
