// Tests of a disk journal whose files are not what it has written: an index that is lost, old or rotten, and holes in the log.
import { describe, expect, test } from 'vitest'
import { seededRandom } from '../../../runtime/random.ts'
import { SystemClock } from '../../../node/system-clock.ts'
import { openJournal } from '../../../node/journal/open-journal.ts'
import { Fault } from '../../../runtime/fault.ts'
import { Writer } from '../../contracts/journal-writer.ts'
import { JournalPlace, recovered } from './journal-place.ts'
import type { DiskJournal } from '../../../node/journal/disk-journal.ts'

const adas = ['snapshot 3 three', 'commit 4 ada 4', 'commit 5 ada 5']
const bobs = ['commit 1 bob 1', 'commit 2 bob 2']

/** Ada with a snapshot and more after it, bob with two records. */
async function fill(journal: DiskJournal): Promise<void> {
  const ada = await Writer.open(journal, 'ada')
  const bob = await Writer.open(journal, 'bob')
  await ada.commits(3)
  await bob.commit()
  await ada.snapshot({ body: 'three' })
  await ada.commits(2, { wakeMs: 7, tags: ['t'] })
  await bob.commit()
}

async function filled(place: JournalPlace): Promise<void> {
  const journal = await place.open()
  await fill(journal)
  await journal.close()
}

describe('an index', () => {
  test('that is gone is made anew from the log, and that is said', async () => {
    const place = new JournalPlace()
    await filled(place)
    place.tables.remove('j/index')
    const journal = await place.open()
    expect(journal.findings).toMatchObject([{ kind: 'index', isDamage: false }])
    expect(await recovered(journal, 'ada')).toEqual(adas)
    expect(await recovered(journal, 'bob')).toEqual(bobs)
    expect(await journal.wakes(10, 10)).toEqual([{ id: 'ada', wakeMs: 7 }])
    const { records } = await journal.feed(1, { countMax: 10, tags: ['t'] })
    expect(records.map(({ seq }) => seq)).toEqual([4, 5])
    await journal.close()
  })

  test('that cannot be opened is thrown away, once', async () => {
    const place = new JournalPlace()
    await filled(place)
    await place.disk.makeFolder('j/index')
    const rotten = (): Promise<never> =>
      Promise.reject(new Fault('index-damaged', 'Cannot read: rotten', { hint: 'Mend.' }))
    await expect(place.open(rotten)).rejects.toMatchObject({ code: 'index-damaged' })
    let tries = 0
    const journal = await place.open((folder) => (tries++ === 0 ? rotten() : place.tables.open(folder)))
    expect(await recovered(journal, 'ada')).toEqual(adas)
    await journal.close()
  })

  test('whose last batches were lost is brought up to date', async () => {
    const place = new JournalPlace()
    place.checkpointBytes = 1
    const journal = await place.open()
    await fill(journal)
    place.disk.halt()
    place.disk = place.disk.clone()
    place.tables.crash((unsafe) => Math.floor(unsafe / 2))
    const next = await place.open()
    expect(next.findings).toEqual([])
    expect(await recovered(next, 'ada')).toEqual(adas)
    expect(await recovered(next, 'bob')).toEqual(bobs)
    await next.close()
  })

  test.each([
    ['checkpoint', 0],
    ['heads', 1],
    ['pages', 2],
    ['wholes', 3],
  ])('with rotten %s is mended from the log, and that is said', async (_, kind) => {
    const place = new JournalPlace()
    await filled(place)
    await place.rotIndex(kind)
    const journal = await place.open()
    expect(await recovered(journal, 'ada')).toEqual(adas)
    expect(await recovered(journal, 'bob')).toEqual(bobs)
    expect(journal.findings[0]).toMatchObject({ kind: 'index', isDamage: false })
    expect((await journal.verify({})).findings).toEqual([])
    await journal.close()
  })

  test('with rotten pages is mended for who reads and owns nothing', async () => {
    const place = new JournalPlace()
    await filled(place)
    await place.rotIndex(2)
    const journal = await place.open()
    expect((await journal.read('ada', 1, 10)).map(({ seq }) => seq)).toEqual([1, 2, 3, 3, 4, 5])
    await journal.close()
  })

  test('with rotten heads still lists everybody, and says in a verification that they are rotten', async () => {
    const place = new JournalPlace()
    await filled(place)
    await place.rotIndex(1)
    const journal = await place.open()
    const { findings, damaged } = await journal.verify({})
    expect(findings).toMatchObject([
      { kind: 'index', isDamage: false, id: 'ada' },
      { kind: 'index', isDamage: false, id: 'bob' },
    ])
    expect(damaged).toBe(0)
    expect((await journal.heads(undefined, 10)).map(({ id, seq }) => [id, seq])).toEqual([
      ['ada', 5],
      ['bob', 2],
    ])
    expect((await journal.verify({})).findings).toEqual([])
    await journal.close()
  })

  test('that is rotten where the log is, too, stops that actor and no other', async () => {
    const place = new JournalPlace()
    await filled(place)
    await place.rotIndex(2)
    rotRecord(place, 'ada 4')
    const journal = await place.open()
    await expect(Writer.open(journal, 'ada')).rejects.toMatchObject({
      code: 'journal-damaged',
      details: { id: 'ada' },
    })
    await journal.close()
  })

  test('whose heads are rotten does not tell what was in a hole of the log: who may have been in it is stopped', async () => {
    const place = new JournalPlace()
    await separately(place)
    await place.rotIndex(1)
    rotRecord(place, 'bob 2')
    const journal = await place.open()
    await expect(Writer.open(journal, 'bob')).rejects.toMatchObject({
      code: 'journal-damaged',
      details: { id: 'bob', seq: 2 },
    })
    expect(await recovered(journal, 'ada')).toEqual(['commit 1 ada 1', 'commit 2 ada 2', 'commit 3 ada 3'])
    await journal.close()
  })

  test('that cannot be written makes the journal refuse more, with nothing lost', async () => {
    const place = new JournalPlace()
    const full = new Fault('index-failed', 'Cannot write: full', { hint: 'Make room.' })
    const journal = await place.open(async (folder) => {
      const table = await place.tables.open(folder)
      return Object.assign(Object.create(table), {
        get: table.get.bind(table),
        getMany: table.getMany.bind(table),
        range: table.range.bind(table),
        clear: table.clear.bind(table),
        close: table.close.bind(table),
        write: (changes: readonly unknown[]) =>
          changes.length > 1 ? Promise.reject(full) : Promise.resolve(),
      })
    })
    const ada = await Writer.open(journal, 'ada')
    const body = Buffer.alloc(4_000_000)
    await ada.commits(5, { body })
    const fault = await ada.commit({ body })
    expect(fault).toMatchObject({ code: 'journal-busy', outcome: 'known', cause: full })
    await journal.close()
    const next = await place.open()
    expect((await Writer.open(next, 'ada')).seq).toBe(5)
    await next.close()
  })
})

