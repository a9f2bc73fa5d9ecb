// Tests of a damaged log: every bit, every length, files that are missing, swapped, doubled or of somebody else. What is good is read, what is not is named.
import { describe, expect, test } from 'vitest'
import { crc32 } from 'node:zlib'
import { CrashDisk } from '../../../../scenarios/testing/crash-disk.ts'
import { folder, identity, keep, keepEach, named, openLog, readAll, record } from './log-rig.ts'
import type { LogHole } from '../../../../node/journal/log/stored-record.ts'

const file = (number: number): string => `${folder}/log/${String(number).padStart(16, '0')}.log`
/** Of a group with one of the ten records. */
const groupBytes = 77
const ten = Array.from({ length: 10 }, (_, at) => `a/${at + 1}`)

/** Ten records, each in a group of its own. */
async function tenRecords(): Promise<CrashDisk> {
  const disk = new CrashDisk()
  const { log } = await openLog(disk)
  await keepEach(
    log,
    ten.map((_, at) => record('a', at + 1, { bytes: 4 })),
  )
  await log.close()
  return disk
}

/** Five segments with two records each, in groups of one. */
async function fiveSegments(): Promise<CrashDisk> {
  const disk = new CrashDisk()
  const { log } = await openLog(disk, { segmentBytes: 240 })
  await keepEach(
    log,
    ten.map((_, at) => record('a', at + 1, { bytes: 4 })),
  )
  await log.close()
  expect(log.segments.map(({ firstPosition }) => firstPosition)).toEqual([1, 3, 5, 7, 9])
  return disk
}

/** Opens, checks that what is read is some of the ten and that holes and tail account for the rest, and goes on writing. */
async function survey(
  disk: CrashDisk,
): Promise<{ found: string[]; holes: readonly LogHole[]; tornBytes: number }> {
  const { log, replayed } = await openLog(disk)
  const { holes, tornBytes } = log.findings
  const found = replayed.map(named)
  expect(found).toEqual(ten.filter((name) => found.includes(name)))
  expect(replayed.map(({ position, seq }) => position - seq)).toEqual(found.map(() => 0))
  const last = Math.max(0, ...replayed.map(({ seq }) => seq))
  for (let position = 1; position < last; position++) {
    const isCovered = holes.some(
      ({ fromPosition, toPosition }) => fromPosition <= position && position < toPosition,
    )
    expect([position, isCovered || found.includes(`a/${position}`)]).toEqual([position, true])
  }
  const next = await keep(log, record('next', 1))
  expect(next).toBe(log.tip - 1)
  expect(next).toBeGreaterThan(last)
  expect((await readAll(log)).map(named)).toEqual([...found, 'next/1'])
  await log.close()
  const again = await openLog(disk)
  expect(again.replayed.map(named)).toEqual([...found, 'next/1'])
  expect(again.log.findings.tornBytes).toBe(0)
  return { found, holes, tornBytes }
}

test('a log that is cut at any byte gives all whole groups before it, and the rest is a torn tail', async () => {
  const disk = await tenRecords()
  const whole = disk.contents(file(1)).length
  for (let length = 0; length <= whole; length++) {
    const cut = disk.clone()
    cut.cut(file(1), length)
    const { found, holes, tornBytes } = await survey(cut)
    const groups = Math.max(0, Math.floor((length - 64) / groupBytes))
    expect([length, found.length, holes.length]).toEqual([length, groups, 0])
    expect(tornBytes).toBe(length < 64 ? length : length - 64 - groups * groupBytes)
  }
}, 60_000)

test('a bit that is turned over anywhere costs the group it is in, and nothing else', async () => {
  const disk = await tenRecords()
  const bits = disk.contents(file(1)).length * 8
  for (let bit = 0; bit < bits; bit++) {
    const flipped = disk.clone()
    flipped.flip(file(1), bit)
    const { found, holes, tornBytes } = await survey(flipped)
    const group = Math.floor((bit / 8 - 64) / groupBytes)
    const isTail = group === 9
    const lost = group < 0 ? [] : [`a/${group + 1}`]
    expect([bit, found]).toEqual([bit, ten.filter((name) => !lost.includes(name))])
    expect([bit, holes.length, tornBytes > 0]).toEqual([bit, isTail ? 0 : 1, isTail])
    if (!isTail && group >= 0)
      expect(holes[0]).toMatchObject({
        fromPosition: group + 1,
        toPosition: group + 2,
        offset: 64 + group * groupBytes,
        bytes: groupBytes,
      })
  }
}, 60_000)

test('a hole of zeros costs the groups that it touches', async () => {
  const disk = await tenRecords()
  const bytes = disk.contents(file(1))
  for (let from = 64; from < bytes.length - 150; from += 25) {
    const zeroed = disk.clone()
    zeroed.put(file(1), bytes.slice().fill(0, from, from + 100))
    const { holes } = await survey(zeroed)
    const first = Math.floor((from - 64) / groupBytes) + 1
    const last = Math.floor((from + 99 - 64) / groupBytes) + 1
    if (last < 10) expect(holes).toMatchObject([{ fromPosition: first, toPosition: last + 1 }])
  }
})

