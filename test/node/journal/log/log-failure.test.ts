// Tests of the log on a disk that fails: short writes, a full disk, a sync that does not, and no way to go on.
import { expect, test } from 'vitest'
import { CrashDisk } from '../../../../scenarios/testing/crash-disk.ts'
import { folder, keep, keepEach, named, openLog, outcome, readAll, record } from './log-rig.ts'
import type { DiskMishap, DiskOperation } from '../../../../scenarios/testing/disk-gate.ts'

test('a write that ends short is gone on with', async () => {
  const disk = new CrashDisk()
  const { log } = await openLog(disk)
  disk.hook = ({ op }) => (op === 'write' ? { short: 7 } : undefined)
  await keepEach(log, [record('a', 1, { bytes: 500 }), record('a', 2)])
  disk.halt()
  for (const state of disk.crashStates())
    expect((await openLog(state)).replayed.map(named)).toEqual(['a/1', 'a/2'])
})

test('on a full disk nothing of the group is kept, nor of what waits, and the next one is tried again', async () => {
  const disk = new CrashDisk()
  const { log } = await openLog(disk)
  await keep(log, record('a', 1))
  disk.hook = once('write', { fail: 'full', written: 90 })
  const large = { bytes: 600_000 }
  const faults = await Promise.all([
    outcome(log, record('a', 2, large)),
    outcome(log, record('b', 1, large)),
    outcome(log, record('b', 2)),
  ])
  expect(faults.map((fault) => [fault?.code, fault?.outcome])).toEqual(
    Array.from({ length: 3 }, () => ['journal-full', 'known']),
  )
  expect(log.tip).toBe(2)
  const [segment] = log.segments
  expect(disk.contents(`${folder}/log/${segment!.file}`).length).toBe(segment!.bytes)
  expect(await keep(log, record('a', 2))).toBe(2)
  expect(log.segments.length).toBe(1)
  expect((await readAll(log)).map(named)).toEqual(['a/1', 'a/2'])
  expect((await openLog(disk.clone())).replayed.map(named)).toEqual(['a/1', 'a/2'])
})

test('after a sync that failed the outcome is unknown, the file is left, and the log goes on in a new one', async () => {
  const disk = new CrashDisk()
  const { log } = await openLog(disk)
  await keep(log, record('a', 1))
  const synced: string[] = []
  const failing = once('sync', { fail: 'other', pending: 'kept' })
  disk.hook = (operation) => {
    if (operation.op === 'sync') synced.push(operation.path)
    return failing(operation)
  }
  const [first, waiting] = await Promise.all([
    outcome(log, record('a', 2, { bytes: 600_000 })),
    outcome(log, record('b', 1, { bytes: 600_000 })),
  ])
  expect(first).toMatchObject({ code: 'journal-failed', outcome: 'unknown' })
  expect(waiting).toMatchObject({ code: 'journal-failed', outcome: 'unknown' })
  expect(await keep(log, record('a', 2))).toBe(2)
  const [old, , ...rest] = synced
  expect(rest).not.toContain(old)
  expect(log.segments.map(({ firstPosition }) => firstPosition)).toEqual([1, 2])
  expect((await readAll(log)).map(named)).toEqual(['a/1', 'a/2'])
  disk.halt()
  for (const state of disk.crashStates()) {
    const again = await openLog(state)
    expect(again.replayed.map(({ seq, body }) => [seq, body.length])).toEqual([
      [1, 3],
      [2, 3],
    ])
    expect(again.log.findings.holes).toEqual([])
  }
})

test('a log that cannot begin a new file refuses all until it is opened again', async () => {
  const disk = new CrashDisk()
  const { log } = await openLog(disk)
  await keep(log, record('a', 1))
  disk.hook = ({ op }) => (op === 'sync' || op === 'open' ? { fail: 'read-only' } : undefined)
  expect(await outcome(log, record('a', 2))).toMatchObject({ code: 'journal-failed', outcome: 'unknown' })
  expect(await outcome(log, record('a', 2))).toMatchObject({ code: 'journal-failed', outcome: 'known' })
  disk.hook = undefined
  expect(await outcome(log, record('a', 2))).toMatchObject({ code: 'journal-failed', outcome: 'known' })
  expect((await readAll(log)).map(named)).toEqual(['a/1'])
  await log.close()
  const again = await openLog(disk)
  expect(again.replayed.map(named)).toEqual(['a/1'])
  expect(await keep(again.log, record('a', 2))).toBe(2)
})

