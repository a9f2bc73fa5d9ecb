// A passphrase file: where a passphrase that was made is put, so that its owner alone can read it.
import { makePassphrase } from './passphrase.ts'
import type { DurableDisk } from '../../runtime/disk.ts'

/** Makes a passphrase and keeps it in a file that is not there yet, safe when it returns. @throws {Fault} `disk-failed` */
export async function writePassphrase(path: string, disk: DurableDisk): Promise<string> {
  const passphrase = makePassphrase()
  const bytes = new TextEncoder().encode(`${passphrase}\n`)
  const file = await disk.open(path, 'create')
  try {
    for (let at = 0; at < bytes.byteLength;) at += await file.write(bytes.subarray(at), at)
    await file.sync()
  } finally {
    await file.close()
  }
  await disk.syncFolder(path.replace(/\/?[^/]*$/, '') || (path.startsWith('/') ? '/' : '.'))
  return passphrase
}
