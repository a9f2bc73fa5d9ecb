// Tests of journal export and import: what was written comes back as it was, and what is not whole is refused.
import { Buffer } from 'node:buffer'
import { crc32 } from 'node:zlib'
import { expect, test } from 'vitest'
import { Fault } from 'troupe'
import { openDesk } from './desk.ts'
import { write } from './ledger.ts'
import type { Desk } from './desk.ts'
import type { DurableDisk } from '../../../runtime/disk.ts'
import type { JournalRecord } from '../../../runtime/journal.ts'

const oddities: readonly unknown[] = [
  undefined,
  NaN,
  -0,
  2n ** 80n,
  new Date(5),
  new Map<unknown, unknown>([[{ a: 1 }, new Set([1])]]),
  Uint8Array.of(0, 255),
  Float32Array.of(1.5),
  new Fault('odd-found', 'Cannot go on: it is odd', { hint: 'Look away.' }),
  { $map: 1, plain: 'text \u2028 \n "' },
]

/** Settles a promise that needs turns of the desk's clock. */
async function settled<T>(desk: Desk, promise: Promise<T>): Promise<T> {
  promise.catch(() => {})
  await desk.node.settle()
  return await promise
}

async function openFull(): Promise<Desk> {
  const desk = await openDesk()
  const own = desk.node.probe('self').ref
  await write(desk.node, 'bank/ada', [
    { events: [['paid', 5, 1]], of: { tags: ['money'], wakeMs: 99 } },
    { events: oddities.map((payload) => ['odd', payload, 2] as const) },
    { state: { version: 3, data: { own, oddities } }, of: { kind: 'snapshot' } },
    { replies: [['a'], ['b', undefined]], of: { atMs: 0.5, wakeMs: 1_000 } },
  ])
  await write(desk.node, 'bank/bob', [
    {
      timers: [
        { key: 'k', name: 'tick', payload: 1, dueMs: 5, periodMs: undefined, catchUp: 'skip' },
        { key: 'gone' },
      ],
      sender: 's',
      sent: [{ to: 'bank/ada', number: 1, name: 'pay', payload: own }],
      arrived: [['x', 1]],
      handled: [['y', 's2', 2]],
    },
  ])
  await write(desk.node, 'bank/bob', [{ events: [['again', null, 1]] }])
  await write(desk.node, 'shop', [
    { events: [['opened', 1, 1]] },
    { of: { kind: 'end' } },
    { events: [['re', 1, 1]] },
  ])
  await write(desk.node, 'odd', [{ of: { body: Uint8Array.of(9, 9, 9) } }])
  await write(desk.node, '$projection/sums', [{ state: { version: 1, data: 1 } }])
  return desk
}

async function recordsOf(desk: Desk, id: string): Promise<readonly Omit<JournalRecord, 'position'>[]> {
  const { journal } = desk.node.runtime.host.durability!
  const records = await settled(desk, journal.read(id, 1, 1_000))
  return records.map(({ position: _position, ...rest }) => rest)
}

async function textOf(disk: DurableDisk, path: string): Promise<string> {
  const file = await disk.open(path, 'read')
  const bytes = Buffer.alloc(await file.size())
  await file.read(bytes, 0)
  await file.close()
  return bytes.toString()
}

async function put(disk: DurableDisk, path: string, text: string | Uint8Array): Promise<void> {
  const file = await disk.open(path, 'create')
  const bytes = Buffer.from(text)
  for (let at = 0; at < bytes.byteLength;) at += await file.write(bytes.subarray(at), at)
  await file.close()
}

/** A desk with an empty journal and a file of that text. */
async function openEmpty(text: string | Uint8Array): Promise<Desk> {
  const desk = await openDesk()
  await put(desk.durableDisk, 'in', text)
  return desk
}

async function exported(): Promise<string> {
  await using desk = await openFull()
  await desk.run('journal export out')
  return await textOf(desk.durableDisk, 'out')
}

test('an export is a line for each record between a first and a last line, and people can read it', async () => {
  const lines = (await exported()).trimEnd().split('\n')
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({
    troupe: 'journal',
    format: 1,
    node: 'local',
    actors: null,
  })
  expect(lines.slice(1, 3)).toEqual([
    '{"wake":"bank/ada","at":"1970-01-01T00:00:01.000Z"}',
    expect.any(String),
  ])
  expect(lines).toContain(
    '{"id":"bank/ada","seq":1,"epoch":1,"kind":"commit","at":"2026-01-01T00:00:00.000Z","position":1,"tags":["money"],"commit":{"events":[["paid",5,1]]}}',
  )
  expect(lines.some((line) => line.includes('$projection'))).toBe(false)
  expect(JSON.parse(lines.at(-1) ?? '')).toEqual({
    end: true,
    records: 9,
    lines: lines.length - 1,
    crc32: expect.stringMatching(/^[\da-f]{8}$/),
  })
})

