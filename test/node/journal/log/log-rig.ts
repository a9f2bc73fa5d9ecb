// A log rig: opens logs on a disk in memory, appends records whose bodies say what they are, and reads all of them back.
import { SystemClock } from '../../../../node/system-clock.ts'
import { Log } from '../../../../node/journal/log/log.ts'
import type { Append } from '../../../../runtime/journal.ts'
import type { DurableDisk } from '../../../../runtime/disk.ts'
import type { Fault } from '../../../../runtime/fault.ts'
import type { LogParts } from '../../../../node/journal/log/log.ts'
import type { StoredRecord } from '../../../../node/journal/log/stored-record.ts'

export const identity = { cluster: 'ours', node: 'amsterdam' }
export const folder = '/journal'

export interface Opened {
  readonly log: Log
  readonly replayed: readonly StoredRecord[]
}

export async function openLog(
  disk: DurableDisk,
  options: Partial<LogParts> & { readonly after?: number } = {},
): Promise<Opened> {
  const replayed: StoredRecord[] = []
  const { after = 0, ...parts } = options
  const log = await Log.open(
    { disk, folder, identity, clock: new SystemClock(), ...parts },
    {
      after,
      replay(records) {
        for (const record of records) replayed.push(record)
      },
    },
  )
  return { log, replayed }
}

/** Record `seq` of an actor; its body is the text `id/seq`, filled up to `bytes`. */
export function record(
  id: string,
  seq: number,
  more: Partial<Append> & { readonly bytes?: number } = {},
): Append {
  const { bytes = 0, ...fields } = more
  const body = Buffer.from(`${id}/${seq}`.padEnd(bytes, '.'))
  return { id, seq, epoch: 1, kind: 'commit', atMs: 1000 + seq, tags: [], body, ...fields }
}

/** Resolves when it is safe. @throws what it is refused with */
export function keep(log: Log, append: Append): Promise<number> {
  return new Promise((resolve, reject) => {
    const position = log.append(append, (fault) => {
      if (fault === undefined) resolve(position)
      else reject(fault)
    })
  })
}

/** The fault that it is refused with; undefined if it is safe. */
export async function outcome(log: Log, append: Append): Promise<Fault | undefined> {
  return new Promise((resolve) => void log.append(append, resolve))
}

/** Appends records one after the other, each in a group of its own. */
export async function keepEach(log: Log, appends: readonly Append[]): Promise<void> {
  for (const append of appends) await keep(log, append)
}

export function named({ id, seq }: { readonly id: string; readonly seq: number }): string {
  return `${id}/${seq}`
}

export async function readAll(log: Log, countMax: number = 1_000): Promise<StoredRecord[]> {
  const all: StoredRecord[] = []
  for (let from = 1; ;) {
    const { records, next } = await log.read(from, countMax)
    if (records.length === 0) return all
    all.push(...records)
    from = next
  }
}

export function textOf({ body }: { readonly body: Uint8Array }): string {
  return Buffer.from(body).toString().replaceAll('.', '')
}
