// The trouble of a system call with a disk: the codes of the system in the words of the contract.
import { constants } from 'node:os'
import { diskFault } from '../runtime/disk-fault.ts'
import type { DiskTrouble } from '../runtime/disk.ts'
import type { Fault, FaultOutcome } from '../runtime/fault.ts'

/** By the names that Node.js gives the errors. What is not here is `other`. */
const troubles: ReadonlyMap<string, DiskTrouble> = new Map([
  ['ENOENT', 'missing'],
  ['EEXIST', 'exists'],
  ['EACCES', 'forbidden'],
  ['EPERM', 'forbidden'],
  ['ENOSPC', 'full'],
  ['EDQUOT', 'full'],
  ['EFBIG', 'full'],
  ['EROFS', 'read-only'],
  ['EISDIR', 'not-a-file'],
  // A symbolic link that is not followed, and a socket, which cannot be opened.
  ['ELOOP', 'not-a-file'],
  ['ENXIO', 'not-a-file'],
])

/** Makes the fault of what a system call threw. @param attempted the verb of the message: `write` */
export function systemDiskFault(
  attempted: string,
  path: string,
  error: unknown,
  outcome: FaultOutcome = 'known',
): Fault {
  const code = codeOf(error) ?? 'unknown'
  const trouble = troubles.get(code) ?? 'other'
  return diskFault(attempted, path, trouble, {
    ...(trouble === 'other' ? { reason: `the system says ${code}` } : {}),
    details: { code },
    cause: error,
    outcome,
  })
}

/** The code of a system error: `ENOENT`. */
export function codeOf(error: unknown): string | undefined {
  const { code, errno } = Object(error) as { readonly code?: unknown; readonly errno?: unknown }
  // Node.js has no name for a quota that is used up.
  if (errno === -constants.errno.EDQUOT) return 'EDQUOT'
  return typeof code === 'string' ? code : undefined
}
