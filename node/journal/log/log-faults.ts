// The faults of the log: why it does not open, and what becomes of records that could not be made safe.
import { Fault } from '../../../runtime/fault.ts'
import { journalWaitingBytesMax } from './layout.ts'
import type { DiskTrouble } from '../../../runtime/disk.ts'
import type { LogIdentity } from './segment-header.ts'

/** @param file the file that says so */
export function newer(file: string, version: number, known: number): Fault {
  return new Fault(
    'journal-newer',
    `Cannot open the journal: "${file}" has format version ${version}, this program reads up to ${known}`,
    {
      hint: 'Start the version of the program that wrote it, or a newer one.',
      details: { file, version, known },
    },
  )
}

/** @param found whose it is, as far as that is known */
export function foreign(file: string, own: LogIdentity, found: Partial<LogIdentity>): Fault {
  const whose =
    found.cluster === undefined ? 'another node' : `node "${found.node}" of cluster "${found.cluster}"`
  return new Fault(
    'journal-foreign',
    `Cannot open the journal as node "${own.node}" of cluster "${own.cluster}": "${file}" belongs to ${whose}`,
    {
      hint: 'Give this node a folder of its own, or start it under the name that the journal has.',
      details: { file, ...found },
    },
  )
}

/** @param how what is wrong with it */
export function damaged(file: string, how: string): Fault {
  return new Fault('journal-damaged', `Cannot open the journal: "${file}" ${how}`, {
    hint: 'Put the file back from a copy, or move the folder away and begin with an empty one.',
    details: { file },
  })
}

export function busy(attempt: string, waitingBytes: number): Fault {
  return new Fault(
    'journal-busy',
    `Cannot ${attempt}: ${waitingBytes} of ${journalWaitingBytesMax} bytes wait for the disk`,
    {
      hint: 'Try again when records before it are safe, and wait for each `persist`.',
      details: { waitingBytes },
    },
  )
}

/** @param file that was written when the disk was full */
export function full(file: string, cause: unknown): Fault {
  return new Fault('journal-full', `Cannot keep records in "${file}": the disk is full, nothing was kept`, {
    hint: 'Make room on the disk, or compact the journal, and try again.',
    details: { file },
    cause,
  })
}

/** Of records that were on their way: they may come back when the log is opened again. */
export function failed(file: string, cause: unknown): Fault {
  return new Fault('journal-failed', `Cannot keep records in "${file}": the disk did not make them safe`, {
    hint: 'Recover the actor to learn what was kept, and look after the disk.',
    details: { file },
    cause,
    outcome: 'unknown',
  })
}

/** Of records that came after the log had failed for good. */
export function failedBefore(file: string, cause: unknown): Fault {
  return new Fault(
    'journal-failed',
    `Cannot keep records: the journal has failed at "${file}" and no new file could be begun`,
    { hint: 'Look after the disk, then start the node again.', details: { file }, cause },
  )
}

/** What kind of trouble a disk had. */
export function troubleOf(error: unknown): DiskTrouble {
  const trouble = Fault.is(error) ? error.details?.['trouble'] : undefined
  return typeof trouble === 'string' ? (trouble as DiskTrouble) : 'other'
}
