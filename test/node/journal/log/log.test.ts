// Tests of the log: what was appended is safe when that is said, comes back as it was, in its order, and limits are kept.
import { expect, test } from 'vitest'
import { CrashDisk } from '../../../../scenarios/testing/crash-disk.ts'
import {
  folder,
  identity,
  keep,
  keepEach,
  named,
  openLog,
  outcome,
  readAll,
  record,
  textOf,
} from './log-rig.ts'
import type { Fault } from '../../../../runtime/fault.ts'

test('a record comes back with all its fields', async () => {
  const disk = new CrashDisk()
  const { log } = await openLog(disk)
  const whole = record('bank/ada', 7, {
    epoch: 2 ** 52,
    kind: 'snapshot',
    atMs: 1_790_000_000_000.25,
    tags: ['größe', 'a', ''],
    keepFrom: 5,
    wakeMs: Infinity,
  })
  const plain = record('bank/bo', 2 ** 53 - 1)
  const end = record('bank/bo', 1, { kind: 'end', wakeMs: 0 })
  await keepEach(log, [whole, plain, end])
  await log.close()
  const { replayed, log: again } = await openLog(disk)
  const expected = [whole, plain, end].map((one, index) => ({
    keepFrom: undefined,
    wakeMs: undefined,
    ...one,
    body: Buffer.from(one.body),
    position: index + 1,
  }))
  expect(replayed).toEqual(expected)
  expect(await readAll(again)).toEqual(expected)
  expect(again.findings).toEqual({ tornBytes: 0, holes: [] })
})

test('a body may be changed as soon as append has returned', async () => {
  const { log } = await openLog(new CrashDisk())
  const body = Buffer.from('before')
  const safe = keep(log, record('a', 1, { body }))
  body.fill(0)
  await safe
  expect(textOf((await readAll(log))[0]!)).toBe('before')
})

test('all that is appended in one turn is made safe by one sync', async () => {
  const disk = new CrashDisk()
  const { log } = await openLog(disk)
  await keep(log, record('a', 1))
  const before = disk.count('sync')
  await Promise.all(Array.from({ length: 500 }, (_, index) => keep(log, record(`a${index}`, 1))))
  expect(disk.count('sync') - before).toBe(1)
  expect(log.tip).toBe(502)
})

test('what is appended during a write is the next group', async () => {
  const disk = new CrashDisk()
  const { log } = await openLog(disk)
  const groups: [number, number][] = []
  log.onSafe = (from, to) => groups.push([from, to])
  let release = (): void => {}
  const delay = new Promise<void>((resolve) => (release = resolve))
  const reached = new Promise<void>((resolve) => {
    disk.hook = ({ op }) => {
      if (op !== 'sync') return undefined
      resolve()
      return { delay }
    }
  })
  const first = keep(log, record('a', 1))
  await reached
  const rest = Promise.all([2, 3, 4].map((seq) => keep(log, record('a', seq))))
  expect(log.tip).toBe(1)
  release()
  await Promise.all([first, rest])
  expect(groups).toEqual([
    [1, 2],
    [2, 5],
  ])
})

test('done comes never within append, in the order of the calls, after onSafe, also of those that are refused', async () => {
  const { log } = await openLog(new CrashDisk())
  const heard: string[] = []
  log.onSafe = (from, to) => heard.push(`safe ${from}-${to}`)
  const ended = new Promise<void>((resolve) => {
    log.append(record('a', 1), (fault) => heard.push(`first ${fault?.code}`))
    const refused = log.append(record('a', 2, { body: new Uint8Array(16_777_217) }), (fault) =>
      heard.push(`second ${fault?.code}`),
    )
    expect(refused).toBe(0)
    log.append(record('a', 2), (fault) => {
      heard.push(`third ${fault?.code}`)
      resolve()
    })
  })
  expect(heard).toEqual([])
  await ended
  expect(heard).toEqual(['safe 1-3', 'first undefined', 'second record-too-large', 'third undefined'])
})

test('a record of the largest body is kept, alone in its group', async () => {
  const disk = new CrashDisk()
  const { log } = await openLog(disk)
  const groups: number[] = []
  log.onSafe = (from) => groups.push(from)
  const large = record('a', 2, { body: Buffer.alloc(16_777_216, 'x') })
  await Promise.all([keep(log, record('a', 1)), keep(log, large), keep(log, record('a', 3))])
  expect(groups).toEqual([1, 2, 3])
  const { replayed } = await openLog(disk.clone())
  expect(replayed.map(({ body }) => body.length)).toEqual([3, 16_777_216, 3])
})

test('a group has at most a mebibyte', async () => {
  const disk = new CrashDisk()
  const { log } = await openLog(disk)
  const writes: number[] = []
  disk.hook = ({ op, bytes }) => {
    if (op === 'write' && bytes > 64) writes.push(bytes)
    return undefined
  }
  await Promise.all(Array.from({ length: 300 }, (_, at) => keep(log, record('a', at + 1, { bytes: 10_000 }))))
  expect(writes.length).toBe(3)
  expect(Math.max(...writes)).toBeLessThanOrEqual(1_048_576)
  expect((await readAll(log)).map(named)).toEqual(Array.from({ length: 300 }, (_, at) => `a/${at + 1}`))
})

test('tags or an id that are too long are refused', async () => {
  const { log } = await openLog(new CrashDisk())
  const code = async (more: Parameters<typeof record>[2], id = 'a'): Promise<string | undefined> =>
    (await outcome(log, record(id, 1, more)))?.code
  expect(await code({ tags: ['x'.repeat(16_382)] })).toBeUndefined()
  expect(await code({ tags: ['x'.repeat(16_383)] })).toBe('record-too-large')
  expect(await code({ tags: Array.from({ length: 17 }, () => 'x') })).toBe('record-too-large')
  expect(await code({}, 'i'.repeat(4_096))).toBeUndefined()
  expect(await code({}, 'i'.repeat(4_097))).toBe('record-too-large')
  expect(() => log.append(record('größe', 1), () => {})).toThrow('not ASCII')
})

