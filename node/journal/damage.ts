// Damage: which actors cannot be proven whole, and up to where an operator has taken the loss.
import { Fault } from '../../runtime/fault.ts'
import { sealBytes, seal, unsealed } from './index/sealed.ts'
import { troubleOf } from './log/log-faults.ts'
import { writeAll } from './log/write-all.ts'
import type { Head } from './index/head.ts'
import type { DurableDisk } from '../../runtime/disk.ts'

/** The file below the journal's folder that says which loss was accepted. */
const acceptedFile = 'accepted-loss'
const acceptedBytes = sealBytes + 8

export class Damage {
  readonly #disk: DurableDisk
  readonly #folder: string
  /** Loss up to this position is accepted. */
  acceptedUntil: number
  /** Actors whose last record is at this position or before may have lost some behind it. */
  suspectUntil = 0
  /** Where those were, in words. */
  where = ''

  static async open(disk: DurableDisk, folder: string): Promise<Damage> {
    return new Damage(disk, folder, await readAccepted(disk, `${folder}/${acceptedFile}`))
  }

  private constructor(disk: DurableDisk, folder: string, acceptedUntil: number) {
    this.#disk = disk
    this.#folder = folder
    this.acceptedUntil = acceptedUntil
  }

  /** Records of anybody may have been lost up to a position. */
  suspect(until: number, where: string): void {
    if (until <= this.acceptedUntil || until <= this.suspectUntil) return
    this.suspectUntil = until
    this.where = where
  }

  /** All that is missing has been found to be somebody else's. */
  clearSuspicion(): void {
    this.suspectUntil = 0
  }

  /** Whether numbers may be missing between an actor's records. */
  isAccepted(head: Head): boolean {
    return head.brokenSeq > 0 && head.brokenPosition <= this.acceptedUntil
  }

  /** Why an actor cannot be recovered; undefined if nothing speaks against it. */
  fault(id: string, head: Head): Fault | undefined {
    if (head.brokenSeq > 0 && !this.isAccepted(head)) {
      return damaged(
        id,
        head.brokenSeq - 1,
        `record ${head.brokenSeq - 1} is missing${this.where === '' ? '' : `, ${this.where} is damaged`}`,
      )
    }
    if (this.suspectUntil === 0 || head.position > this.suspectUntil) return undefined
    return damaged(
      id,
      head.seq + 1,
      `records from ${head.seq + 1} on may be missing, ${this.where} is damaged`,
    )
  }

  /** Takes all loss up to a position, so that no opening asks again. */
  async accept(until: number): Promise<void> {
    const beside = `${this.#folder}/${acceptedFile}.new`
    const value = Buffer.alloc(acceptedBytes)
    value.writeDoubleBE(until, sealBytes)
    await this.#disk.remove(beside).catch(ignoreMissing)
    const file = await this.#disk.open(beside, 'create')
    try {
      await writeAll(file, seal(value), 0)
      await file.sync()
    } finally {
      await file.close()
    }
    await this.#disk.rename(beside, `${this.#folder}/${acceptedFile}`)
    await this.#disk.syncFolder(this.#folder)
    this.acceptedUntil = Math.max(this.acceptedUntil, until)
    if (this.suspectUntil <= this.acceptedUntil) this.clearSuspicion()
  }
}

/** @param seq the first number that is missing or cannot be read @param how how things stand */
export function damaged(id: string, seq: number, how: string, cause?: unknown): Fault {
  return new Fault('journal-damaged', `Cannot recover "${id}": ${how}`, {
    hint: 'Put the file back from a copy, or accept the loss to let the actor go on with what is left.',
    details: { id, seq },
    ...(cause === undefined ? {} : { cause }),
  })
}

export function ignoreMissing(error: unknown): void {
  if (troubleOf(error) !== 'missing') throw error
}

/** What is not to be read was not accepted: it is asked again. */
async function readAccepted(disk: DurableDisk, path: string): Promise<number> {
  try {
    const file = await disk.open(path, 'read')
    try {
      const value = Buffer.alloc(acceptedBytes)
      const bytes = await file.read(value, 0)
      return bytes === acceptedBytes ? (unsealed(value)?.readDoubleBE(sealBytes) ?? 0) : 0
    } finally {
      await file.close()
    }
  } catch (error) {
    ignoreMissing(error)
    return 0
  }
}
