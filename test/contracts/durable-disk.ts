// The contract of a durable disk, one body for the real one and the one in memory. What a fall of the machine does is not in it.
import { expect, test } from 'vitest'
import { troubleOf } from '../../runtime/disk-fault.ts'
import type { DiskFile, DiskTrouble, DurableDisk } from '../../runtime/disk.ts'

export interface DiskStage {
  readonly disk: DurableDisk
  /** An empty folder that nobody else uses. */
  readonly folder: string
  /** Another process takes the lock of a folder and holds it until it is killed. */
  readonly holdElsewhere: (folder: string) => Promise<{ readonly pid: number; kill(): Promise<void> }>
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

export async function readAll(file: DiskFile): Promise<string> {
  const into = new Uint8Array((await file.size()) + 10)
  const count = await file.read(into, 0)
  return new TextDecoder().decode(into.subarray(0, count))
}

/** What a disk says that it cannot do. */
export async function trouble(attempt: Promise<unknown>): Promise<DiskTrouble | undefined> {
  return attempt.then(
    () => undefined,
    (error: unknown) => {
      if (troubleOf(error) === undefined) throw error
      return troubleOf(error)
    },
  )
}

export function durableDiskContract(open: () => Promise<DiskStage>): void {
  files(open)
  names(open)
  locks(open)
}

function files(open: () => Promise<DiskStage>): void {
  async function make(text: string): Promise<{ file: DiskFile; path: string; disk: DurableDisk }> {
    const { disk, folder } = await open()
    const file = await disk.open(`${folder}/file`, 'create')
    await file.write(bytes(text), 0)
    return { file, path: `${folder}/file`, disk }
  }

  test('what was written is read at its offset, by this and by any other opening of the file', async () => {
    const { file, path, disk } = await make('0123456789')
    expect(await file.write(bytes('abc'), 4)).toBe(3)
    expect(await readAll(file)).toBe('0123abc789')
    const other = await disk.open(path, 'read')
    const into = new Uint8Array(3)
    expect(await other.read(into, 5)).toBe(3)
    expect(into).toEqual(bytes('bc7'))
    await Promise.all([file.close(), other.close()])
  })

  test('a read at the end is short, one behind it is empty, and the rest of the bytes is left alone', async () => {
    const { file } = await make('0123456789')
    const into = new Uint8Array(5).fill(7)
    expect(await file.read(into, 8)).toBe(2)
    expect([...into]).toEqual([56, 57, 7, 7, 7])
    expect(await file.read(into, 10)).toBe(0)
    expect(await file.read(into, 1_000)).toBe(0)
    expect(await file.read(new Uint8Array(), 0)).toBe(0)
    await file.close()
  })

  test('between the end and a write behind it there are zeros', async () => {
    const { file } = await make('ab')
    await file.write(bytes('c'), 4)
    expect(await readAll(file)).toBe('ab\0\0c')
    await file.close()
  })

  test('a file is as long as it was cut, what is cut off comes back as zeros', async () => {
    const { file } = await make('0123456789')
    await file.truncate(3)
    expect([await file.size(), await readAll(file)]).toEqual([3, '012'])
    await file.truncate(5)
    expect([await file.size(), await readAll(file)]).toEqual([5, '012\0\0'])
    await file.truncate(0)
    await file.write(bytes('x'), 2)
    expect(await readAll(file)).toBe('\0\0x')
    await file.close()
  })

  test('no bytes can be written and nothing can be made safe', async () => {
    const { file } = await make('')
    expect(await file.write(new Uint8Array(), 5)).toBe(0)
    await file.sync()
    expect(await file.size()).toBe(0)
    await file.close()
  })

  test('writes that are under way at once have all been done, each at its offset', async () => {
    const { file } = await make('')
    await Promise.all([5, 3, 1, 7].map((offset) => file.write(bytes(`${offset}${offset}`), offset)))
    await file.sync()
    expect(await readAll(file)).toBe('\x0011335577')
    await file.close()
  })

  test('a write that is under way when the file is closed is done', async () => {
    const { file, path, disk } = await make('')
    const written = file.write(bytes('late'), 0)
    await file.close()
    expect(await written).toBe(4)
    const other = await disk.open(path, 'read')
    expect(await readAll(other)).toBe('late')
    await other.close()
  })

  test('a closed file does nothing any more, and is closed once', async () => {
    const { file } = await make('abc')
    await Promise.all([file.close(), file.close()])
    await file.close()
    const attempts = [
      file.write(bytes('x'), 0),
      file.read(new Uint8Array(1), 0),
      file.sync(),
      file.truncate(0),
      file.size(),
    ]
    expect(await Promise.all(attempts.map(trouble))).toEqual(attempts.map(() => 'other'))
  })

  test('a file that is open for reading cannot be written', async () => {
    const { file, path, disk } = await make('abc')
    const reader = await disk.open(path, 'read')
    expect(await trouble(reader.write(bytes('x'), 0))).toBe('other')
    expect(await trouble(reader.truncate(0))).toBe('other')
    expect(await readAll(file)).toBe('abc')
    await Promise.all([file.close(), reader.close()])
  })

  test('an offset that is no whole number from 0 up is a bug of the caller', async () => {
    const { file } = await make('abc')
    const wrong = async (offset: number): Promise<unknown> => file.write(bytes('x'), offset)
    const wrongRead = async (offset: number): Promise<unknown> => file.read(new Uint8Array(1), offset)
    for (const offset of [-1, 0.5, NaN, Infinity]) {
      await expect(wrong(offset)).rejects.toThrow('An offset or length of a file')
      await expect(wrongRead(offset)).rejects.toThrow('An offset or length of a file')
    }
    expect(await readAll(file)).toBe('abc')
    await file.close()
  })
}

function names(open: () => Promise<DiskStage>): void {
  test('only what is not there can be made, only what is a file can be opened', async () => {
    const { disk, folder } = await open()
    expect(await trouble(disk.open(`${folder}/file`, 'read'))).toBe('missing')
    expect(await trouble(disk.open(`${folder}/file`, 'write'))).toBe('missing')
    expect(await trouble(disk.open(`${folder}/none/file`, 'create'))).toBe('missing')
    await (await disk.open(`${folder}/file`, 'create')).close()
    expect(await trouble(disk.open(`${folder}/file`, 'create'))).toBe('exists')
    expect(await trouble(disk.open(folder, 'create'))).toBe('exists')
    expect(await trouble(disk.open(folder, 'read'))).toBe('not-a-file')
    expect(await trouble(disk.open(folder, 'write'))).toBe('not-a-file')
    expect(await trouble(disk.open(`${folder}/file/below`, 'read'))).toBe('other')
    expect(await trouble(disk.open(`${folder}/file/below`, 'create'))).toBe('other')
  })

  test('a fault names the path, the trouble, and what to do', async () => {
    const { disk, folder } = await open()
    await expect(disk.open(`${folder}/none`, 'read')).rejects.toMatchObject({
      code: 'disk-failed',
      message: `Cannot open "${folder}/none": it is not there`,
      hint: 'Check the path.',
      details: { trouble: 'missing', path: `${folder}/none` },
    })
  })

  test('folders are made with those above them, and stay if they are there', async () => {
    const { disk, folder } = await open()
    await disk.makeFolder(`${folder}/a/b/c`)
    await (await disk.open(`${folder}/a/b/c/file`, 'create')).close()
    await disk.makeFolder(`${folder}/a/b`)
    await disk.makeFolder(`${folder}/a/b/c/`)
    expect(await disk.names(`${folder}/a/b/c`)).toEqual(['file'])
    expect(await trouble(disk.makeFolder(`${folder}/a/b/c/file`))).toBe('exists')
    expect(await trouble(disk.makeFolder(`${folder}/a/b/c/file/d`))).toBe('other')
  })

  test('names are sorted and mark folders; of what is no folder there are none', async () => {
    const { disk, folder } = await open()
    for (const name of ['b', 'B', '10', '9']) await (await disk.open(`${folder}/${name}`, 'create')).close()
    await disk.makeFolder(`${folder}/a`)
    expect(await disk.names(folder)).toEqual(['10', '9', 'B', 'a/', 'b'])
    expect(await disk.names(`${folder}/a`)).toEqual([])
    expect(await trouble(disk.names(`${folder}/none`))).toBe('missing')
    expect(await trouble(disk.names(`${folder}/b`))).toBe('other')
  })

  test('a renamed file takes the place of another one, and whoever has one of the two open goes on with it', async () => {
    const { disk, folder } = await open()
    const [one, two] = [
      await disk.open(`${folder}/one`, 'create'),
      await disk.open(`${folder}/two`, 'create'),
    ]
    await one.write(bytes('one'), 0)
    await two.write(bytes('two'), 0)
    await disk.rename(`${folder}/one`, `${folder}/two`)
    expect(await disk.names(folder)).toEqual(['two'])
    await one.write(bytes('ONE'), 0)
    const found = await disk.open(`${folder}/two`, 'read')
    expect([await readAll(found), await readAll(two)]).toEqual(['ONE', 'two'])
    await Promise.all([one.close(), two.close(), found.close()])
  })

  test('a folder gets another name with all that is in it', async () => {
    const { disk, folder } = await open()
    await disk.makeFolder(`${folder}/old/inner`)
    await disk.makeFolder(`${folder}/new`)
    await disk.rename(`${folder}/old`, `${folder}/new/place`)
    expect(await disk.names(folder)).toEqual(['new/'])
    expect(await disk.names(`${folder}/new/place`)).toEqual(['inner/'])
  })

  test('what is not there is not renamed, nor a file to a folder or to nowhere', async () => {
    const { disk, folder } = await open()
    await (await disk.open(`${folder}/file`, 'create')).close()
    await disk.makeFolder(`${folder}/sub`)
    expect(await trouble(disk.rename(`${folder}/none`, `${folder}/other`))).toBe('missing')
    expect(await trouble(disk.rename(`${folder}/file`, `${folder}/none/file`))).toBe('missing')
    expect(await trouble(disk.rename(`${folder}/file`, `${folder}/sub`))).toBe('not-a-file')
    expect(await trouble(disk.rename(`${folder}/sub`, `${folder}/file`))).toBe('other')
    await disk.rename(`${folder}/file`, `${folder}/file`)
    expect(await disk.names(folder)).toEqual(['file', 'sub/'])
  })

  test('a removed file is gone, but not for whoever has it open; a folder goes with all that is in it', async () => {
    const { disk, folder } = await open()
    await disk.makeFolder(`${folder}/sub/inner`)
    const file = await disk.open(`${folder}/sub/inner/file`, 'create')
    await disk.remove(`${folder}/sub/inner/file`)
    await file.write(bytes('on'), 0)
    expect(await readAll(file)).toBe('on')
    await file.close()
    await disk.remove(`${folder}/sub`)
    expect(await disk.names(folder)).toEqual([])
    expect(await trouble(disk.remove(`${folder}/sub`))).toBe('missing')
  })

  test('only a folder that is there is made safe', async () => {
    const { disk, folder } = await open()
    await (await disk.open(`${folder}/file`, 'create')).close()
    await disk.syncFolder(folder)
    expect(await trouble(disk.syncFolder(`${folder}/none`))).toBe('missing')
    expect(await trouble(disk.syncFolder(`${folder}/file`))).toBe('other')
  })
}

function locks(open: () => Promise<DiskStage>): void {
  test('a folder is locked once, also by one process, and again after it was let go', async () => {
    const { disk, folder } = await open()
    const lock = await disk.lock(folder)
    await expect(disk.lock(folder)).rejects.toMatchObject({
      code: 'folder-locked',
      details: { folder, pid: expect.any(Number) },
    })
    expect(await disk.names(folder)).toEqual(['lock'])
    await Promise.all([lock.release(), lock.release()])
    expect(await disk.names(folder)).toEqual([])
    const next = await disk.lock(folder)
    await lock.release()
    await expect(disk.lock(folder)).rejects.toMatchObject({ code: 'folder-locked' })
    await next.release()
  })

  test('of many who lock a folder at once one gets it', async () => {
    const { disk, folder } = await open()
    const results = await Promise.allSettled(Array.from({ length: 20 }, () => disk.lock(folder)))
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect(await disk.names(folder)).toEqual(['lock'])
  })

  test('each folder has a lock of its own, one that is not there has none', async () => {
    const { disk, folder } = await open()
    await disk.makeFolder(`${folder}/a`)
    const locks = [await disk.lock(folder), await disk.lock(`${folder}/a`)]
    expect(await trouble(disk.lock(`${folder}/none`))).toBe('missing')
    for (const lock of locks) await lock.release()
  })

  test('who lives and has a folder is named; when it is killed the folder goes to one of those who want it', async () => {
    const { disk, folder, holdElsewhere } = await open()
    const { pid, kill } = await holdElsewhere(folder)
    await expect(disk.lock(folder)).rejects.toMatchObject({
      code: 'folder-locked',
      message: `Cannot lock "${folder}": process ${pid} has it`,
      details: { pid },
    })
    await kill()
    const results = await Promise.allSettled(Array.from({ length: 20 }, () => disk.lock(folder)))
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect(await disk.names(folder)).toEqual(['lock'])
  })
}