describe('a hole in the log', () => {
  test('is nobody’s affair where the index has what was in it', async () => {
    const place = new JournalPlace()
    await filled(place)
    rotRecord(place, 'ada 4')
    const journal = await place.open()
    expect(await recovered(journal, 'ada')).toEqual(adas)
    expect(await recovered(journal, 'bob')).toEqual(bobs)
    const report = await journal.verify({})
    expect(report.damaged).toBeGreaterThan(0)
    await journal.close()
  })

  test('stops whose record is missing until the loss is accepted, and nobody else', async () => {
    const place = new JournalPlace()
    await separately(place)
    rotRecord(place, 'ada 2')
    place.tables.remove('j/index')
    const journal = await place.open()
    await expect(Writer.open(journal, 'ada')).rejects.toMatchObject({
      code: 'journal-damaged',
      message: expect.stringMatching(/record 2 .*log/),
      details: { id: 'ada', seq: 2 },
    })
    expect(await recovered(journal, 'bob')).toEqual(['commit 1 bob 1', 'commit 2 bob 2'])
    expect(await recovered(journal, 'new')).toEqual([])
    await journal.acceptLoss()
    expect(await recovered(journal, 'ada')).toEqual(['commit 1 ada 1', 'commit 3 ada 3'])
    await journal.close()
    for (const isAnew of [false, true]) {
      if (isAnew) place.tables.remove('j/index')
      const next = await place.open()
      expect(await recovered(next, 'ada')).toEqual(['commit 1 ada 1', 'commit 3 ada 3'])
      await next.close()
    }
  })

  test('in which somebody’s last record was stops all who have nothing behind it, at each opening', async () => {
    const place = new JournalPlace()
    await separately(place)
    rotRecord(place, 'bob 2')
    place.tables.remove('j/index')
    for (let opening = 0; opening < 2; opening++) {
      const journal = await place.open()
      for (const id of ['bob', 'new']) {
        await expect(Writer.open(journal, id)).rejects.toMatchObject({ code: 'journal-damaged' })
      }
      expect(await recovered(journal, 'ada')).toEqual(['commit 1 ada 1', 'commit 2 ada 2', 'commit 3 ada 3'])
      await journal.close()
    }
    const journal = await place.open()
    await journal.acceptLoss()
    expect(await recovered(journal, 'bob')).toEqual(['commit 1 bob 1'])
    await journal.close()
    const next = await place.open()
    expect(await recovered(next, 'new')).toEqual([])
    await next.close()
  })
})

