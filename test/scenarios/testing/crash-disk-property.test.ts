// Properties of the crash disk: whatever is done to it, a fall leaves all that is safe and invents nothing.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { seededRandom } from '../../../runtime/random.ts'
import { CrashDisk } from '../../../scenarios/testing/crash-disk.ts'
import type { DiskFile } from '../../../runtime/disk.ts'

type Step =
  | { readonly op: 'write'; readonly offset: number; readonly length: number }
  | { readonly op: 'truncate'; readonly length: number }
  | { readonly op: 'sync' | 'failed sync' | 'sync folder' | 'rename' }

const place = fc.integer({ min: 0, max: 2_000 })
const steps = fc.array(
  fc.oneof(
    fc.record({ op: fc.constant('write' as const), offset: place, length: place }),
    fc.record({ op: fc.constant('truncate' as const), length: place }),
    fc.record({ op: fc.constantFrom('sync' as const, 'failed sync' as const) }),
    fc.record({ op: fc.constantFrom('sync folder' as const, 'rename' as const) }),
  ),
  { maxLength: 14 },
)

/** Does the steps; each write has a letter of its own. */
async function play(all: readonly Step[]): Promise<{ disk: CrashDisk; file: DiskFile; name: () => string }> {
  const disk = new CrashDisk()
  disk.put('/a/0', new Uint8Array())
  const file = await disk.open('/a/0', 'write')
  let renamed = 0
  const name = (): string => `/a/${renamed}`
  for (const [index, step] of all.entries()) {
    switch (step.op) {
      case 'write':
        await file.write(new Uint8Array(step.length).fill(index + 1), step.offset)
        break
      case 'truncate':
        await file.truncate(step.length)
        break
      case 'sync':
        await file.sync()
        break
      case 'failed sync':
        disk.hook = () => ({ fail: 'other' })
        await file.sync().catch(() => {})
        disk.hook = undefined
        break
      case 'sync folder':
        await disk.syncFolder('/a')
        break
      case 'rename':
        await disk.rename(name(), `/a/${renamed + 1}`)
        renamed++
    }
  }
  return { disk, file, name }
}

/** Some states, with what was torn drawn anew. */
function statesOf(disk: CrashDisk, seed: number): CrashDisk[] {
  const states: CrashDisk[] = []
  for (const state of disk.crashStates({ random: seededRandom(seed), samples: 50 })) {
    if (states.push(state) === 50) break
  }
  return states
}

test('after a sync of file and folder every fall leaves what is seen, if no sync has failed before', async () => {
  await fc.assert(
    fc.asyncProperty(steps, fc.nat(), async (all, seed) => {
      const { disk, file, name } = await play(all.filter(({ op }) => op !== 'failed sync'))
      await file.sync()
      await disk.syncFolder('/a')
      const found = statesOf(disk, seed)
      expect(found).toHaveLength(1)
      expect(found[0]!.files()).toEqual([name()])
      expect(found[0]!.contents(name())).toEqual(disk.contents(name()))
    }),
  )
})

test('the fall that keeps everything leaves what is seen', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (all) => {
      const { disk, name } = await play(all)
      const [kept] = disk.crashStates()
      expect(kept!.files()).toEqual([name()])
      expect(kept!.contents(name())).toEqual(disk.contents(name()))
      expect(disk.clone().contents(name())).toEqual(disk.contents(name()))
    }),
  )
})

test('after every fall the file has one name, and every byte in it is what some write has put there, or zero', async () => {
  await fc.assert(
    fc.asyncProperty(steps, fc.nat(), async (all, seed) => {
      const { disk } = await play(all)
      for (const state of statesOf(disk, seed)) {
        expect(state.files()).toHaveLength(1)
        for (const path of state.files()) expectWritten(state.contents(path), all)
      }
    }),
  )
})

function expectWritten(content: Uint8Array, all: readonly Step[]): void {
  for (const [at, byte] of content.entries()) {
    const step = all[byte - 1]
    const isWritten = step?.op === 'write' && at >= step.offset && at < step.offset + step.length
    if (byte !== 0 && !isWritten) expect([at, byte]).toBe('a byte that somebody has written there')
  }
}

test('a byte that is safe and was not written since is there after every fall', async () => {
  await fc.assert(
    fc.asyncProperty(steps, steps, fc.nat(), async (before, after, seed) => {
      const writes = after.filter(({ op }) => op === 'write')
      const { disk } = await play([
        ...before.filter(({ op }) => op !== 'failed sync' && op !== 'rename'),
        { op: 'sync' },
      ])
      const safe = disk.contents('/a/0')
      const file = await disk.open('/a/0', 'write')
      for (const step of writes) {
        if (step.op === 'write') await file.write(new Uint8Array(step.length).fill(200), step.offset)
      }
      for (const state of statesOf(disk, seed)) {
        const content = state.contents('/a/0')
        for (const [at, byte] of safe.entries()) {
          if (content[at] !== byte && content[at] !== 200) expect([at, content[at]]).toBe([at, byte])
        }
      }
    }),
  )
})