test('two groups that are swapped or doubled are holes: each says where it belongs', async () => {
  const disk = await tenRecords()
  const bytes = disk.contents(file(1))
  const group = (at: number): Uint8Array => bytes.slice(64 + at * groupBytes, 64 + (at + 1) * groupBytes)
  const swapped = bytes.slice()
  swapped.set(group(3), 64 + 2 * groupBytes)
  swapped.set(group(2), 64 + 3 * groupBytes)
  disk.put(file(1), swapped)
  const { found, holes } = await survey(disk.clone())
  expect(found).toEqual(ten.filter((name) => name !== 'a/3' && name !== 'a/4'))
  expect(holes).toMatchObject([{ fromPosition: 3, toPosition: 5 }])
  const doubled = new Uint8Array(bytes.length + groupBytes)
  doubled.set(bytes)
  doubled.set(group(4), bytes.length)
  disk.put(file(1), doubled)
  expect(await survey(disk)).toMatchObject({ found: ten, holes: [], tornBytes: groupBytes })
})

test('a group inside of a record is not taken for one when the group around it is damaged', async () => {
  const disk = await tenRecords()
  const inner = disk.contents(file(1)).slice(64)
  const other = new CrashDisk()
  const { log } = await openLog(other)
  await keep(log, record('b', 1, { bytes: 4 }))
  await keep(log, record('b', 2, { body: inner }))
  await keep(log, record('b', 3))
  await log.close()
  other.flip(file(1), (64 + groupBytes + 40) * 8)
  const again = await openLog(other)
  expect(again.replayed.map(named)).toEqual(['b/1', 'b/3'])
  expect(again.log.findings.holes).toMatchObject([{ fromPosition: 2, toPosition: 3 }])
})

describe('segments', () => {
  test.each([1, 2, 3, 4])('a missing segment %i is a hole of its positions', async (number) => {
    const disk = await fiveSegments()
    await disk.remove(file(number))
    const { found, holes } = await survey(disk)
    const first = number * 2 - 1
    expect(found).toEqual(ten.filter((name) => name !== `a/${first}` && name !== `a/${first + 1}`))
    expect(holes).toMatchObject([
      { file: expect.stringContaining(`${number}.log`), fromPosition: first, toPosition: first + 2 },
    ])
  })

  test.each([
    [0, 'empty'],
    [1, 'a byte long'],
    [64, 'only a header'],
    [100, 'cut within a group'],
  ])('a segment in the middle of %i bytes, %s, is a hole of what it had', async (length) => {
    const disk = await fiveSegments()
    disk.cut(file(3), length)
    const { found, holes } = await survey(disk)
    expect(found).toEqual(ten.filter((name) => name !== 'a/5' && name !== 'a/6'))
    expect(holes.at(-1)).toMatchObject({ fromPosition: 5, toPosition: 7 })
  })

  test.each([0, 1, 63])('a last segment of %i bytes was never begun', async (length) => {
    const disk = await fiveSegments()
    disk.cut(file(5), length)
    expect(await survey(disk)).toEqual({ found: ten.slice(0, 8), holes: [], tornBytes: length })
  })

  test('a wrong magic costs no record, as long as the groups are good', async () => {
    const disk = await fiveSegments()
    for (const number of [1, 3, 5]) disk.flip(file(number), 3)
    const { found, holes } = await survey(disk)
    expect(found).toEqual(ten)
    expect(holes.map(({ bytes, fromPosition, toPosition }) => [bytes, toPosition - fromPosition])).toEqual([
      [64, 0],
      [64, 0],
      [64, 0],
    ])
  })

  test('two segments that are swapped are holes, and are not cut', async () => {
    const disk = await fiveSegments()
    const [second, fifth] = [disk.contents(file(2)), disk.contents(file(5))]
    disk.put(file(2), fifth)
    disk.put(file(5), second)
    const { log, replayed } = await openLog(disk)
    expect(replayed.map(named)).toEqual(['a/1', 'a/2', 'a/5', 'a/6', 'a/7', 'a/8'])
    expect(log.findings.holes.length).toBeGreaterThan(1)
    expect(log.tip).toBeGreaterThanOrEqual(11)
    await log.close()
    expect(disk.contents(file(5))).toEqual(second)
    expect(disk.contents(file(2))).toEqual(fifth)
    disk.put(file(2), second)
    disk.put(file(5), fifth)
    expect((await openLog(disk)).replayed.map(named)).toEqual(ten)
  })

  test('a segment in the place of another is a hole', async () => {
    const disk = await fiveSegments()
    disk.put(file(3), disk.contents(file(2)))
    const { found, holes } = await survey(disk)
    expect(found).toEqual(ten.filter((name) => name !== 'a/5' && name !== 'a/6'))
    expect(holes.at(-1)).toMatchObject({ fromPosition: 5, toPosition: 7 })
  })

  test('a segment of an older copy with other positions gives none twice', async () => {
    const disk = await fiveSegments()
    const older = new CrashDisk()
    const { log } = await openLog(older, { segmentBytes: 400 })
    const other = ten.map((_, at) => record('older', at + 1, { bytes: 7 }))
    await keepEach(log, other)
    disk.put(file(2), older.contents(file(2)))
    const again = await openLog(disk)
    const positions = again.replayed.map(({ position }) => position)
    expect(positions).toEqual([...new Set(positions)].toSorted((one, another) => one - another))
    expect(positions.slice(-4)).toEqual([7, 8, 9, 10])
    expect(again.log.findings.holes.some(({ file: name }) => name.endsWith('3.log'))).toBe(true)
    expect((await readAll(again.log)).map(named)).toEqual(again.replayed.map(named))
  })

  test('what stands behind the end of a closed segment was refused, and is not read', async () => {
    const disk = await fiveSegments()
    const bytes = disk.contents(file(2))
    const longer = new Uint8Array(bytes.length * 2)
    longer.set(bytes)
    longer.set(bytes, bytes.length)
    disk.put(file(2), longer)
    expect(await survey(disk)).toEqual({ found: ten, holes: [], tornBytes: 0 })
  })

  test('a log that ends before what somebody knows of it goes on behind that, and the rest is a hole', async () => {
    const disk = await fiveSegments()
    await disk.remove(file(5))
    const { log } = await openLog(disk, { after: 10 })
    expect(log.findings.holes).toMatchObject([{ fromPosition: 9, toPosition: 11 }])
    expect(await keep(log, record('a', 11))).toBe(11)
  })

  test('a hole that reading meets is named and passed over', async () => {
    const disk = await fiveSegments()
    const { log } = await openLog(disk, { after: 10 })
    disk.flip(file(2), (64 + 50) * 8)
    const page = await log.read(1, 100)
    expect(page.records.map(named)).toEqual(ten.filter((name) => name !== 'a/3'))
    expect(page.holes).toMatchObject([{ fromPosition: 3, toPosition: 4, offset: 64, bytes: groupBytes }])
  })
})