test('an import into an empty journal brings back every record, number for number and byte for byte', async () => {
  await using source = await openFull()
  expect(await source.run('journal export out')).toMatch(/^✔ 9 records, .* in out$/)
  await using desk = await openEmpty(await textOf(source.durableDisk, 'out'))
  expect(await desk.run('journal import in')).toBe(
    '✔ 9 records of 4 actors, 1 actor with other numbers than in the file',
  )
  for (const id of ['bank/ada', 'bank/bob', 'odd']) {
    const [before, after] = [await recordsOf(source, id), await recordsOf(desk, id)]
    expect(after).toEqual(before)
  }
  const heads = await settled(desk, desk.node.runtime.host.durability!.journal.heads(undefined, 10))
  expect(heads.map(({ id, wakeMs }) => [id, wakeMs])).toEqual([
    ['bank/ada', 1_000],
    ['bank/bob', Infinity],
    ['odd', Infinity],
    ['shop', Infinity],
  ])
  await desk.run('journal export again')
  const lines = async (on: Desk, path: string): Promise<unknown> =>
    (await textOf(on.durableDisk, path))
      .split('\n')
      .slice(1, -2)
      .filter((line) => !line.includes('"shop"'))
      .map((line) => line.replace(/"position":\d+/, ''))
  expect(await lines(desk, 'again')).toEqual(await lines(source, 'out'))
})

test('the refs of an import are refs of the node that has it now', async () => {
  await using desk = await openEmpty(await exported())
  await desk.run('journal import in')
  const { codec } = desk.node.runtime.host.durability!
  const snapshot = (await recordsOf(desk, 'bank/ada')).find(({ kind }) => kind === 'snapshot')
  const data = codec.decode(snapshot?.body ?? new Uint8Array()).state?.data as { own: { path: string } }
  expect(data.own.path).toBe('self')
})

test('an export of some actors has these alone', async () => {
  await using desk = await openFull()
  await desk.run(`journal export some --actor 'bank/b*'`)
  const lines = (await textOf(desk.durableDisk, 'some')).trimEnd().split('\n')
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ actors: 'bank/b*' })
  expect(lines.slice(1, -1).map((line) => (JSON.parse(line) as { id: string }).id)).toEqual([
    'bank/bob',
    'bank/bob',
  ])
})

test('an actor that goes on while it is exported is to be awake at once where it is imported', async () => {
  await using desk = await openFull()
  const { journal } = desk.node.runtime.host.durability!
  const heads = journal.heads.bind(journal)
  let isFirst = true
  journal.heads = async (after, count) => {
    if (isFirst) {
      isFirst = false
      await write(desk.node, 'bank/ada', [{ events: [['late', 1, 1]], of: { wakeMs: Infinity } }])
    }
    return heads(after, count)
  }
  await desk.run('journal export out')
  const lines = (await textOf(desk.durableDisk, 'out')).split('\n')
  expect(lines.filter((line) => line.startsWith('{"wake"'))).toEqual(['{"wake":"bank/ada","at":0}'])
  expect(lines.some((line) => line.includes('late'))).toBe(false)
})

test('an export does not write over a file, and leaves none behind that it could not finish', async () => {
  await using desk = await openFull()
  await desk.run('journal export out')
  expect(await desk.fail('journal export out')).toMatchObject({
    code: 1,
    fault: { code: 'file-unwritable', message: 'Cannot write "out": it is there already' },
  })
  const { journal } = desk.node.runtime.host.durability!
  const failing = new Fault('journal-failed', 'Cannot read: it failed', { hint: 'Wait.' })
  journal.feed = () => Promise.reject(failing)
  expect(await desk.fail('journal export other')).toMatchObject({ fault: { code: 'journal-failed' } })
  expect(await desk.durableDisk.names('')).toEqual(['out'])
})

test('an import that is run again adds nothing, and one that broke off goes on where it was', async () => {
  const text = await exported()
  await using desk = await openEmpty(text)
  const { journal } = desk.node.runtime.host.durability!
  const append = journal.append.bind(journal)
  let left = 4
  journal.append = (one, done) => {
    if (left-- > 0) append(one, done)
    else done(new Fault('journal-full', 'Cannot keep it: the disk is full', { hint: 'Make room.' }))
  }
  expect(await desk.fail('journal import in')).toMatchObject({ fault: { code: 'journal-full' } })
  journal.append = append
  expect(await desk.run('journal import in')).toMatch(/^✔ 5 records of 3 actors, 4 there already, /)
  expect(await desk.run('journal import in')).toBe('✔ 0 records of 0 actors, 9 there already')
  await using source = await openFull()
  for (const id of ['bank/ada', 'bank/bob', 'shop'])
    expect((await recordsOf(desk, id)).map(({ body, kind }) => [kind, body])).toEqual(
      (await recordsOf(source, id)).map(({ body, kind }) => [kind, body]),
    )
})

