// Tests of the crash disk: the contract, what a fall leaves, and what a test may do to it.
import { describe, expect, test } from 'vitest'
import { seededRandom } from '../../../runtime/random.ts'
import { CrashDisk } from '../../../scenarios/testing/crash-disk.ts'
import { ManualClock } from '../../../scenarios/testing/manual-clock.ts'
import { durableDiskContract, readAll, trouble } from '../../contracts/durable-disk.ts'
import type { DiskFile } from '../../../runtime/disk.ts'
import type { CrashDiskOptions } from '../../../scenarios/testing/crash-disk.ts'
import type { DiskMishap, DiskOperation } from '../../../scenarios/testing/disk-gate.ts'

const sector = 512
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
/** Sectors that are full of one letter each. */
const sectors = (letters: string): Uint8Array =>
  bytes([...letters].map((letter) => letter.repeat(sector)).join(''))

/** What is seen in a file: the letter of each sector, `0` for zeros; undefined if it is not there. */
function seen(disk: CrashDisk, path = '/a/file'): string | undefined {
  if (!disk.files().includes(path)) return undefined
  const content = disk.contents(path)
  const letters = Array.from({ length: Math.ceil(content.length / sector) }, (_, i) => content[i * sector])
  return letters.map((code) => (code === 0 ? '0' : String.fromCharCode(code!))).join('')
}

/** All that may be seen after a fall, each once. */
function outcomes(disk: CrashDisk, path?: string): (string | undefined)[] {
  return [...new Set([...disk.crashStates()].map((state) => seen(state, path)))].toSorted()
}

/** A disk with a safe file of some sectors. */
async function made(
  letters = '',
  options: CrashDiskOptions = {},
): Promise<{ disk: CrashDisk; file: DiskFile }> {
  const disk = new CrashDisk(options)
  disk.put('/a/file', sectors(letters))
  return { disk, file: await disk.open('/a/file', 'write') }
}

/** Lets something happen to the operations of one kind, each given mishap once, in order. */
function once(
  op: DiskOperation['op'],
  ...mishaps: DiskMishap[]
): (operation: DiskOperation) => DiskMishap | undefined {
  return (operation) => (operation.op === op ? mishaps.shift() : undefined)
}

durableDiskContract(async () => {
  const disk = new CrashDisk()
  await disk.makeFolder('/home')
  return {
    disk,
    folder: '/home',
    holdElsewhere: async (folder) => {
      const { die } = disk.lockElsewhere(folder, 42)
      return { pid: 42, kill: async () => die() }
    },
  }
})