describe('whose log it is', () => {
  const identityFile = `${folder}/identity.json`
  const said = (value: unknown): Buffer => Buffer.from(JSON.stringify(value))

  test.each([
    ['another cluster', { cluster: 'theirs', node: identity.node }],
    ['another node', { cluster: identity.cluster, node: 'berlin' }],
  ])('a folder of %s is refused as journal-foreign', async (_, other) => {
    const disk = await tenRecords()
    await expect(openLog(disk, { identity: other })).rejects.toMatchObject({ code: 'journal-foreign' })
    disk.put(identityFile, said({ format: 1, ...other }))
    await expect(openLog(disk, { identity: other })).rejects.toMatchObject({
      code: 'journal-foreign',
      message: expect.stringContaining('.log'),
    })
  })

  test('a newer format is refused as journal-newer, of the folder and of a segment', async () => {
    const disk = await tenRecords()
    const newer = disk.clone()
    newer.put(identityFile, said({ format: 2, shape: 'unknown' }))
    await expect(openLog(newer)).rejects.toMatchObject({
      code: 'journal-newer',
      details: { version: 2, known: 1 },
    })
    const bytes = Buffer.from(disk.contents(file(1)))
    bytes.writeUInt32LE(3, 8)
    bytes.writeUInt32LE(crc32(bytes.subarray(0, 60)), 60)
    disk.put(file(1), bytes)
    await expect(openLog(disk)).rejects.toMatchObject({ code: 'journal-newer', details: { version: 3 } })
  })

  test.each([
    ['empty', Buffer.alloc(0)],
    ['no JSON', Buffer.from('{"format":')],
    ['a list', said([1])],
    ['null', said(null)],
    ['without a node', said({ format: 1, cluster: 'ours' })],
    ['of format 0', said({ format: 0, ...identity })],
  ])('an identity file that is %s is refused as journal-damaged', async (_, bytes) => {
    const disk = await tenRecords()
    disk.put(identityFile, bytes)
    await expect(openLog(disk)).rejects.toMatchObject({ code: 'journal-damaged' })
  })

  test('segments without an identity file are refused, a folder in its place too', async () => {
    const disk = await tenRecords()
    await disk.remove(identityFile)
    await expect(openLog(disk)).rejects.toMatchObject({ code: 'journal-damaged' })
    await disk.makeFolder(identityFile)
    await expect(openLog(disk)).rejects.toMatchObject({ code: 'journal-damaged' })
  })

  test('files with other names in the folder of the log are left alone', async () => {
    const disk = await tenRecords()
    disk.put(`${folder}/log/notes.txt`, Buffer.from('mine'))
    await disk.makeFolder(`${folder}/log/0000000000000002.log`)
    expect(await survey(disk).then(({ found }) => found)).toEqual(ten)
    expect(disk.files()).toContain(`${folder}/log/notes.txt`)
  })
})
