// Tests of the disk in memory: it is what the real one is.
import { expect, test } from 'vitest'
import { testDisk } from '../contracts/disk.ts'
import { MemoryDisk } from './memory-disk.ts'

testDisk(async () => ({ disk: new MemoryDisk(), folder: '/home' }))

test('a full disk refuses to be written', async () => {
  const disk = new MemoryDisk({ '/a': 'x' })
  disk.isFull = true
  await expect(disk.append('/a', 'y')).rejects.toMatchObject({ code: 'file-unwritable' })
  expect(await disk.read('/a', 10)).toBe('x')
})