describe('a fall', () => {
  test('leaves what is safe, and of a write one of its sectors, the other, both or none, and maybe the length', async () => {
    const { disk, file } = await made('ab')
    await file.write(sectors('XY'), sector)
    const found = new Set<string | undefined>()
    for (let seed = 0; seed < 100; seed++) {
      for (const state of disk.crashStates({ random: seededRandom(seed) })) found.add(seen(state))
    }
    expect([...found].toSorted()).toEqual(['aX', 'aX0', 'aXY', 'ab', 'abY'])
  })

  test('may leave a later write without an earlier one, with zeros between', async () => {
    const { disk, file } = await made('a')
    await file.write(sectors('b'), sector)
    await file.write(sectors('c'), 2 * sector)
    expect(outcomes(disk)).toEqual(expect.arrayContaining(['a', 'ab', 'abc', 'a0c']))
  })

  test('leaves the write that was last where two lie over each other, or the first, or none', async () => {
    const { disk, file } = await made('a')
    await file.write(sectors('b'), 0)
    await file.write(sectors('c'), 0)
    expect(outcomes(disk)).toEqual(['a', 'b', 'c'])
  })

  test('leaves all that was written before a sync began, and doubts what came while it was under way', async () => {
    const { disk, file } = await made('a')
    await file.write(sectors('b'), 0)
    const synced = file.sync()
    const written = file.write(sectors('c'), 0)
    await Promise.all([synced, written])
    expect(disk.pendingCount).toBe(1)
    expect(outcomes(disk)).toEqual(['b', 'c'])
    await file.sync()
    expect(outcomes(disk)).toEqual(['c'])
  })

  test('undoes a length that was not safe', async () => {
    const { disk, file } = await made('abc')
    await file.truncate(sector)
    expect([seen(disk), outcomes(disk)]).toEqual(['a', ['a', 'abc']])
    await file.sync()
    expect(outcomes(disk)).toEqual(['a'])
  })

  test('takes a new file away until its folder is safe, however safe its bytes are', async () => {
    const disk = new CrashDisk()
    await disk.makeFolder('/a')
    const file = await disk.open('/a/file', 'create')
    await file.write(sectors('x'), 0)
    await file.sync()
    expect(outcomes(disk)).toEqual(['x', undefined])
    await disk.syncFolder('/a')
    expect(outcomes(disk)).toEqual(['x'])
  })

  test('leaves a folder that was made, with those above it', async () => {
    const disk = new CrashDisk()
    await disk.makeFolder('/a/b/c')
    expect(await disk.crash(seededRandom(1)).names('/a/b')).toEqual(['c/'])
  })

  test('undoes a rename whole or not at all, until the folder is safe', async () => {
    const disk = new CrashDisk()
    disk.put('/a/old', sectors('o'))
    disk.put('/a/new', sectors('n'))
    await disk.rename('/a/new', '/a/old')
    const found = [...disk.crashStates()].map((state) => [state.files(), seen(state, '/a/old')])
    expect(found).toEqual([
      [['/a/old'], 'n'],
      [['/a/new', '/a/old'], 'o'],
    ])
    await disk.syncFolder('/a')
    expect([...disk.crashStates()].map((state) => state.files())).toEqual([['/a/old']])
  })

  test('never leaves a file that was renamed twice by two of its names', async () => {
    const { disk } = await made('a')
    await disk.rename('/a/file', '/a/next')
    await disk.rename('/a/next', '/a/last')
    const found = new Set([...disk.crashStates()].map((state) => state.files().join()))
    expect([...found].toSorted()).toEqual(['/a/file', '/a/last', '/a/next'])
  })

  test('doubts a rename between two folders until both are safe', async () => {
    const disk = new CrashDisk()
    disk.put('/a/file', sectors('x'))
    await disk.makeFolder('/b')
    await disk.rename('/a/file', '/b/file')
    await disk.syncFolder('/b')
    expect(disk.crashStateCount).toBe(2)
    await disk.syncFolder('/a')
    expect([...disk.crashStates()].map((state) => state.files())).toEqual([['/b/file']])
  })

  test('brings a removed file back, until the folder is safe', async () => {
    const { disk } = await made('a')
    await disk.remove('/a/file')
    expect([disk.files(), outcomes(disk)]).toEqual([[], ['a', undefined]])
    await disk.syncFolder('/a')
    expect(outcomes(disk)).toEqual([undefined])
  })

  test('brings each name in a removed folder back by itself', async () => {
    const disk = new CrashDisk()
    disk.put('/a/b/one', sectors('1'))
    disk.put('/a/b/two', sectors('2'))
    await disk.remove('/a/b')
    const found = [...disk.crashStates()].map((state) =>
      state
        .files()
        .map((path) => path.slice(5))
        .join(),
    )
    expect([...new Set(found)].toSorted()).toEqual(['', 'one', 'one,two', 'two'])
  })

  test('frees the folders that were locked', async () => {
    const { disk } = await made('a')
    await disk.lock('/a')
    await disk.crash(seededRandom(1)).lock('/a')
    expect(await disk.clone().names('/a')).toEqual(['file', 'lock'])
    await disk.clone().lock('/a')
  })

  test('ends all work on the old disk, also what is under way, and harms no other', async () => {
    const { disk, file } = await made('a')
    const late = file.write(sectors('b'), 0)
    const after = disk.crash(seededRandom(1))
    const kept = seen(after)
    expect(await trouble(late)).toBe('other')
    expect(await trouble(file.write(sectors('c'), 0))).toBe('other')
    expect(await trouble(disk.open('/a/file', 'read'))).toBe('other')
    const attempts = [file.size(), file.sync(), disk.names('/a'), disk.remove('/a'), disk.lock('/a')]
    expect(await Promise.all(attempts.map(trouble))).toEqual(attempts.map(() => 'other'))
    expect([seen(after), disk.isHalted, after.isHalted]).toEqual([kept, true, false])
  })

  test('is the same with the same seed', async () => {
    const { disk, file } = await made('abcdefgh')
    for (let i = 0; i < 20; i++) await file.write(sectors('XYZ'), (i % 6) * sector)
    const fallen = (seed: number): unknown => disk.clone().crash(seededRandom(seed)).contents('/a/file')
    expect(fallen(7)).toEqual(fallen(7))
    expect(new Set(Array.from({ length: 50 }, (_, seed) => String(fallen(seed)))).size).toBeGreaterThan(10)
  })
})

