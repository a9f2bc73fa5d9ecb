// The faults of a durable disk: what was tried with which path, and what stood against it.
import { escapeText } from './escape.ts'
import { Fault } from './fault.ts'
import type { DiskTrouble } from './disk.ts'
import type { FaultOutcome } from './fault.ts'

export interface DiskFaultOptions {
  /** How things stood; default is what the trouble says. */
  readonly reason?: string
  /** More values behind the message. */
  readonly details?: Readonly<Record<string, unknown>>
  readonly cause?: unknown
  /** Default `known`. */
  readonly outcome?: FaultOutcome
}

const reasons: Readonly<Record<DiskTrouble, string>> = {
  missing: 'it is not there',
  exists: 'it is there already',
  forbidden: 'this user may not',
  full: 'the disk, or what may be used of it, is full',
  'read-only': 'the file system is read-only',
  'not-a-file': 'it is no regular file',
  other: 'the disk failed',
}

const hints: Readonly<Record<DiskTrouble, string>> = {
  missing: 'Check the path.',
  exists: 'Move it away, or choose another path.',
  forbidden: 'Check who owns it and who may read and write it.',
  full: 'Make room on the disk, or raise the quota or the limit of file sizes.',
  'read-only': 'Mount the file system for writing, after looking why it is not.',
  'not-a-file': 'Put a regular file in its place, or choose another path.',
  other: 'Look at the code in the details, and into the log of the system for failures of the disk.',
}

/** @param attempted the verb of the message: `write` */
export function diskFault(
  attempted: string,
  path: string,
  trouble: DiskTrouble,
  options: DiskFaultOptions = {},
): Fault {
  const { reason = reasons[trouble], details, outcome } = options
  return new Fault('disk-failed', `Cannot ${attempted} "${escapeText(path, 300)}": ${reason}`, {
    hint: hints[trouble],
    details: { ...details, trouble, path },
    outcome,
    ...('cause' in options ? { cause: options.cause } : {}),
  })
}

/** The trouble of a `disk-failed`; undefined for everything else. */
export function troubleOf(error: unknown): DiskTrouble | undefined {
  if (!Fault.is(error) || error.code !== 'disk-failed') return undefined
  const trouble = error.details?.['trouble']
  return isTrouble(trouble) ? trouble : undefined
}

/** @param pid of the process that has it; undefined where several take it at this moment */
export function folderLocked(folder: string, pid: number | undefined): Fault {
  const shown = escapeText(folder, 300)
  const holder = pid === undefined ? 'other processes are about to take it' : `process ${pid} has it`
  return new Fault('folder-locked', `Cannot lock "${shown}": ${holder}`, {
    hint:
      pid === undefined
        ? 'Try again, and start one process only.'
        : `Stop process ${pid}, or choose another folder; if it is no process of Troupe, remove the file "lock".`,
    details: pid === undefined ? { folder } : { folder, pid },
  })
}

function isTrouble(value: unknown): value is DiskTrouble {
  return typeof value === 'string' && Object.hasOwn(reasons, value)
}