test('a write that fails for another reason than a full disk counts as a sync that failed', async () => {
  const disk = new CrashDisk()
  const { log } = await openLog(disk)
  await keep(log, record('a', 1))
  disk.hook = once('write', { fail: 'other', written: 20 })
  expect(await outcome(log, record('a', 2))).toMatchObject({ code: 'journal-failed', outcome: 'unknown' })
  expect(await keep(log, record('a', 2))).toBe(2)
  expect(log.segments.length).toBe(2)
})

test('a disk that is full when a segment begins keeps the old one closed and tries again', async () => {
  const disk = new CrashDisk()
  const { log } = await openLog(disk, { segmentBytes: 1_000 })
  await keep(log, record('a', 1, { bytes: 800 }))
  let failures = 0
  disk.hook = ({ op }) => (op === 'sync-folder' && ++failures <= 2 ? { fail: 'full' } : undefined)
  expect(await outcome(log, record('a', 2, { bytes: 300 }))).toMatchObject({ code: 'journal-full' })
  expect(await outcome(log, record('a', 2, { bytes: 3 }))).toMatchObject({ code: 'journal-full' })
  expect(await keep(log, record('a', 2, { bytes: 3 }))).toBe(2)
  disk.halt()
  for (const state of disk.crashStates()) {
    const again = await openLog(state, { segmentBytes: 1_000 })
    expect(again.replayed.map(({ seq }) => seq)).toEqual([1, 2])
  }
})

test('what one who is told throws does not keep the others from hearing', async () => {
  const { SystemClock } = await import('../../../../node/system-clock.ts')
  const thrown: unknown[] = []
  const real = new SystemClock()
  const clock = new (class extends SystemClock {
    override soon(run: () => void): void {
      real.soon(() => {
        try {
          run()
        } catch (error) {
          thrown.push(error)
        }
      })
    }
  })()
  const { log } = await openLog(new CrashDisk(), { clock })
  log.onSafe = () => {
    throw new Error('listener')
  }
  log.append(record('a', 1), () => {
    throw new Error('first')
  })
  expect(await keep(log, record('a', 2))).toBe(2)
  expect(await keep(log, record('a', 3))).toBe(3)
  expect(thrown.map(String)).toEqual(['Error: listener', 'Error: first', 'Error: listener'])
})

test('a disk that fails while the log opens is the fault of the opening, and nothing stays open', async () => {
  const disk = new CrashDisk()
  const { log } = await openLog(disk)
  await keep(log, record('a', 1))
  await log.close()
  const left = disk.count('open') - disk.count('close')
  disk.hook = ({ op, path }) => (op === 'sync' && path.startsWith(folder) ? { fail: 'read-only' } : undefined)
  await expect(openLog(disk)).rejects.toMatchObject({ code: 'disk-failed' })
  expect(disk.count('open') - disk.count('close')).toBe(left)
})

/** The first operation of a kind meets with it. */
test('a segment that cannot be closed when it is full is left all the same, and nobody is refused', async () => {
  const disk = new CrashDisk()
  const { log } = await openLog(disk, { segmentBytes: 1_000 })
  disk.hook = once('close', { fail: 'other' })
  for (let seq = 1; seq <= 6; seq++)
    expect(await outcome(log, record('a', seq, { bytes: 500 }))).toBeUndefined()
  expect(log.segments.length).toBeGreaterThan(2)
  await log.close()
  expect((await openLog(disk)).replayed).toHaveLength(6)
})

function once(op: string, mishap: DiskMishap): (operation: DiskOperation) => DiskMishap | undefined {
  let isOver = false
  return (operation) => {
    if (operation.op !== op || isOver) return undefined
    isOver = true
    return mishap
  }
}