describe('the states after a fall', () => {
  test('are as many as there are combinations, each is made once and all are different', async () => {
    const { disk, file } = await made('abcdef')
    for (let i = 0; i < 6; i++) await file.write(sectors('x'), i * sector)
    expect([disk.pendingCount, disk.crashStateCount]).toEqual([6, 64])
    expect(outcomes(disk)).toHaveLength(64)
    expect([...disk.crashStates()]).toHaveLength(64)
  })

  test('with nothing in doubt are one', async () => {
    const { disk } = await made('a')
    expect([disk.crashStateCount, outcomes(disk)]).toEqual([1, ['a']])
    expect([...disk.crashStates()]).toHaveLength(1)
  })

  test('with twelve changes are all of them, with thirteen a sample with all kept and all lost', async () => {
    const { disk, file } = await made('a'.repeat(13))
    for (let i = 0; i < 12; i++) await file.write(sectors('x'), i * sector)
    expect(outcomes(disk)).toHaveLength(4_096)
    await file.write(sectors('x'), 12 * sector)
    const states = [...disk.crashStates({ samples: 100 })].map((state) => seen(state))
    expect(states).toHaveLength(100)
    expect(states.slice(0, 2)).toEqual(['x'.repeat(13), 'a'.repeat(13)])
    expect([...disk.crashStates()]).toHaveLength(1_000)
  })

  test('share nothing: neither each other nor the disk they come from is changed by one', async () => {
    const { disk, file } = await made('ab')
    await file.write(sectors('x'), 0)
    const [kept, lost] = [...disk.crashStates()]
    const other = await kept!.open('/a/file', 'write')
    await other.write(sectors('k'), sector)
    await other.truncate(sector * 3)
    await kept!.remove('/a')
    expect([seen(disk), seen(lost!)]).toEqual(['xb', 'ab'])
    await file.write(sectors('yz'), 0)
    expect([seen(disk), seen(lost!)]).toEqual(['yz', 'ab'])
  })

  test('are those of the moment when they were asked for', async () => {
    const { disk, file } = await made('a')
    await file.write(sectors('b'), 0)
    const states = disk.crashStates()
    const first = seen(states.next().value!)
    await file.write(sectors('c'), 0)
    await file.sync()
    expect([first, ...[...states].map((state) => seen(state))]).toEqual(['b', 'a'])
  })

  test('of a clone are those of the disk', async () => {
    const { disk, file } = await made('ab')
    await file.write(sectors('xy'), 0)
    await disk.rename('/a/file', '/a/other')
    const states = (from: CrashDisk): unknown[] =>
      [...from.crashStates()].map((state) => [seen(state), seen(state, '/a/other')])
    const clone = disk.clone()
    expect(states(clone)).toEqual(states(disk))
    await clone.syncFolder('/a')
    expect([clone.pendingCount, disk.pendingCount]).toEqual([1, 2])
  })
})

