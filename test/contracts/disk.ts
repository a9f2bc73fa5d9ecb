// The contract of a disk: what every one of them does, real or in memory.
import { expect, test } from 'vitest'
import type { Disk } from '../../runtime/disk.ts'

/** @param open gives a disk and an empty folder on it, which nobody else uses */
export function testDisk(open: () => Promise<{ readonly disk: Disk; readonly folder: string }>): void {
  test('what was appended is read in its order, folders are made on the way', async () => {
    const { disk, folder } = await open()
    await disk.append(`${folder}/a/b/lines`, 'one\n')
    await disk.append(`${folder}/a/b/lines`, 'zwei ü\n')
    expect(await disk.read(`${folder}/a/b/lines`, 100)).toBe('one\nzwei ü\n')
  })

  test('a file that is replaced keeps nothing of the old one', async () => {
    const { disk, folder } = await open()
    await disk.append(`${folder}/file`, 'a long text')
    await disk.replace(`${folder}/file`, 'short')
    expect(await disk.read(`${folder}/file`, 100)).toBe('short')
    expect(await disk.list(folder)).toEqual(['file'])
  })

  test('a file of as many bytes as allowed is read, one of more is not', async () => {
    const { disk, folder } = await open()
    await disk.append(`${folder}/file`, 'äbc')
    expect(await disk.read(`${folder}/file`, 4)).toBe('äbc')
    await expect(disk.read(`${folder}/file`, 3)).rejects.toMatchObject({
      code: 'file-unreadable',
      message: expect.stringContaining('more than 3 bytes'),
    })
  })

  test('what is not there and what is no file cannot be read', async () => {
    const { disk, folder } = await open()
    await disk.append(`${folder}/sub/file`, 'x')
    await expect(disk.read(`${folder}/none`, 10)).rejects.toMatchObject({
      code: 'file-unreadable',
      message: expect.stringContaining('not there'),
    })
    await expect(disk.read(`${folder}/sub`, 10)).rejects.toMatchObject({
      code: 'file-unreadable',
      message: expect.stringContaining('no file'),
    })
  })

  test('a folder cannot be written as a file', async () => {
    const { disk, folder } = await open()
    await disk.append(`${folder}/sub/file`, 'x')
    await expect(disk.append(`${folder}/sub`, 'y')).rejects.toMatchObject({ code: 'file-unwritable' })
    await expect(disk.replace(`${folder}/sub`, 'y')).rejects.toMatchObject({ code: 'file-unwritable' })
  })

  test('a list is sorted and marks folders; of what is not there it is empty', async () => {
    const { disk, folder } = await open()
    await disk.append(`${folder}/b`, '')
    await disk.append(`${folder}/c/d`, '')
    await disk.append(`${folder}/a`, '')
    expect(await disk.list(folder)).toEqual(['a', 'b', 'c/'])
    expect(await disk.list(`${folder}/`)).toEqual(['a', 'b', 'c/'])
    expect(await disk.list(`${folder}/none`)).toEqual([])
  })
}