test('a journal that is busy is asked again, and nothing is kept twice or in another order', async () => {
  const text = await exported()
  await using desk = await openEmpty(text)
  const refusals = refusing(desk, (count) => count % 4 === 0)
  // A record behind one that was refused is refused as a conflict; both are tried again.
  expect(await desk.runFor(1_000, 'journal import in')).toEqual({ code: 0 })
  expect(refusals()).toBeGreaterThan(1)
  expect(desk.out.at(-1)).toMatch(/^✔ 9 records of 4 actors/)
  await using source = await openFull()
  expect(await recordsOf(desk, 'bank/ada')).toEqual(await recordsOf(source, 'bank/ada'))
})

test('a journal that stays busy for ten seconds ends the import', async () => {
  await using desk = await openEmpty(await exported())
  refusing(desk, () => true)
  const importing = desk.console.execute('journal import in')
  await desk.node.advance(9_990)
  expect(desk.notices.filter((text) => text.startsWith('journal-busy'))).toEqual([])
  await desk.node.advance(20)
  expect(await importing).toMatchObject({ code: 1, fault: { code: 'journal-busy' } })
})

/** Lets a journal refuse some appends as too many; returns how many it has refused. */
function refusing(desk: Desk, isRefused: (count: number) => boolean): () => number {
  const { journal } = desk.node.runtime.host.durability!
  const append = journal.append.bind(journal)
  let count = 0
  let refused = 0
  journal.append = (one, done) => {
    if (!isRefused(count++)) {
      append(one, done)
      return
    }
    refused++
    desk.node.clock.later(() =>
      done(new Fault('journal-busy', 'Cannot keep it: too much waits', { hint: 'Try later.' })),
    )
  }
  return () => refused
}

test('an actor with other records is refused, and one that lives', async () => {
  const text = await exported()
  await using desk = await openEmpty(text)
  await write(desk.node, 'bank/ada', [{ events: [['paid', 6, 1]] }])
  const outcome = await desk.fail('journal import in')
  expect(outcome).toMatchObject({
    code: 1,
    fault: { code: 'import-refused', details: { id: 'bank/ada', line: 3 } },
  })
  expect(outcome.fault?.message).toContain('its record 1 is not the one of the file')
  await using other = await openEmpty(text)
  other.node.probe('bank/bob')
  expect(await other.fail('journal import in')).toMatchObject({
    fault: { code: 'import-refused', details: { id: 'bank/bob' } },
  })
})

test('an actor whose first records were dropped begins with record 1, and its snapshot is all there is', async () => {
  await using source = await openDesk()
  await write(source.node, 'old', [
    { events: [['a', 1, 1]] },
    { events: [['b', 2, 1]] },
    { state: { version: 1, data: 3 }, of: { kind: 'snapshot', keepFrom: 3 } },
    { events: [['c', 4, 1]] },
  ])
  await source.run('journal export out')
  await using desk = await openEmpty(await textOf(source.durableDisk, 'out'))
  expect(await desk.run('journal import in')).toBe(
    '✔ 2 records of 1 actor, 1 actor with other numbers than in the file',
  )
  expect((await recordsOf(desk, 'old')).map(({ seq, kind }) => [seq, kind])).toEqual([
    [1, 'whole'],
    [2, 'commit'],
  ])
  expect(await desk.run('journal import in')).toBe('✔ 0 records of 0 actors, 2 there already')
  await source.durableDisk.rename('out', 'in')
  expect(await source.run('journal import in')).toBe('✔ 0 records of 0 actors, 2 there already')
})

test('a commit that stands before its snapshot in the file waits for it, and one without is left out', async () => {
  const lines = (await exported()).split('\n')
  const record = (seq: number, kind: string, id: string): string =>
    JSON.stringify({ id, seq, epoch: 1, kind, at: 5, position: seq, commit: { events: [['e', seq, 1]] } })
  const text = sealed([
    lines[0] ?? '',
    record(58, 'commit', 'late'),
    record(9, 'commit', 'lost'),
    record(57, 'snapshot', 'late'),
    record(59, 'commit', 'late'),
  ])
  await using desk = await openEmpty(text)
  expect(await desk.run('journal import in')).toMatch(/^✔ 3 records of 1 actor, .*, 1 record left out/)
  expect((await recordsOf(desk, 'late')).map(({ seq, kind }) => [seq, kind])).toEqual([
    [1, 'whole'],
    [2, 'commit'],
    [3, 'commit'],
  ])
})

