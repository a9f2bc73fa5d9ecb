// The contract of a journal: what others than the owner read, and what is known of actors.
import { expect } from 'vitest'
import { recordsAtOnceMax } from '../../runtime/journal.ts'
import { code } from './journal-given.ts'
import { appendOf, drain, keep, told, Writer } from './journal-writer.ts'
import type { Fault } from '../../runtime/fault.ts'
import type { Given } from './journal-given.ts'

export function readers(given: Given): void {
  given(
    'finds records from a number on, no more than asked for, snapshots behind their commits',
    async (journal) => {
      const ada = await Writer.open(journal, 'ada')
      await ada.commits(2)
      await ada.snapshot()
      await ada.commits(2)
      expect(told(await journal.read('ada', 1, 10))).toEqual([
        'commit 1',
        'commit 2',
        'snapshot 2',
        'commit 3',
        'commit 4',
      ])
      expect(told(await journal.read('ada', 2, 2))).toEqual(['commit 2', 'snapshot 2'])
      expect(told(await journal.read('ada', 4, 1))).toEqual(['commit 4'])
      expect(await journal.read('ada', 5, 10)).toEqual([])
      expect(await journal.read('nobody', 1, 10)).toEqual([])
    },
  )

  given('is given no more than may be asked for', async (journal) => {
    const ada = await Writer.open(journal, 'ada')
    await ada.commits(recordsAtOnceMax + 1, { body: 'x' })
    const records = await journal.read('ada', 1, recordsAtOnceMax * 2)
    expect(records).toHaveLength(recordsAtOnceMax)
    const page = await journal.feed(1, { countMax: recordsAtOnceMax * 2 })
    expect(page.records.length).toBeLessThanOrEqual(recordsAtOnceMax)
    const all = await drain(journal, { countMax: recordsAtOnceMax * 2 })
    expect(all.records).toHaveLength(recordsAtOnceMax + 1)
  })

  given('does not become the owner', async (journal) => {
    const ada = await Writer.open(journal, 'ada')
    await ada.commits(1)
    await journal.read('ada', 1, 10)
    await journal.feed(1, { countMax: 10 })
    await journal.heads(undefined, 10)
    expect(await ada.commit()).toBeUndefined()
  })
}

export function feeds(given: Given): void {
  given(
    'of all actors is given each record once, page by page, and goes on where it was',
    async (journal) => {
      const [a, b] = [await Writer.open(journal, 'a'), await Writer.open(journal, 'b')]
      for (let round = 0; round < 5; round++) {
        await a.commit()
        await b.commit()
      }
      const first = await drain(journal, { countMax: 3 })
      expect(first.records.map(({ id, seq }) => `${id}${seq}`)).toEqual(
        [1, 2, 3, 4, 5].flatMap((seq) => [`a${seq}`, `b${seq}`]),
      )
      expect(first.pages).toBeGreaterThanOrEqual(4)
      await a.commit()
      const next = await drain(journal, { countMax: 3 }, first.next)
      expect(told(next.records)).toEqual(['commit 6'])
      expect(next.next).toBe(next.records[0]!.position + 1)
      expect(await journal.feed(next.next, { countMax: 3 })).toEqual({ records: [], next: next.next })
    },
  )

  given('of an empty journal is given nothing', async (journal) => {
    expect(await journal.feed(1, { countMax: 10 })).toEqual({ records: [], next: 1 })
  })

  given('of tags is given those that have one of them', async (journal) => {
    const ada = await Writer.open(journal, 'ada')
    for (const tags of [['a'], [], ['b', 'a'], ['c'], ['b']]) await ada.commit({ tags })
    const of = async (...tags: string[]): Promise<string[]> =>
      told((await drain(journal, { countMax: 2, tags })).records)
    expect(await of('a')).toEqual(['commit 1', 'commit 3'])
    expect(await of('a', 'b')).toEqual(['commit 1', 'commit 3', 'commit 5'])
    expect(await of('d')).toEqual([])
    expect(await of('toString')).toEqual([])
  })

  given('hears of an end, and of what came after it', async (journal) => {
    const ada = await Writer.open(journal, 'ada')
    await ada.commit()
    await ada.commit({ kind: 'end' })
    await ada.commit({ tags: ['new'] })
    const { records } = await drain(journal, { countMax: 10 })
    expect(told(records).slice(-2)).toEqual(['end 2', 'commit 3'])
    expect(told((await drain(journal, { countMax: 10, tags: ['new'] })).records)).toEqual(['commit 3'])
  })
}

export function tips(given: Given): void {
  given('is 1 at first, and lies behind the last record that is safe', async (journal) => {
    expect(journal.tip).toBe(1)
    const ada = await Writer.open(journal, 'ada')
    await ada.commits(3)
    const { records } = await drain(journal, { countMax: 10 })
    expect(journal.tip).toBe(records.at(-1)!.position + 1)
    expect((await journal.feed(1, { countMax: 100 })).next).toBe(journal.tip)
  })

  given('is told whenever it has risen, until that is ended', async (journal) => {
    const heard: number[] = []
    const risen = Promise.withResolvers<void>()
    const end = journal.onTip(() => {
      heard.push(journal.tip)
      if (journal.tip > 20) risen.resolve()
    })
    const ada = await Writer.open(journal, 'ada')
    expect(heard).toEqual([])
    await ada.commits(20)
    await risen.promise
    expect(heard.at(-1)).toBe(journal.tip)
    expect(heard).toEqual([...new Set(heard)].toSorted((one, other) => one - other))
    end()
    const count = heard.length
    const other = Promise.withResolvers<void>()
    journal.onTip(() => other.resolve())
    await ada.commit()
    await other.promise
    expect(heard).toHaveLength(count)
  })

  given('does not rise by what is refused', async (journal) => {
    const ada = await Writer.open(journal, 'ada')
    await ada.commit()
    const { tip } = journal
    await keep(journal, appendOf('ada', ada.epoch, 9))
    await keep(journal, appendOf('ada', ada.epoch + 9, 2))
    expect(journal.tip).toBe(tip)
  })
}

