// The trial of an index: one that processes do not survive is made anew from the log, and one that they close is not.
import { expect, test } from 'vitest'
import { CrashDisk } from '../../../scenarios/testing/crash-disk.ts'
import { ManualClock } from '../../../scenarios/testing/manual-clock.ts'
import { MemoryTables } from '../../../scenarios/testing/memory-table.ts'
import { openJournal } from '../../../node/journal/open-journal.ts'
import { trialMsMin, unclosedMax } from '../../../node/journal/trial.ts'
import { Writer } from '../../contracts/journal-writer.ts'
import type { DiskJournal } from '../../../node/journal/disk-journal.ts'

/** A machine on which one process after the other opens the journal. */
class Machine {
  readonly clock = new ManualClock()
  readonly #tables = new MemoryTables()
  #disk = new CrashDisk()

  open(): Promise<DiskJournal> {
    return openJournal({
      disk: this.#disk,
      table: this.#tables.open.bind(this.#tables),
      folder: 'j',
      identity: { cluster: 'c', node: 'n' },
      clock: this.clock,
      checkpointBytes: 1,
    })
  }

  /** The process is ended from outside. */
  kill(): void {
    const left = this.#disk.clone()
    this.#disk.halt()
    this.#tables.crash()
    this.#disk = left
  }
}

const isAnew = (journal: DiskJournal): boolean =>
  journal.findings.some(({ kind, text }) => kind === 'index' && text.includes('ended soon'))

test('after five processes that did not close it the index is made anew, with all records', async () => {
  const machine = new Machine()
  await (await Writer.open(await machine.open(), 'ada')).commits(3)
  for (let process = 1; process <= unclosedMax; process++) {
    machine.kill()
    const journal = await machine.open()
    expect(isAnew(journal), `process ${process + 1}`).toBe(process === unclosedMax)
    expect((await Writer.open(journal, 'ada')).found).toHaveLength(3)
  }
  // A new count has begun.
  machine.kill()
  expect(isAnew(await machine.open())).toBe(false)
})

test.each(['closed', 'open for a minute'])('a journal that was %s begins a new count', async (how) => {
  const machine = new Machine()
  let journal = await machine.open()
  await (await Writer.open(journal, 'ada')).commits(1)
  for (let process = 1; process < unclosedMax; process++) {
    machine.kill()
    journal = await machine.open()
  }
  if (how === 'closed') await journal.close()
  else await machine.clock.advance(trialMsMin)
  machine.kill()
  expect(isAnew(await machine.open())).toBe(false)
})
