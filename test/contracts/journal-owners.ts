// The contract of a journal: one owner writes, and finds all that was written before.
import { expect } from 'vitest'
import { recordBytesMax } from '../../runtime/journal.ts'
import { code } from './journal-given.ts'
import { appendOf, drain, keep, textOf, told, Writer } from './journal-writer.ts'
import type { Given } from './journal-given.ts'

export function owners(given: Given): void {
  given('is nobody before a claim', async (journal) => {
    for (const epoch of [0, 1, 2])
      expect(await keep(journal, appendOf('ada', epoch, 1))).toEqual(code('journal-fenced'))
    expect(await journal.read('ada', 1, 10)).toEqual([])
  })

  given('has a higher epoch than the one before, and an epoch from 1 up', async (journal) => {
    const epochs: number[] = []
    for (let round = 0; round < 5; round++) epochs.push((await Writer.open(journal, 'ada')).epoch)
    expect(epochs[0]).toBeGreaterThanOrEqual(1)
    for (let round = 1; round < 5; round++) expect(epochs[round]).toBeGreaterThan(epochs[round - 1]!)
  })

  given('may bring an epoch, which must be higher than any before', async (journal) => {
    expect((await Writer.open(journal, 'ada', 17)).epoch).toBe(17)
    await expect(Writer.open(journal, 'ada', 17)).rejects.toEqual(code('journal-fenced'))
    await expect(Writer.open(journal, 'ada', 3)).rejects.toEqual(code('journal-fenced'))
    const next = await Writer.open(journal, 'ada')
    expect(next.epoch).toBeGreaterThan(17)
    expect(await next.commit()).toBeUndefined()
  })

  given('that was refused takes nothing away from the one who is it', async (journal) => {
    const ada = await Writer.open(journal, 'ada', 5)
    await expect(Writer.open(journal, 'ada', 4)).rejects.toEqual(code('journal-fenced'))
    expect(await ada.commit()).toBeUndefined()
  })

  given('can write no more once there is another, and does no harm by trying', async (journal) => {
    const old = await Writer.open(journal, 'ada')
    await old.commits(3)
    const ada = await Writer.open(journal, 'ada')
    expect(ada.seq).toBe(3)
    expect(await old.commit()).toEqual(code('journal-fenced'))
    expect(await old.snapshot()).toEqual(code('journal-fenced'))
    expect(await ada.commit({ body: 'mine' })).toBeUndefined()
    expect(await old.commit()).toEqual(code('journal-fenced'))
    expect((await journal.read('ada', 4, 10)).map(textOf)).toEqual(['mine'])
  })

  given('is nobody when the reading of its records was ended', async (journal) => {
    const ada = await Writer.open(journal, 'ada')
    await ada.commits(3)
    const enough = (): never => {
      throw new Error('enough')
    }
    await expect(journal.recover('ada', 17, enough)).rejects.toThrow('enough')
    for (const epoch of [ada.epoch, 17])
      expect(await keep(journal, appendOf('ada', epoch, 4))).toEqual(code('journal-fenced'))
    const next = await Writer.open(journal, 'ada')
    expect(next.epoch).toBeGreaterThan(17)
    expect(next.seq).toBe(3)
  })

  given('with an epoch that nobody has claimed yet is none', async (journal) => {
    const ada = await Writer.open(journal, 'ada')
    expect(await keep(journal, appendOf('ada', ada.epoch + 1, 1))).toEqual(code('journal-fenced'))
    expect(await ada.commit()).toBeUndefined()
  })

  given('that has ended can write no more, and what it had appended before is kept', async (journal) => {
    const ada = await Writer.open(journal, 'ada')
    const before = ada.commit()
    journal.release('ada', ada.epoch)
    const after = ada.commit()
    expect(await before).toBeUndefined()
    expect(await after).toEqual(code('journal-fenced'))
    expect(await journal.read('ada', 1, 10)).toHaveLength(1)
  })

  given('does not end by the end of the one before', async (journal) => {
    const old = await Writer.open(journal, 'ada')
    const ada = await Writer.open(journal, 'ada')
    journal.release('ada', old.epoch)
    journal.release('nobody', 1)
    expect(await ada.commit()).toBeUndefined()
  })

  given('has a higher epoch also where the one before has kept nothing', async (journal) => {
    const old = await Writer.open(journal, 'ada')
    journal.release('ada', old.epoch)
    const ada = await Writer.open(journal, 'ada')
    expect(ada.epoch).toBeGreaterThan(old.epoch)
    expect(await old.commit()).toEqual(code('journal-fenced'))
    expect(await ada.commit()).toBeUndefined()
  })

  given('must give each record the next number', async (journal) => {
    const ada = await Writer.open(journal, 'ada')
    await ada.commits(2)
    for (const seq of [0, 1, 2, 4, 1_000])
      expect(await keep(journal, appendOf('ada', ada.epoch, seq))).toEqual(code('journal-conflict'))
    const early = appendOf('ada', ada.epoch, 3, { kind: 'snapshot' })
    expect(await keep(journal, early)).toEqual(code('journal-conflict'))
    expect(await ada.commit()).toBeUndefined()
    expect(told(await journal.read('ada', 1, 10))).toEqual(['commit 1', 'commit 2', 'commit 3'])
  })

  given('whose record was refused has all refused that were to follow it', async (journal) => {
    const ada = await Writer.open(journal, 'ada')
    const large = ada.commit({ body: new Uint8Array(recordBytesMax + 1) })
    const next = ada.commit()
    expect(await large).toEqual(code('record-too-large'))
    expect(await next).toEqual(code('journal-conflict'))
    expect(await keep(journal, appendOf('ada', ada.epoch, 1))).toBeUndefined()
  })

  given('has no say in the records of others', async (journal) => {
    const [a, b] = [await Writer.open(journal, 'a'), await Writer.open(journal, 'a/b')]
    await Promise.all([a.commits(3), b.commits(2)])
    expect((await Writer.open(journal, 'a')).found).toHaveLength(3)
    expect(await b.commit()).toBeUndefined()
    expect((await Writer.open(journal, 'a/b')).seq).toBe(3)
  })
}

