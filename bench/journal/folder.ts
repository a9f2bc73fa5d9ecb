// A temporary folder: where a peer writes, gone when its process ends.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Makes one in the system's folder for such things, which has to be on a disk: in memory a sync costs nothing. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'troupe-bench-'))
  // LevelDB's own thread may still make files meanwhile.
  process.once('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 10 }))
  return folder
}
