// The contract of a journal: what is appended is kept or refused, and answered.
import { expect } from 'vitest'
import { recordBytesMax, recordTagsMax } from '../../runtime/journal.ts'
import { code } from './journal-given.ts'
import { appendOf, drain, keep, textOf, Writer } from './journal-writer.ts'
import type { Fault } from '../../runtime/fault.ts'
import type { Given } from './journal-given.ts'

export function appends(given: Given): void {
  given('is read as it was written, with its number and its tags', async (journal) => {
    const ada = await Writer.open(journal, 'bank/ada')
    const body = new Uint8Array([0, 255, 1, 128])
    expect(await ada.commit({ body, tags: ['money', 'Ä/ß'], atMs: 1_700_000_000_123 })).toBeUndefined()
    const [record, ...others] = await journal.read('bank/ada', 1, 10)
    expect(others).toEqual([])
    expect({ ...record, body: [...record!.body] }).toEqual({
      position: expect.any(Number),
      id: 'bank/ada',
      seq: 1,
      epoch: ada.epoch,
      kind: 'commit',
      atMs: 1_700_000_000_123,
      tags: ['money', 'Ä/ß'],
      body: [0, 255, 1, 128],
    })
  })

  given('may be changed once the call has returned', async (journal) => {
    const ada = await Writer.open(journal, 'ada')
    const body = Buffer.from('as it was')
    const tags = ['one']
    const done = ada.commit({ body, tags })
    body.fill(0)
    tags[0] = 'other'
    expect(await done).toBeUndefined()
    const [record] = await journal.read('ada', 1, 1)
    expect(textOf(record!)).toBe('as it was')
    expect(record!.tags).toEqual(['one'])
  })

  given('cannot be changed by who reads it', async (journal) => {
    const ada = await Writer.open(journal, 'ada')
    await ada.commit({ body: 'as it was' })
    for (const record of await journal.read('ada', 1, 1)) record.body.fill(0)
    for (const record of (await drain(journal, { countMax: 9 })).records) record.body.fill(0)
    expect((await Writer.open(journal, 'ada')).found.map(textOf)).toEqual(['as it was'])
  })

  given('may have no body at all', async (journal) => {
    const ada = await Writer.open(journal, 'ada')
    expect(await ada.commit({ body: '' })).toBeUndefined()
    expect((await journal.read('ada', 1, 1))[0]!.body.byteLength).toBe(0)
  })

  given('may be as large as a record may be, with as many tags', async (journal) => {
    const ada = await Writer.open(journal, 'ada')
    const body = new Uint8Array(recordBytesMax).fill(7)
    const tags = Array.from({ length: recordTagsMax }, (_, index) => `tag ${index}`)
    expect(await ada.commit({ body, tags })).toBeUndefined()
    const [record] = await journal.read('ada', 1, 1)
    expect(record!.body.byteLength).toBe(recordBytesMax)
    expect(record!.body.every((byte) => byte === 7)).toBe(true)
    expect(record!.tags).toEqual(tags)
  })

  given('is refused if it is larger, or has more tags, and then the same number is free', async (journal) => {
    const ada = await Writer.open(journal, 'ada')
    const body = new Uint8Array(recordBytesMax + 1)
    const tags = Array.from({ length: recordTagsMax + 1 }, (_, index) => `tag ${index}`)
    expect(await keep(journal, appendOf('ada', ada.epoch, 1, { body }))).toEqual(code('record-too-large'))
    expect(await keep(journal, appendOf('ada', ada.epoch, 1, { tags }))).toEqual(code('record-too-large'))
    expect(await ada.commit()).toBeUndefined()
  })

  given('has positions that rise over all actors', async (journal) => {
    const writers = [await Writer.open(journal, 'a'), await Writer.open(journal, 'b')]
    for (const writer of [...writers, ...writers, ...writers]) await writer.commit()
    const { records } = await drain(journal, { countMax: 100 })
    expect(records.map(({ id, seq }) => `${id}${seq}`)).toEqual(['a1', 'b1', 'a2', 'b2', 'a3', 'b3'])
    const positions = records.map(({ position }) => position)
    expect(positions).toEqual(positions.toSorted((one, other) => one - other))
    expect(new Set(positions).size).toBe(6)
    expect(positions[0]).toBeGreaterThanOrEqual(1)
  })
}

export function answers(given: Given): void {
  given('is answered after the call has returned, refused or not', async (journal) => {
    const ada = await Writer.open(journal, 'ada')
    const heard: string[] = []
    const last = new Promise<void>((resolve) => {
      journal.append(ada.next(), () => void heard.push('kept'))
      journal.append(appendOf('nobody', 1, 1), () => void heard.push('fenced'))
      journal.append(appendOf('ada', ada.epoch, 7), () => void heard.push('conflict'))
      const body = new Uint8Array(recordBytesMax + 1)
      journal.append(appendOf('ada', ada.epoch, 2, { body }), () => void heard.push('too large'))
      journal.append(ada.next(), () => {
        heard.push('kept')
        resolve()
      })
      heard.push('returned')
    })
    await last
    expect(heard).toEqual(['returned', 'kept', 'fenced', 'conflict', 'too large', 'kept'])
  })

  given('is answered once, in the order of the calls, over all actors', async (journal) => {
    const writers = await Promise.all(['a', 'b', 'c'].map((id) => Writer.open(journal, id)))
    const heard: number[] = []
    const all = Promise.withResolvers<void>()
    for (let call = 0; call < 300; call++) {
      journal.append(writers[call % 3]!.next(), (fault) => {
        expect(fault).toBeUndefined()
        heard.push(call)
        if (heard.length === 300) all.resolve()
      })
    }
    await all.promise
    await Promise.all(writers.map((writer) => writer.commit()))
    expect(heard).toEqual(Array.from({ length: 300 }, (_, call) => call))
  })

  given('may be appended while another one is answered', async (journal) => {
    const ada = await Writer.open(journal, 'ada')
    const heard: (Fault | undefined)[] = []
    const chain = (left: number, end: () => void): void => {
      journal.append(ada.next(), (fault) => {
        heard.push(fault)
        if (left > 0) chain(left - 1, end)
        else end()
      })
    }
    await new Promise<void>((resolve) => chain(20, resolve))
    expect(heard).toEqual(Array.from({ length: 21 }, () => undefined))
    expect(await journal.read('ada', 1, 100)).toHaveLength(21)
  })
}
