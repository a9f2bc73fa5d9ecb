// Writing all: a write may end short without an error, so it goes on from where it ended.
import { invariant } from '../../../runtime/invariant.ts'
import type { DiskFile } from '../../../runtime/disk.ts'

export async function writeAll(file: DiskFile, bytes: Uint8Array, offset: number): Promise<void> {
  let done = 0
  while (done < bytes.length) {
    const written = await file.write(done === 0 ? bytes : bytes.subarray(done), offset + done)
    invariant(written > 0, 'A disk wrote nothing and did not say why')
    done += written
  }
}
