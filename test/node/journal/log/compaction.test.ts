// Tests of compaction: what is kept keeps its place, what nobody needs is gone, and a crash or a failure at any point loses nothing.
import { expect, test } from 'vitest'
import { CrashDisk } from '../../../../scenarios/testing/crash-disk.ts'
import { ManualClock } from '../../../../scenarios/testing/manual-clock.ts'
import { seededRandom } from '../../../../runtime/random.ts'
import { folder, keep, openLog, outcome, readAll, record } from './log-rig.ts'
import type { Log } from '../../../../node/journal/log/log.ts'
import type { StoredRecord } from '../../../../node/journal/log/stored-record.ts'

const segmentBytes = 1_000
const even = ({ position }: StoredRecord): boolean => position % 2 === 0

async function filled(disk: CrashDisk, count: number = 60): Promise<Log> {
  const { log } = await openLog(disk, { segmentBytes })
  for (let at = 1; at <= count; at += 3) {
    const tags = at % 2 === 0 ? ['even', 'tag'] : []
    await Promise.all(
      [at, at + 1, at + 2].map((seq) => keep(log, record('a', seq, { bytes: 20, tags, wakeMs: seq }))),
    )
  }
  return log
}

test('what is kept is the same as before at the same positions, in fewer files', async () => {
  const disk = new CrashDisk()
  const log = await filled(disk)
  const before = await readAll(log)
  const filesBefore = log.segments.length
  const active = log.segments.at(-1)!.firstPosition
  const outcome = await log.compact(even, {})
  const expected = before.filter((one) => even(one) || one.position >= active)
  expect(await readAll(log, 7)).toEqual(expected)
  expect(outcome.bytesAfter).toBe(log.bytes)
  expect(outcome.bytesBefore).toBeGreaterThan(outcome.bytesAfter)
  expect(outcome.records).toBe(active - 1)
  expect(outcome.dropped).toBe(before.length - expected.length)
  expect(log.segments.length).toBeLessThan(filesBefore)
  expect(disk.files().filter((name) => name.endsWith('.log')).length).toBe(log.segments.length)
  for (const { bytes } of log.segments) expect(bytes).toBeLessThanOrEqual(segmentBytes)
  await log.close()
  const again = await openLog(disk, { segmentBytes })
  expect(again.replayed).toEqual(expected)
  expect(again.log.findings).toEqual({ tornBytes: 0, holes: [] })
  expect(again.log.tip).toBe(61)
})

test('a log from which all is dropped goes on at the same position', async () => {
  const disk = new CrashDisk()
  const log = await filled(disk)
  await log.compact(() => false, {})
  expect(await keep(log, record('b', 1))).toBe(61)
  await log.close()
  const again = await openLog(disk, { segmentBytes })
  expect(again.replayed.at(-1)).toMatchObject({ id: 'b', position: 61 })
  expect(again.log.findings.holes).toEqual([])
  await again.log.compact(() => false, {})
  expect(again.log.segments.length).toBe(2)
})

test('a log from which nothing is dropped is not written', async () => {
  const disk = new CrashDisk()
  const log = await filled(disk)
  const writes = disk.count('write')
  expect(await log.compact(() => true, {})).toMatchObject({ dropped: 0, bytesAfter: log.bytes })
  expect(disk.count('write')).toBe(writes)
})

test('a compacted log is compacted again', async () => {
  const disk = new CrashDisk()
  const log = await filled(disk)
  await log.compact(even, {})
  await log.compact(({ position }) => position % 4 === 0, {})
  const active = log.segments.at(-1)!.firstPosition
  const expected = Array.from({ length: 60 }, (_, at) => at + 1).filter(
    (one) => one % 4 === 0 || one >= active,
  )
  expect((await readAll(log)).map(({ position }) => position)).toEqual(expected)
  await log.close()
  const { replayed } = await openLog(disk, { segmentBytes })
  expect(replayed.map(({ position }) => position)).toEqual(expected)
})

test('records are appended and read while it is compacted', async () => {
  const disk = new CrashDisk()
  const log = await filled(disk)
  const active = log.segments.at(-1)!.firstPosition
  const compacting = log.compact(even, {})
  for (let seq = 61; seq <= 90; seq++) {
    await keep(log, record('a', seq, { bytes: 20 }))
    const found = (await readAll(log, 11)).map(({ position }) => position)
    expect(found).toEqual(found.toSorted((one, other) => one - other))
    for (let position = 1; position <= seq; position++)
      if (position % 2 === 0 || position >= active) expect(found).toContain(position)
  }
  await compacting
  await log.close()
  const { replayed, log: again } = await openLog(disk, { segmentBytes })
  expect(again.findings.holes).toEqual([])
  expect(replayed.filter(({ position }) => position > 60).length).toBe(30)
})