export function heads(given: Given): void {
  given('is in the order of their names, page by page', async (journal) => {
    for (const id of ['b/c', 'a', 'B', 'b', 'b-1', 'b/a']) await (await Writer.open(journal, id)).commit()
    await Writer.open(journal, 'silent')
    const names: string[] = []
    for (let after: string | undefined; ; after = names.at(-1)) {
      const page = await journal.heads(after, 2)
      expect(page.length).toBeLessThanOrEqual(2)
      if (page.length === 0) break
      names.push(...page.map(({ id }) => id))
    }
    expect(names).toEqual(['B', 'a', 'b', 'b-1', 'b/a', 'b/c'])
    expect((await journal.heads('b', 10)).map(({ id }) => id)).toEqual(['b-1', 'b/a', 'b/c'])
    expect((await journal.heads('b0', 10)).map(({ id }) => id)).toEqual([])
  })

  given('is what was appended last', async (journal) => {
    const ada = await Writer.open(journal, 'ada')
    await ada.commits(2, { atMs: 10 })
    const [first] = await journal.heads(undefined, 10)
    expect(first).toEqual({
      id: 'ada',
      firstSeq: 1,
      seq: 2,
      epoch: ada.epoch,
      atMs: 10,
      snapshotSeq: 0,
      isEnded: false,
      wakeMs: Infinity,
    })
    await ada.snapshot({ atMs: 20 })
    await ada.commit({ atMs: 30, wakeMs: 1_000 })
    expect(await journal.heads(undefined, 10)).toEqual([
      { ...first, seq: 3, snapshotSeq: 2, atMs: 30, wakeMs: 1_000 },
    ])
    await ada.commit({ kind: 'whole' })
    expect((await journal.heads(undefined, 10))[0]).toMatchObject({ seq: 4, snapshotSeq: 4 })
    await ada.commit({ kind: 'end' })
    expect((await journal.heads(undefined, 10))[0]).toMatchObject({
      seq: 5,
      snapshotSeq: 0,
      isEnded: true,
      wakeMs: Infinity,
    })
    await ada.commit()
    expect((await journal.heads(undefined, 10))[0]).toMatchObject({ seq: 6, isEnded: false })
  })

  given('names those who have to be awake, the earliest first, as it was said last', async (journal) => {
    const wake = async (id: string, ...times: (number | undefined)[]): Promise<void> => {
      const writer = await Writer.open(journal, id)
      for (const wakeMs of times) await writer.commit({ wakeMs })
    }
    await wake('a', 300, undefined)
    await wake('b', 100)
    await wake('c', 500)
    await wake('d', 50, Infinity)
    await wake('e', 10, 0)
    await wake('f', undefined)
    await wake('g', 900, 200)
    const of = async (untilMs: number, countMax: number): Promise<string[]> =>
      (await journal.wakes(untilMs, countMax)).map(({ id, wakeMs }) => `${id} ${wakeMs}`)
    expect(await of(499, 10)).toEqual(['e 0', 'b 100', 'g 200', 'a 300'])
    expect(await of(499, 2)).toEqual(['e 0', 'b 100'])
    expect(await of(500, 10)).toContain('c 500')
    expect(await of(-1, 10)).toEqual([])
    const b = await Writer.open(journal, 'b')
    await b.commit({ kind: 'end' })
    expect(await of(150, 10)).toEqual(['e 0'])
  })

  given('keeps its wake through snapshots that say nothing of it', async (journal) => {
    const ada = await Writer.open(journal, 'ada')
    await ada.commit({ wakeMs: 5 })
    await ada.snapshot()
    expect(await journal.wakes(10, 10)).toEqual([{ id: 'ada', wakeMs: 5 }])
    await ada.snapshot({ wakeMs: Infinity })
    expect(await journal.wakes(10, 10)).toEqual([])
  })
}

export function ends(given: Given): void {
  given('waits for what was appended', async (journal, { reopen }) => {
    const ada = await Writer.open(journal, 'ada')
    const answered: (Fault | undefined)[] = []
    for (let count = 0; count < 20; count++) journal.append(ada.next(), (fault) => void answered.push(fault))
    await journal.close()
    expect(answered).toEqual(Array.from({ length: 20 }, () => undefined))
    const next = await reopen?.()
    if (next !== undefined) expect((await Writer.open(next, 'ada')).seq).toBe(20)
  })

  given('lets nothing follow, and may be asked for again', async (journal) => {
    const ada = await Writer.open(journal, 'ada')
    await journal.close()
    await journal.close()
    expect(await ada.commit()).toEqual(code('journal-closed'))
    journal.release('ada', ada.epoch)
    const closed = code('journal-closed')
    await expect(Writer.open(journal, 'ada')).rejects.toEqual(closed)
    await expect(journal.read('ada', 1, 1)).rejects.toEqual(closed)
    await expect(journal.feed(1, { countMax: 1 })).rejects.toEqual(closed)
    await expect(journal.heads(undefined, 1)).rejects.toEqual(closed)
    await expect(journal.wakes(1, 1)).rejects.toEqual(closed)
  })
}
