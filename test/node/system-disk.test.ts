// Tests of the system disk: the contract, and what only real files have.
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { SystemDisk } from '../../node/system-disk.ts'
import { testDisk } from '../contracts/disk.ts'

const folders: string[] = []

async function open(): Promise<{ disk: SystemDisk; folder: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'troupe-disk-'))
  folders.push(folder)
  return { disk: new SystemDisk(), folder }
}

afterEach(async () => {
  await Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true })))
})

testDisk(open)

test('nobody but the owner can read what it writes, nor look into the folders it makes', async () => {
  const { disk, folder } = await open()
  await disk.append(join(folder, 'state', 'history'), 'a line\n')
  await disk.replace(join(folder, 'state', 'other'), 'a line\n')
  const modes = await Promise.all(
    ['state', 'state/history', 'state/other'].map(
      async (name) => (await stat(join(folder, name))).mode & 0o777,
    ),
  )
  expect(modes).toEqual([0o700, 0o600, 0o600])
})

test('a replaced file leaves nothing beside it', async () => {
  const { disk, folder } = await open()
  await disk.replace(join(folder, 'file'), '1')
  await disk.replace(join(folder, 'file'), '2')
  expect(await readdir(folder)).toEqual(['file'])
})

test('a device that never ends is no file', async () => {
  const { disk } = await open()
  await expect(disk.read('/dev/zero', 10)).rejects.toMatchObject({
    message: expect.stringContaining('it is no file'),
  })
})

test('bytes that are no UTF-8 are read as replacement characters', async () => {
  const { disk, folder } = await open()
  await writeFile(join(folder, 'bytes'), new Uint8Array([0x61, 0xff, 0x62]))
  expect(await disk.read(join(folder, 'bytes'), 10)).toBe('a\uFFFDb')
})

test('a path where a file stands in the place of a folder is refused with the code of the system', async () => {
  const { disk, folder } = await open()
  await disk.append(join(folder, 'file'), 'x')
  await expect(disk.append(join(folder, 'file', 'below'), 'y')).rejects.toMatchObject({
    code: 'file-unwritable',
    message: expect.stringMatching(/ENOTDIR|EEXIST/),
  })
  await expect(disk.read(join(folder, 'file', 'below'), 10)).rejects.toMatchObject({
    message: expect.stringContaining('ENOTDIR'),
  })
})