describe('a log that ends before what the index knows', () => {
  /** Takes the last file of the log away. */
  async function shorten(place: JournalPlace): Promise<void> {
    await place.disk.remove(place.segments.at(-1) ?? '')
  }

  test('is nobody’s affair when the journal was closed with that', async () => {
    const place = new JournalPlace()
    await filled(place)
    await shorten(place)
    for (let opening = 0; opening < 2; opening++) {
      const journal = await place.open()
      expect(await recovered(journal, 'ada')).toEqual(adas)
      expect(await recovered(journal, 'bob')).toEqual(bobs)
      await journal.close()
    }
  })

  test('may have had records of anybody, unless it was closed: all are stopped until the loss is accepted', async () => {
    const place = new JournalPlace()
    await filled(place)
    place.checkpointBytes = 1
    const journal = await place.open()
    const bob = await Writer.open(journal, 'bob')
    await bob.commits(2)
    place.die()
    await shorten(place)
    for (let opening = 0; opening < 2; opening++) {
      const next = await place.open()
      if (opening === 0) expect(next.findings).toMatchObject([{ kind: 'hole', isDamage: true }])
      for (const id of ['ada', 'bob'])
        await expect(Writer.open(next, id)).rejects.toMatchObject({ code: 'journal-damaged' })
      await next.close()
    }
    const accepted = await place.open()
    await accepted.acceptLoss()
    expect(await recovered(accepted, 'ada')).toEqual(adas)
    const found = await Writer.open(accepted, 'bob')
    expect(await found.commit()).toBeUndefined()
    await accepted.close()
    const last = await place.open()
    expect((await Writer.open(last, 'bob')).seq).toBe(found.seq)
    await last.close()
  })
})

test('whenever the machine falls, all that was safe is recovered, and nothing that was not appended', async () => {
  for (let seed = 0; seed < 150; seed++) {
    const random = seededRandom(seed)
    const place = new JournalPlace()
    place.checkpointBytes = [1, 1_000, undefined][seed % 3]
    const safe = new Map<string, number>()
    for (let life = 0; life < 3; life++) {
      const journal = await place.open()
      const writers = await Promise.all(['ada', 'bob', 'cid'].map((id) => Writer.open(journal, id)))
      for (const writer of writers) checkFound(writer, safe)
      const fallAt = place.disk.count() + random.integer(60)
      const { disk } = place
      const fallen = new Promise<void>((resolve) => {
        disk.hook = () => {
          if (disk.count() >= fallAt) resolve()
          return undefined
        }
      })
      await Promise.race([fallen, write(writers, safe, random.integer(3) + 1)])
      place.crash(random)
    }
  }
})

/** Some records of each one after the other, snapshots among them; it ends where the disk does. */
async function write(writers: readonly Writer[], safe: Map<string, number>, every: number): Promise<void> {
  for (let round = 1; round <= 12; round++) {
    await Promise.all(
      writers.map(async (writer, place) => {
        const seq = writer.seq + 1
        const fault = await writer.commit({ wakeMs: seq })
        if (fault === undefined) safe.set(writer.id, seq)
        if (round % every === place) await writer.snapshot({ body: String(seq), keepFrom: seq - 1 })
      }),
    )
  }
}

function checkFound({ id, seq, found }: Writer, safe: Map<string, number>): void {
  expect(seq, id).toBeGreaterThanOrEqual(safe.get(id) ?? 0)
  const [first] = found
  const from = first?.kind === 'snapshot' ? first.seq : 0
  if (first?.kind === 'snapshot') expect(Buffer.from(first.body).toString()).toBe(String(first.seq))
  const commits = found.filter(({ kind }) => kind === 'commit').map((record) => record.seq)
  expect(commits).toEqual(Array.from({ length: seq - from }, (_, index) => from + 1 + index))
}

/** Each record in a group of its own. */
async function separately(place: JournalPlace): Promise<void> {
  const journal = await place.open()
  const ada = await Writer.open(journal, 'ada')
  const bob = await Writer.open(journal, 'bob')
  for (const writer of [ada, bob, ada, bob, ada]) await writer.commit()
  await journal.close()
}

/** Changes a bit in the body of a record in the log. */
function rotRecord(place: JournalPlace, body: string): void {
  for (const file of place.segments) {
    const at = Buffer.from(place.disk.contents(file)).indexOf(body)
    if (at >= 0) place.disk.flip(file, at * 8)
  }
}

test('a journal whose last file cannot be closed says so, and leaves its folder to the next one', async () => {
  const place = new JournalPlace()
  const journal = await place.open()
  await fill(journal)
  place.disk.hook = ({ op, path }) =>
    op === 'close' && path.endsWith('.log') ? { fail: 'other' } : undefined
  await expect(journal.close()).rejects.toMatchObject({ code: 'disk-failed' })
  place.disk.hook = undefined
  const next = await place.open()
  expect(await recovered(next, 'ada')).toEqual(adas)
  await next.close()
})

test('a journal that another process has open is not opened', async () => {
  const place = new JournalPlace()
  const journal = await place.open()
  await expect(
    openJournal({
      disk: place.disk,
      table: () => Promise.reject(new Error('never')),
      folder: 'j',
      identity: { cluster: 'c1', node: 'amsterdam' },
      clock: new SystemClock(),
    }),
  ).rejects.toMatchObject({ code: 'folder-locked' })
  await journal.close()
})
