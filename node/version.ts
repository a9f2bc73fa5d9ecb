// The version of this package, read from where it is written.
import { fileURLToPath } from 'node:url'
import type { Disk } from '../runtime/disk.ts'

const bytesMax = 1_000_000

/** The version as package.json says it; the sources lie one folder below it, the build two. */
export async function packageVersion(disk: Disk): Promise<string> {
  for (const folder of ['../', '../../']) {
    const version = await versionIn(disk, fileURLToPath(new URL(`${folder}package.json`, import.meta.url)))
    if (version !== undefined) return version
  }
  return 'unknown'
}

async function versionIn(disk: Disk, path: string): Promise<string | undefined> {
  try {
    const { name, version } = JSON.parse(await disk.read(path, bytesMax)) as Readonly<Record<string, unknown>>
    return name === 'troupe' && typeof version === 'string' ? version : undefined
  } catch {
    return undefined
  }
}