export function recovery(given: Given): void {
  given('of one that has no records finds nothing', async (journal) => {
    const ada = await Writer.open(journal, 'ada')
    expect([ada.seq, ada.found]).toEqual([0, []])
  })

  given('finds all records in order, also those that were not safe yet', async (journal) => {
    const old = await Writer.open(journal, 'ada')
    const faults = Array.from({ length: 50 }, () => old.commit())
    const ada = await Writer.open(journal, 'ada')
    expect(await Promise.all(faults)).toEqual(Array.from({ length: 50 }, () => undefined))
    expect(ada.found.map(({ seq }) => seq)).toEqual(Array.from({ length: 50 }, (_, index) => index + 1))
    expect(ada.found.map(textOf)).toEqual(ada.found.map(({ seq }) => `ada ${seq}`))
    expect(new Set(ada.found.map(({ epoch }) => epoch))).toEqual(new Set([old.epoch]))
    expect(ada.seq).toBe(50)
  })

  given('finds thousands of records, some at a time', async (journal) => {
    const old = await Writer.open(journal, 'ada')
    await old.commits(3_000, { body: new Uint8Array(100).fill(1) })
    const ada = await Writer.open(journal, 'ada')
    expect(ada.found.map(({ seq }) => seq)).toEqual(Array.from({ length: 3_000 }, (_, index) => index + 1))
  })

  given('begins with the newest snapshot', async (journal) => {
    const old = await Writer.open(journal, 'ada')
    await old.commits(2)
    await old.snapshot({ body: 'two' })
    await old.commits(3)
    await old.snapshot({ body: 'five' })
    await old.commits(1)
    const ada = await Writer.open(journal, 'ada')
    expect(told(ada.found)).toEqual(['snapshot 5', 'commit 6'])
    expect(textOf(ada.found[0]!)).toBe('five')
    expect(ada.seq).toBe(6)
  })

  given('begins with a snapshot also where others were kept before it', async (journal) => {
    const old = await Writer.open(journal, 'ada')
    await old.commits(4)
    expect(await keep(journal, appendOf('ada', old.epoch, 3, { kind: 'snapshot' }))).toBeUndefined()
    await old.commits(1)
    expect(told(await journal.read('ada', 3, 3))).toEqual(['commit 3', 'snapshot 3', 'commit 4'])
    const ada = await Writer.open(journal, 'ada')
    expect([ada.seq, told(ada.found)]).toEqual([5, ['snapshot 3', 'commit 4', 'commit 5']])
    await ada.snapshot()
    expect(await keep(journal, appendOf('ada', ada.epoch, 4, { kind: 'snapshot' }))).toBeUndefined()
    expect(told((await Writer.open(journal, 'ada')).found)).toEqual(['snapshot 5'])
  })

  given('begins with a whole record, which has a number of its own', async (journal) => {
    const old = await Writer.open(journal, 'ada')
    await old.commits(1)
    await old.snapshot()
    await old.commit({ kind: 'whole', body: 'all' })
    expect(told((await Writer.open(journal, 'ada')).found)).toEqual(['whole 2'])
    const ada = await Writer.open(journal, 'ada')
    await ada.commits(2)
    expect(told((await Writer.open(journal, 'ada')).found)).toEqual(['whole 2', 'commit 3', 'commit 4'])
  })

  given('finds nothing from before an end, and the numbers go on', async (journal) => {
    const old = await Writer.open(journal, 'ada')
    await old.commits(2)
    await old.snapshot()
    await old.commit({ kind: 'end', body: '' })
    const ada = await Writer.open(journal, 'ada')
    expect([ada.seq, told(ada.found)]).toEqual([3, []])
    await ada.commits(2)
    const next = await Writer.open(journal, 'ada')
    expect([next.seq, told(next.found)]).toEqual([5, ['commit 4', 'commit 5']])
    expect(next.epoch).toBeGreaterThan(ada.epoch)
  })

  given('misses nothing that it needs, whatever was said not to be needed', async (journal) => {
    const old = await Writer.open(journal, 'ada')
    await old.commits(3)
    await old.commit({ keepFrom: 4 })
    expect((await journal.read('ada', 1, 10)).map(({ seq }) => seq)).toEqual([1, 2, 3, 4])
    await old.snapshot({ keepFrom: 1_000 })
    await old.commit({ keepFrom: 1_000 })
    const ada = await Writer.open(journal, 'ada')
    expect(told(ada.found)).toEqual(['snapshot 4', 'commit 5'])
    await ada.commit({ kind: 'whole', keepFrom: 6 })
    expect(told((await Writer.open(journal, 'ada')).found)).toEqual(['whole 6'])
  })

  given('ends with what is thrown while it reads', async (journal) => {
    const old = await Writer.open(journal, 'ada')
    await old.commits(1)
    const thrown = new Error('enough')
    const reading = journal.recover('ada', undefined, () => {
      throw thrown
    })
    await expect(reading).rejects.toBe(thrown)
    expect(await (await Writer.open(journal, 'ada')).commit()).toBeUndefined()
  })

  given('by two at once gives two epochs, and the higher one is the owner', async (journal) => {
    const both = await Promise.all([Writer.open(journal, 'ada'), Writer.open(journal, 'ada')])
    const [low, high] = both.toSorted((a, b) => a.epoch - b.epoch)
    expect(low!.epoch).toBeLessThan(high!.epoch)
    expect(await low!.commit()).toEqual(code('journal-fenced'))
    expect(await high!.commit()).toBeUndefined()
  })

  given(
    'by the next process finds all that was safe, and has a higher epoch',
    async (journal, { reopen }) => {
      const old = await Writer.open(journal, 'ada')
      await old.commits(3)
      await old.snapshot()
      await old.commits(1, { tags: ['t'], wakeMs: 77 })
      if (reopen === undefined) return
      await journal.close()
      const next = await reopen()
      const ada = await Writer.open(next, 'ada')
      expect(told(ada.found)).toEqual(['snapshot 3', 'commit 4'])
      expect(ada.epoch).toBeGreaterThan(old.epoch)
      expect(await keep(next, appendOf('ada', old.epoch, 5))).toEqual(code('journal-fenced'))
      expect(await ada.commit()).toBeUndefined()
      expect(told((await drain(next, { countMax: 10, tags: ['t'] })).records)).toEqual(['commit 4'])
      expect(await next.wakes(100, 10)).toEqual([{ id: 'ada', wakeMs: 77 }])
    },
  )
}
