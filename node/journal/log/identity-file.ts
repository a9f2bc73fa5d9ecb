// The identity file: says in words whose journal a folder holds and in which format, so that nobody else begins to write there.
import { Fault } from '../../../runtime/fault.ts'
import { formatVersion } from './layout.ts'
import { damaged, foreign, newer, troubleOf } from './log-faults.ts'
import { writeAll } from './write-all.ts'
import type { DurableDisk } from '../../../runtime/disk.ts'
import type { LogIdentity } from './segment-header.ts'

/** Bytes of the file. */
const identityBytesMax = 65_536
const name = 'identity.json'

/**
 * Whether the folder is this node's; makes the file in a folder that has none and no segments.
 * @param hasSegments whether there are any
 * @throws {Fault} `journal-newer` `journal-foreign` `journal-damaged` `disk-failed`
 */
export async function checkIdentity(
  disk: DurableDisk,
  folder: string,
  own: LogIdentity,
  hasSegments: boolean,
): Promise<void> {
  const found = await readIdentity(disk, folder)
  if (found !== undefined) {
    if (found.cluster !== own.cluster || found.node !== own.node)
      throw foreign(`${folder}/${name}`, own, found)
    return
  }
  if (hasSegments) throw damaged(`${folder}/${name}`, 'is missing beside segments')
  await writeIdentity(disk, folder, own)
}

/** @returns undefined if there is none @throws {Fault} `journal-newer` `journal-damaged` `disk-failed` */
export async function readIdentity(disk: DurableDisk, folder: string): Promise<LogIdentity | undefined> {
  const file = `${folder}/${name}`
  const text = await readText(disk, file)
  if (text === undefined) return undefined
  const { format, cluster, node } = parsed(file, text)
  if (typeof format === 'number' && format > formatVersion) throw newer(file, format, formatVersion)
  if (format !== formatVersion || typeof cluster !== 'string' || typeof node !== 'string')
    throw damaged(file, 'does not say format, cluster and node')
  return { cluster, node }
}

async function readText(disk: DurableDisk, path: string): Promise<string | undefined> {
  try {
    const file = await disk.open(path, 'read')
    try {
      const bytes = Buffer.alloc(identityBytesMax)
      return bytes.toString('utf8', 0, await file.read(bytes, 0))
    } finally {
      await file.close()
    }
  } catch (error) {
    const trouble = troubleOf(error)
    if (trouble === 'missing') return undefined
    if (trouble === 'not-a-file') throw damaged(path, 'is no file')
    throw error
  }
}

function parsed(file: string, text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>
  } catch (error) {
    if (Fault.is(error)) throw error
  }
  throw damaged(file, 'is not JSON of an object')
}

/** Under another name first: the file is there whole or not at all. */
async function writeIdentity(disk: DurableDisk, folder: string, own: LogIdentity): Promise<void> {
  const beside = `${folder}/${name}.new`
  if ((await disk.names(folder)).includes(`${name}.new`)) await disk.remove(beside)
  const file = await disk.open(beside, 'create')
  try {
    const text = JSON.stringify({ format: formatVersion, cluster: own.cluster, node: own.node })
    await writeAll(file, Buffer.from(`${text}\n`), 0)
    await file.sync()
  } finally {
    await file.close()
  }
  await disk.rename(beside, `${folder}/${name}`)
  await disk.syncFolder(folder)
}
