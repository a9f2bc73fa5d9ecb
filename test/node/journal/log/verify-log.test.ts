// Tests of verification: a good log has no findings, each flaw is found in its file, and nothing is changed.
import { expect, test } from 'vitest'
import { CrashDisk } from '../../../../scenarios/testing/crash-disk.ts'
import { fileFindingsMax, verifyLog } from '../../../../node/journal/log/verify-log.ts'
import { folder, identity, keepEach, openLog, record } from './log-rig.ts'
import type { LogReport } from '../../../../node/journal/log/verify-log.ts'
import type { Append } from '../../../../runtime/journal.ts'

const file = (number: number): string => `${folder}/log/${String(number).padStart(16, '0')}.log`
const twelve = Array.from({ length: 12 }, (_, at) => record('a', at + 1, { bytes: 4 }))

/** Two records in a segment. */
async function written(appends: readonly Append[] = twelve): Promise<CrashDisk> {
  const disk = new CrashDisk()
  const { log } = await openLog(disk, { segmentBytes: 240 })
  await keepEach(log, appends)
  await log.close()
  return disk
}

async function verified(disk: CrashDisk): Promise<{ report: LogReport; said: string[] }> {
  const before = new Map(disk.files().map((name) => [name, disk.contents(name)]))
  const writes = disk.count('write') + disk.count('truncate') + disk.count('remove') + disk.count('rename')
  const report = await verifyLog(disk, folder)
  expect(disk.count('write') + disk.count('truncate') + disk.count('remove') + disk.count('rename')).toBe(
    writes,
  )
  expect(new Map(disk.files().map((name) => [name, disk.contents(name)]))).toEqual(before)
  const said = report.files.flatMap(({ file: name, findings }) =>
    findings.map(
      ({ kind, fromPosition, toPosition }) =>
        `${Number.parseInt(name)} ${kind} ${fromPosition}-${toPosition}`,
    ),
  )
  expect(report.findingCount).toBe(said.length)
  return { report, said }
}

test('a good log has no findings, and its report says what is in which file', async () => {
  const { report, said } = await verified(await written())
  expect(said).toEqual([])
  expect(report).toMatchObject({ identity, records: 12, uncheckedRecords: 0 })
  expect(
    report.files.map(({ records, firstPosition, isCompacted }) => [records, firstPosition, isCompacted]),
  ).toEqual([1, 3, 5, 7, 9, 11].map((position) => [2, position, false]))
})

test('a folder without a log has nothing to find', async () => {
  const disk = new CrashDisk()
  await disk.makeFolder(`${folder}/log`)
  expect(await verifyLog(disk, folder)).toMatchObject({ identity: undefined, files: [], records: 0 })
})

test('holes, a missing file and a torn tail are found where they are', async () => {
  const disk = await written()
  disk.flip(file(2), (64 + 50) * 8)
  await disk.remove(file(4))
  disk.cut(file(6), 64 + 77 + 10)
  const { said, report } = await verified(disk)
  expect(said).toEqual(['2 number 4-5', '2 hole 3-4', '4 hole 7-9', '5 number 9-10', '6 torn 0-0'])
  expect(report.files.find(({ file: name }) => name.endsWith('4.log'))).toMatchObject({
    bytes: 0,
    records: 0,
  })
})

test('a segment that was never begun and one that compaction has replaced are found', async () => {
  const disk = await written()
  const third = disk.contents(file(3))
  const { log } = await openLog(disk, { segmentBytes: 240 })
  await log.compact(({ position }) => position > 6, {})
  await log.close()
  disk.put(file(3), third)
  disk.put(file(7), third.slice(0, 10))
  const { said, report } = await verified(disk)
  expect(said).toEqual(['3 left-over 0-0', '7 header 0-0'])
  expect(report.files[0]).toMatchObject({ isCompacted: true, records: 0 })
})

test('a gap or a repetition in the numbers of an actor is found, and an epoch that goes back', async () => {
  const { said, report } = await verified(
    await written([
      record('a', 1),
      record('b', 2),
      record('a', 3),
      record('a', 3, { epoch: 2 }),
      record('a', 4),
      record('a', 4, { kind: 'snapshot', epoch: 2 }),
      record('a', 6, { kind: 'snapshot', epoch: 2 }),
    ]),
  )
  expect(said.map((one) => one.slice(2))).toEqual([
    'number 2-3',
    'number 3-4',
    'number 4-5',
    'epoch 5-6',
    'number 7-8',
  ])
  expect(report.files[0]!.findings[0]!.note).toBe('"b" has commit 2 where 1 was to come')
})

test('what compaction may have dropped is no gap, and numbers may begin anew after an end', async () => {
  const disk = await written([
    record('a', 1),
    record('b', 1),
    record('a', 2),
    record('b', 2, { kind: 'end' }),
    record('a', 3),
    record('b', 1, { epoch: 2 }),
    record('a', 4),
    record('b', 2, { epoch: 2 }),
  ])
  expect((await verified(disk)).said).toEqual([])
  const { log } = await openLog(disk, { segmentBytes: 240 })
  await log.compact(({ id, seq }) => id === 'b' || seq > 2, {})
  await log.close()
  expect((await verified(disk)).said).toEqual([])
})

test('findings of one file are listed up to a limit, and counted beyond', async () => {
  const disk = new CrashDisk()
  const { log } = await openLog(disk)
  await keepEach(
    log,
    Array.from({ length: 150 }, () => record('a', 7)),
  )
  const { files } = await verifyLog(disk, folder)
  expect(files).toMatchObject([{ findingCount: 150 }])
  expect(files[0]!.findings.length).toBe(fileFindingsMax)
})

test('it tells how far it is and ends when it is told to', async () => {
  const disk = await written()
  const bytes = disk
    .files()
    .filter((name) => name.endsWith('.log'))
    .reduce((sum, name) => sum + disk.contents(name).length, 0)
  const seen: [number, number][] = []
  await verifyLog(disk, folder, { progress: (...one) => seen.push(one) })
  expect(seen.at(-1)).toEqual([bytes, bytes])
  await expect(verifyLog(disk, folder, { signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow(
    'enough',
  )
})

test('a newer format and an identity that cannot be read are refused', async () => {
  const disk = await written()
  disk.put(`${folder}/identity.json`, Buffer.from('{"format":9}'))
  await expect(verifyLog(disk, folder)).rejects.toMatchObject({ code: 'journal-newer' })
  disk.put(`${folder}/identity.json`, Buffer.from('nothing'))
  await expect(verifyLog(disk, folder)).rejects.toMatchObject({ code: 'journal-damaged' })
})