test('more waiting bytes than the limit are refused as journal-busy, and nothing of them is kept', async () => {
  const { log } = await openLog(new CrashDisk())
  const body = Buffer.alloc(16_000_000)
  const faults = await Promise.all([1, 2, 3, 4, 5].map((seq) => outcome(log, record('a', seq, { body }))))
  expect(faults.map((fault) => fault?.code)).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
    'journal-busy',
  ])
  expect((faults[4] as Fault).outcome).toBe('known')
  expect(await keep(log, record('a', 5))).toBe(5)
})

test('reading goes on from anywhere and is given no more than asked for', async () => {
  const disk = new CrashDisk()
  const { log } = await openLog(disk, { segmentBytes: 5_000 })
  for (let group = 0; group < 40; group++)
    await Promise.all([1, 2, 3, 4, 5].map((at) => keep(log, record('a', group * 5 + at, { bytes: 100 }))))
  expect(log.segments.length).toBeGreaterThan(5)
  for (const one of [
    log,
    (await openLog(disk.clone())).log,
    (await openLog(disk.clone(), { after: 190 })).log,
  ]) {
    expect((await readAll(one, 3)).map(({ seq }) => seq)).toEqual(
      Array.from({ length: 200 }, (_, at) => at + 1),
    )
    for (let from = 1; from <= 201; from++) {
      const page = await one.read(from, 7)
      const positions = Array.from({ length: Math.min(7, 201 - from) }, (_, at) => from + at)
      expect(page.records.map(({ position }) => position)).toEqual(positions)
      expect(page.next).toBe(Math.min(from + 7, 201))
      expect(page.holes).toEqual([])
    }
    expect(await one.read(500, 10)).toMatchObject({ records: [], next: 500 })
    expect((await one.read(0, 1)).next).toBe(2)
  }
})

test('what is not safe is not read', async () => {
  const disk = new CrashDisk()
  const { log } = await openLog(disk)
  await keep(log, record('a', 1))
  let release = (): void => {}
  const delay = new Promise<void>((resolve) => (release = resolve))
  const reached = new Promise<void>((resolve) => {
    disk.hook = ({ op }) => (op === 'sync' ? (resolve(), { delay }) : undefined)
  })
  const second = keep(log, record('a', 2))
  await reached
  expect((await readAll(log)).map(named)).toEqual(['a/1'])
  release()
  await second
  expect((await readAll(log)).map(named)).toEqual(['a/1', 'a/2'])
})

test('only records behind a position are replayed, and old segments are not read for it', async () => {
  const disk = new CrashDisk()
  const { log } = await openLog(disk, { segmentBytes: 2_000 })
  await keepEach(
    log,
    Array.from({ length: 100 }, (_, at) => record('a', at + 1)),
  )
  await log.close()
  const before = disk.count('read')
  const { replayed, log: again } = await openLog(disk, { after: 95 })
  expect(replayed.map(({ position }) => position)).toEqual([96, 97, 98, 99, 100])
  expect(again.tip).toBe(101)
  expect(disk.count('read') - before).toBeLessThan(again.segments.length + 8)
})

test('progress ends with all bytes', async () => {
  const disk = new CrashDisk()
  const { log } = await openLog(disk, { segmentBytes: 2_000 })
  await keepEach(
    log,
    Array.from({ length: 50 }, (_, at) => record('a', at + 1)),
  )
  const { bytes } = log
  await log.close()
  const seen: [number, number][] = []
  const { Log } = await import('../../../../node/journal/log/log.ts')
  const { SystemClock } = await import('../../../../node/system-clock.ts')
  await Log.open(
    { disk, folder, identity, clock: new SystemClock() },
    { after: 0, replay() {}, progress: (done, all) => seen.push([done, all]) },
  )
  expect(seen.at(-1)).toEqual([bytes, bytes])
  expect(seen.map(([done]) => done)).toEqual(seen.map(([done]) => done).toSorted((one, other) => one - other))
})

test('closing lets what waits become safe, and takes nothing more', async () => {
  const disk = new CrashDisk()
  const { log } = await openLog(disk)
  const waiting = keep(log, record('a', 1))
  const closing = log.close()
  expect(await outcome(log, record('a', 2))).toMatchObject({ code: 'journal-closed', outcome: 'known' })
  await waiting
  await closing
  await expect(log.read(1, 1)).rejects.toMatchObject({ code: 'journal-closed' })
  await expect(log.compact(() => true, {})).rejects.toMatchObject({ code: 'journal-closed' })
  const { replayed } = await openLog(disk.clone())
  expect(replayed.map(named)).toEqual(['a/1'])
})

test('a segment is never larger than the limit, and all of them together are the log', async () => {
  const disk = new CrashDisk()
  const { log } = await openLog(disk, { segmentBytes: 3_000 })
  await keepEach(
    log,
    Array.from({ length: 100 }, (_, at) => record('a', at + 1, { bytes: 50 + at })),
  )
  for (const { file, bytes } of log.segments) {
    expect(bytes).toBeLessThanOrEqual(3_000)
    expect(disk.contents(`${folder}/log/${file}`).length).toBe(bytes)
  }
  expect(log.bytes).toBe(log.segments.reduce((sum, { bytes }) => sum + bytes, 0))
  const { replayed } = await openLog(disk.clone(), { segmentBytes: 3_000 })
  expect(replayed.map(({ seq }) => seq)).toEqual(Array.from({ length: 100 }, (_, at) => at + 1))
})