test('of a file that was cut anywhere nothing is imported', async () => {
  const bytes = Buffer.from(await exported())
  for (let length = 0; length < bytes.byteLength; length += 97) {
    await using desk = await openEmpty(bytes.subarray(0, length))
    expect(await desk.fail('journal import in')).toMatchObject({ code: 1, fault: { code: 'export-cut' } })
    expect(await desk.run('journal ls')).toContain('No actor')
  }
})

test('a file in which a byte was changed is refused before anything is imported', async () => {
  const bytes = Buffer.from(await exported())
  for (let at = 5; at < bytes.byteLength; at += 211) {
    const changed = Buffer.from(bytes)
    changed[at] = (changed[at] ?? 0) ^ 1
    await using desk = await openEmpty(changed)
    const { code, fault } = await desk.fail('journal import in')
    expect(code).toBe(1)
    expect(fault?.code).toMatch(/^export-(?:cut|malformed|newer)$/)
    expect(await desk.run('journal ls')).toContain('No actor')
  }
})

test('a bad line is named with its number and column', async () => {
  const lines = (await exported()).trimEnd().split('\n')
  const wrong = async (text: string): Promise<unknown> => {
    const all = lines.slice(0, -1)
    all[2] = text
    await using desk = await openEmpty(sealed(all))
    const { fault } = await desk.fail('journal import in')
    return [fault?.code, fault?.message]
  }
  const good = lines[2] ?? ''
  const at = (column: number, what: string): unknown => [
    'export-malformed',
    `Cannot read line 3 of the export, column ${column}: ${what}`,
  ]
  expect(await wrong(good.replace('"seq":1', '"seq":x'))).toEqual(at(24, '"x" cannot stand here'))
  expect(await wrong(good.replace('"seq":1', '"seq":-1'))).toEqual(at(18, '"seq" is not what it has to be'))
  expect(await wrong(good.replace('"seq":1,', ''))).toEqual(at(1, '"seq" is missing'))
  expect(await wrong(good.replace('bank/ada', '../ada'))).toEqual(at(2, '"id" is not what it has to be'))
  expect(await wrong(good.replace('"kind":"commit"', '"kind":"x"'))).toEqual(
    at(36, '"kind" is not what it has to be'),
  )
  expect(await wrong(good.slice(0, 40))).toEqual(at(41, 'the line ends too early'))
  expect(await wrong('[]')).toEqual(at(1, 'it is no record of JSON'))
  expect(await wrong('{}')).toEqual(at(1, '"troupe" is missing'))
  expect(await wrong(lines[0] ?? '')).toEqual([
    'export-cut',
    expect.stringContaining('line 3 is not where it belongs'),
  ])
  const column = good.indexOf('"commit":') + 1
  expect(await wrong(good.replace('"paid",5', '"paid",{"$map":5}'))).toEqual(
    at(column, '$.events[0][1] is "$map" without a list'),
  )
  expect(await wrong(good.replace('["paid",5,1]', '["paid"]'))).toEqual([
    'export-malformed',
    expect.stringMatching(/an event has a name, a payload and a version/),
  ])
})

test('a file of a newer format is refused as such', async () => {
  const text = await exported()
  await using desk = await openEmpty(text.replace('"format":1', '"format":2'))
  expect(await desk.fail('journal import in')).toMatchObject({ fault: { code: 'export-newer' } })
})

test('a file that is not there, or not UTF-8, is refused', async () => {
  await using desk = await openEmpty(Uint8Array.of(0xff, 10))
  expect(await desk.fail('journal import nowhere')).toMatchObject({
    fault: { code: 'file-unreadable', message: 'Cannot read "nowhere": it is not there' },
  })
  expect(await desk.fail('journal import in')).toMatchObject({ fault: { code: 'export-malformed' } })
})

/** Lines with the last one that belongs to them. */
function sealed(lines: readonly string[]): string {
  const text = lines.map((line) => `${line}\n`).join('')
  const records = lines.filter((line) => line.startsWith('{"id"') || line.startsWith('{"seq"')).length
  return `${text}${JSON.stringify({ end: true, lines: lines.length, records, crc32: sumOf(text) })}\n`
}

function sumOf(text: string): string {
  return crc32(text).toString(16).padStart(8, '0')
}
