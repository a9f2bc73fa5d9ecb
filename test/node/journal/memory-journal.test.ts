// Tests of the memory journal: the contract, what it holds at most, and what tests can make it do.
import { describe, expect, test } from 'vitest'
import { appendOf, keep, told, Writer } from '../../contracts/journal-writer.ts'
import { Fault } from '../../../runtime/fault.ts'
import { ManualClock } from '../../../scenarios/testing/manual-clock.ts'
import { MemoryJournal } from '../../../node/journal/memory-journal.ts'
import { SystemClock } from '../../../node/system-clock.ts'
import { testJournal, testJournalTip } from '../../contracts/journal.ts'
import type { OpenJournal } from '../../contracts/journal-given.ts'

for (const [name, clock] of [
  ['in memory, on a manual clock', () => new ManualClock()],
  ['in memory, on the real one', () => new SystemClock()],
] as const) {
  const make = async (): Promise<OpenJournal> => {
    const journal = new MemoryJournal(clock())
    return {
      journal,
      reopen: async () => {
        journal.reboot()
        return journal
      },
      end: () => journal.close(),
    }
  }
  testJournal(name, make)
  testJournalTip(name, make)
}

function code(expected: string, outcome: string = 'known'): unknown {
  return expect.objectContaining({ code: expected, outcome })
}

const torn = new Fault('journal-failed', 'Cannot keep it: the disk is gone', {
  hint: 'Mend it.',
  outcome: 'unknown',
})
const busy = new Fault('journal-busy', 'Cannot keep it: too much waits', { hint: 'Wait.' })

describe('what it holds', () => {
  test('is bounded; what is dropped, and an end, make room', async () => {
    const journal = new MemoryJournal(new ManualClock(), { bytesMax: 10_000 })
    const ada = await Writer.open(journal, 'ada')
    const body = new Uint8Array(3_000)
    await ada.commits(3, { body })
    expect(await ada.commit({ body })).toEqual(code('journal-full'))
    expect(journal.bytes).toBeLessThanOrEqual(10_000)
    const next = await Writer.open(journal, 'ada')
    expect(await next.snapshot({ keepFrom: 4 })).toBeUndefined()
    expect(told(await journal.read('ada', 1, 10))).toEqual(['commit 3', 'snapshot 3'])
    await next.commits(1, { body })
    expect(await next.commit({ kind: 'end', body: '' })).toBeUndefined()
    expect(journal.bytes).toBeLessThan(1_000)
  })

  test('is bounded also while nothing becomes safe', async () => {
    const journal = new MemoryJournal(new ManualClock(), { bytesMax: 10_000 })
    const ada = await Writer.open(journal, 'ada')
    journal.hold()
    const kept = Array.from({ length: 5 }, () => ada.commit({ body: new Uint8Array(3_000) }))
    journal.letGo()
    expect((await Promise.all(kept)).map((fault) => fault?.code)).toEqual([
      undefined,
      undefined,
      undefined,
      'journal-full',
      'journal-full',
    ])
  })

  test('tells from which number on records are kept', async () => {
    const journal = new MemoryJournal(new ManualClock())
    const ada = await Writer.open(journal, 'ada')
    await ada.commits(5)
    await ada.snapshot({ keepFrom: 4 })
    expect(await journal.heads(undefined, 1)).toMatchObject([{ firstSeq: 4, seq: 5, snapshotSeq: 5 }])
    await ada.commit({ kind: 'end' })
    expect(told(await journal.read('ada', 1, 10))).toEqual(['end 6'])
  })
})

describe('a test', () => {
  test('can hold back what was appended, and all that comes after it', async () => {
    const clock = new ManualClock()
    const journal = new MemoryJournal(clock)
    const ada = await Writer.open(journal, 'ada')
    journal.hold()
    const heard: string[] = []
    const kept = ada.commit().then(() => void heard.push('kept'))
    const claimed = Writer.open(journal, 'ada').then(() => void heard.push('claimed'))
    await clock.settle()
    expect([heard, await journal.read('ada', 1, 10)]).toEqual([[], []])
    journal.letGo()
    await Promise.all([kept, claimed])
    expect(heard).toEqual(['kept', 'claimed'])
    expect(await journal.read('ada', 1, 10)).toHaveLength(1)
  })

  test('can let an append fail, and only recovery tells whether it was kept', async () => {
    for (const isKept of [true, false]) {
      const journal = new MemoryJournal(new ManualClock())
      const ada = await Writer.open(journal, 'ada')
      journal.failNext(torn, isKept)
      const [first, second] = await Promise.all([ada.commit(), ada.commit()])
      expect(first).toEqual(code('journal-failed', 'unknown'))
      expect(second).toEqual(code('journal-fenced'))
      expect(await keep(journal, appendOf('ada', ada.epoch, 1))).toEqual(code('journal-fenced'))
      const next = await Writer.open(journal, 'ada')
      expect(next.seq).toBe(isKept ? 1 : 0)
      expect(await next.commit()).toBeUndefined()
    }
  })

  test('can let an append be refused: then nothing was kept, and the owner is still it', async () => {
    const journal = new MemoryJournal(new ManualClock())
    const ada = await Writer.open(journal, 'ada')
    journal.failNext(busy, true)
    expect(await ada.commit()).toEqual(code('journal-busy'))
    expect(await keep(journal, appendOf('ada', ada.epoch, 1))).toBeUndefined()
  })

  test('can let the process die: what was not safe is gone, nobody is answered, and epochs go on', async () => {
    const clock = new ManualClock()
    const journal = new MemoryJournal(clock)
    const old = await Writer.open(journal, 'ada')
    await old.commits(2)
    journal.hold()
    const heard: string[] = []
    journal.append(old.next(), () => void heard.push('answered'))
    void Writer.open(journal, 'ada').then(() => void heard.push('claimed'))
    journal.reboot()
    expect(await keep(journal, appendOf('ada', old.epoch, 3))).toEqual(code('journal-fenced'))
    const ada = await Writer.open(journal, 'ada')
    expect(ada.seq).toBe(2)
    expect(ada.epoch).toBeGreaterThan(old.epoch)
    await clock.settle()
    expect(heard).toEqual([])
  })

  test('loses no answer by an answer that throws', async () => {
    const clock = new ManualClock()
    const thrown: unknown[] = []
    const journal = new MemoryJournal({
      now: () => clock.now(),
      wall: () => clock.wall(),
      alarm: (atMs, run) => clock.alarm(atMs, run),
      soon: (run) => clock.soon(run),
      later: (run) =>
        clock.later(() => {
          try {
            run()
          } catch (error) {
            thrown.push(error)
          }
        }),
    })
    const ada = await Writer.open(journal, 'ada')
    const error = new Error('stumbled')
    journal.append(ada.next(), () => {
      throw error
    })
    expect(await ada.commit()).toBeUndefined()
    expect(thrown).toEqual([error])
  })
})