describe('a mishap', () => {
  test('is asked for before each operation, with what it is about', async () => {
    const heard: DiskOperation[] = []
    const disk = new CrashDisk({ hook: (operation) => void heard.push(operation) })
    await disk.makeFolder('/a')
    const file = await disk.open('/a/file', 'create')
    await file.write(bytes('abc'), 0)
    await file.sync()
    await file.close()
    const lock = await disk.lock('/a')
    await lock.release()
    expect(heard).toEqual([
      { op: 'make-folder', path: '/a', index: 0, bytes: 0 },
      { op: 'open', path: '/a/file', index: 1, bytes: 0 },
      { op: 'write', path: '/a/file', index: 2, bytes: 3 },
      { op: 'sync', path: '/a/file', index: 3, bytes: 0 },
      { op: 'close', path: '/a/file', index: 4, bytes: 0 },
      { op: 'lock', path: '/a', index: 5, bytes: 0 },
      { op: 'release', path: '/a', index: 6, bytes: 0 },
    ])
    expect([disk.count(), disk.count('write'), disk.count('read')]).toEqual([7, 1, 0])
  })

  test('lets any operation fail, and then it has no effect', async () => {
    const { disk, file } = await made('a')
    disk.hook = () => ({ fail: 'read-only' })
    const attempts = [
      file.write(sectors('b'), 0),
      file.truncate(0),
      file.read(new Uint8Array(1), 0),
      file.size(),
      disk.open('/a/new', 'create'),
      disk.makeFolder('/b'),
      disk.names('/a'),
      disk.rename('/a/file', '/a/other'),
      disk.remove('/a/file'),
      disk.syncFolder('/a'),
      disk.lock('/a'),
    ]
    expect(await Promise.all(attempts.map(trouble))).toEqual(attempts.map(() => 'read-only'))
    disk.hook = undefined
    expect([seen(disk), disk.files(), disk.pendingCount]).toEqual(['a', ['/a/file'], 0])
    await (await disk.lock('/a')).release()
  })

  test('lets a disk be full after a part of a write', async () => {
    const { disk, file } = await made('a', { hook: once('write', { fail: 'full', written: 3 }) })
    expect(await trouble(file.write(bytes('xyz123'), sector))).toBe('full')
    expect(await file.size()).toBe(sector + 3)
    expect(new TextDecoder().decode(disk.contents('/a/file').subarray(sector))).toBe('xyz')
  })

  test('makes a write short, but never empty', async () => {
    const { file } = await made('', { hook: once('write', { short: 4 }, { short: 0 }, { short: 100 }) })
    expect(await file.write(bytes('0123456789'), 0)).toBe(4)
    expect(await file.write(bytes('456789'), 4)).toBe(1)
    expect(await file.write(bytes('56789'), 5)).toBe(5)
    expect(await readAll(file)).toBe('0123456789')
  })

  test('lets a sync fail: what it should have saved is seen on, and no later sync saves it', async () => {
    const { disk, file } = await made('ab', { hook: once('sync', { fail: 'other' }) })
    await file.write(sectors('X'), 0)
    await expect(file.sync()).rejects.toMatchObject({ code: 'disk-failed', outcome: 'unknown' })
    await file.write(sectors('Y'), sector)
    await file.sync()
    await (await disk.open('/a/file', 'write')).sync()
    expect([seen(disk), outcomes(disk)]).toEqual(['XY', ['XY', 'aY']])
  })

  test('what a sync has saved over that which another one could not save stays', async () => {
    const { disk, file } = await made('a', { hook: once('sync', { fail: 'other' }) })
    await file.write(sectors('bc'), 0)
    await trouble(file.sync())
    await file.truncate(sector)
    await file.write(sectors('d'), 0)
    await file.sync()
    expect(outcomes(disk)).toEqual(['d'])
  })

  test('lets a sync fail and what it should have saved be gone', async () => {
    const { disk, file } = await made('a', { hook: once('sync', { fail: 'other', pending: 'dropped' }) })
    await file.write(sectors('b'), 0)
    await trouble(file.sync())
    expect([seen(disk), outcomes(disk), disk.pendingCount]).toEqual(['a', ['a'], 0])
    await file.write(sectors('c'), 0)
    await file.sync()
    expect(outcomes(disk)).toEqual(['c'])
  })

  test('lets the machine fall in the middle of an operation: it may have been done or not', async () => {
    const { disk, file } = await made('a', { hook: once('write', {}, { crash: true }) })
    await file.write(sectors('b'), 0)
    expect(await trouble(file.write(sectors('c'), sector))).toBe('other')
    expect(disk.isHalted).toBe(true)
    expect(outcomes(disk)).toEqual(['a', 'a0', 'ac', 'b', 'b0', 'bc'])
  })

  test('lets the machine fall in a sync: nothing of it is safe', async () => {
    const { disk, file } = await made('a', { hook: once('sync', { crash: true }) })
    await file.write(sectors('b'), 0)
    expect(await trouble(file.sync())).toBe('other')
    expect(outcomes(disk)).toEqual(['a', 'b'])
  })

  test('delays an operation: what it writes is seen, what it saves is not safe yet', async () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    const { disk, file } = await made('a', { hook: once('sync', { delay: promise }) })
    await file.write(sectors('b'), 0)
    let isOver = false
    const synced = file.sync().then(() => (isOver = true))
    await file.size()
    expect([isOver, seen(disk), outcomes(disk)]).toEqual([false, 'b', ['a', 'b']])
    resolve()
    await synced
    expect(outcomes(disk)).toEqual(['b'])
  })
})