test('a segment that is damaged is left as it is', async () => {
  const disk = new CrashDisk()
  const log = await filled(disk)
  const [, second] = log.segments
  const path = `${folder}/log/${second!.file}`
  disk.flip(path, (second!.bytes - 10) * 8)
  const bytes = disk.contents(path)
  await log.compact(() => false, {})
  expect(disk.contents(path)).toEqual(bytes)
  await log.close()
  const { log: again } = await openLog(disk, { segmentBytes })
  expect(again.findings.holes.length).toBe(1)
})

test('it ends at once when it is told to, and when the log is closed', async () => {
  const disk = new CrashDisk()
  const log = await filled(disk)
  const before = await readAll(log)
  const controller = new AbortController()
  const stopped = log.compact(even, {
    signal: controller.signal,
    progress: () => controller.abort(new Error('enough')),
  })
  await expect(stopped).rejects.toThrow('enough')
  expect(await readAll(log)).toEqual(before)
  const compacting = log.compact(even, {}).catch((error: unknown) => error)
  await log.close()
  expect(await compacting).toMatchObject({ code: 'journal-closed' })
  expect(disk.files().filter((name) => name.endsWith('.new'))).toEqual([])
})

test('progress ends with all bytes of the closed segments', async () => {
  const log = await filled(new CrashDisk())
  const all = log.bytes - log.segments.at(-1)!.bytes
  const seen: [number, number][] = []
  await log.compact(even, { progress: (...one) => seen.push(one) })
  expect(seen.at(-1)).toEqual([all, all])
})

test('a crash at any operation of a compaction loses nothing that is kept, and what is appended meanwhile is safe', async () => {
  const random = seededRandom('compaction')
  let states = 0
  for (let at = 0; ; at++) {
    const disk = new CrashDisk({ clock: new ManualClock() })
    const log = await filled(disk, 30)
    const active = log.segments.at(-1)!.firstPosition
    const start = disk.count()
    const meanwhile: number[] = []
    disk.hook = ({ index }) => (index === start + at ? { crash: true } : undefined)
    const compacting = log.compact(even, {}).catch(() => {})
    for (let seq = 31; seq <= 33; seq++)
      if ((await outcome(log, record('a', seq, { bytes: 20 }))) === undefined) meanwhile.push(seq)
    await compacting
    const isOver = !disk.isHalted
    for (const state of disk.crashStates({ random: random.fork(String(at)), samples: 20 })) {
      states++
      const needed = Array.from({ length: 30 }, (_, index) => index + 1).filter(
        (one) => one % 2 === 0 || one >= active,
      )
      await check(state, [...needed, ...meanwhile])
    }
    if (isOver) break
  }
  expect(states).toBeGreaterThan(100)
}, 60_000)

/** All that is needed is there once, in order, and no file more than the log consists of. */
async function check(disk: CrashDisk, needed: readonly number[]): Promise<void> {
  const { replayed, log } = await openLog(disk, { segmentBytes })
  expect(log.findings.holes).toEqual([])
  const found = replayed.map(({ position }) => position)
  expect(replayed.map(({ seq }) => seq)).toEqual(found)
  expect(found).toEqual([...new Set(found)].toSorted((one, other) => one - other))
  expect(found).toEqual(expect.arrayContaining([...needed]))
  expect(await readAll(log)).toEqual(replayed)
  expect(await disk.names(`${folder}/log`)).toEqual(log.segments.map(({ file }) => file))
}

test('a failure at any operation of a compaction leaves the log as it was or as it should be', async () => {
  for (const fail of ['full', 'other'] as const) {
    for (let at = 0; ; at++) {
      const disk = new CrashDisk()
      const log = await filled(disk, 30)
      const start = disk.count()
      let isOver = true
      disk.hook = ({ index }) => {
        if (index !== start + at) return undefined
        isOver = false
        return { fail }
      }
      await log.compact(even, {}).catch((error: { code?: string }) => expect(error.code).toBe('disk-failed'))
      if (isOver) break
      disk.hook = undefined
      const found = await readAll(log)
      expect(found.filter(even).length).toBe(15)
      expect(await keep(log, record('a', 31))).toBe(31)
      await log.compact(even, {})
      await log.close()
      const { replayed, log: again } = await openLog(disk, { segmentBytes })
      expect(replayed.filter(even).length).toBe(15)
      expect(again.findings.holes).toEqual([])
    }
  }
}, 60_000)