describe('damage', () => {
  test('turns one bit over, and it is turned for good', async () => {
    const disk = new CrashDisk()
    disk.put('/a', new Uint8Array([0, 0b101, 0]))
    disk.flip('/a', 8)
    disk.flip('/a', 23)
    expect([...disk.crash(seededRandom(1)).contents('/a')]).toEqual([0, 0b100, 0b1000_0000])
    expect(() => disk.flip('/a', 24)).toThrow('A bit was flipped that is not in the file')
  })

  test('cuts a file off, also where somebody has it open', async () => {
    const { disk, file } = await made('abc')
    await file.write(sectors('X'), 2 * sector)
    disk.cut('/a/file', sector + 1)
    expect([await file.size(), disk.pendingCount]).toEqual([sector + 1, 0])
  })

  test('of contents that were read changes nothing', async () => {
    const { disk } = await made('a')
    disk.contents('/a/file').fill(0)
    expect(seen(disk)).toBe('a')
  })
})

test('operations end in turns of the clock, one for each, in the order they were asked for', async () => {
  const turns: (() => void)[] = []
  const clock = Object.assign(new ManualClock(), { later: (run: () => void) => void turns.push(run) })
  const disk = new CrashDisk({ clock })
  disk.put('/a/file', new Uint8Array())
  const ended: string[] = []
  disk.names('/a').then(() => ended.push('names'))
  disk.open('/a/file', 'read').then(() => ended.push('open'))
  await new Promise(setImmediate)
  expect([ended, turns.length]).toEqual([[], 2])
  turns.shift()!()
  await new Promise(setImmediate)
  expect(ended).toEqual(['names'])
  turns.shift()!()
  await new Promise(setImmediate)
  expect(ended).toEqual(['names', 'open'])
})

test('bytes that are changed while they are being written are a bug of the caller', async () => {
  const { file } = await made('')
  const buffer = bytes('abc')
  const written = file.write(buffer, 0)
  buffer[0] = 0
  await expect(written).rejects.toThrow('Bytes were changed while they were being written')
})
