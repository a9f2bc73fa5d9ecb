// The files of the council: what was made safe is found again, a torn end is cut, damage is refused, the first failure is the last.
import { expect, test } from 'vitest'
import { CouncilStore } from '../../../../actors/cluster/council/council-store.ts'
import { newEntry } from '../../../../actors/cluster/council/entry.ts'
import { seededRandom } from '../../../../runtime/random.ts'
import { CrashDisk } from '../../../../scenarios/testing/crash-disk.ts'
import type { Entry } from '../../../../actors/cluster/council/entry.ts'
import type { Stored } from '../../../../actors/cluster/council/log-frame.ts'

const nothing = { term: 0, vote: 0, entries: [] }

function entry(index: number, term: number, text = `e${index}`): Entry {
  return newEntry(index, term, {
    kind: 'command',
    member: 1,
    counter: index,
    settled: 0,
    data: Buffer.from(text),
  })
}

async function open(disk: CrashDisk): Promise<{ readonly store: CouncilStore; readonly stored: Stored }> {
  return CouncilStore.open({ disk, folder: '/council' }, 1, nothing)
}

function indexes({ entries }: Stored): string {
  return entries.map(({ index, term }) => `${index}/${term}`).join(' ')
}

test('promises and entries are found again, with later entries in the place of earlier ones', async () => {
  const disk = new CrashDisk()
  const { store } = await open(disk)
  await store.write([
    { kind: 'vote', term: 3, vote: 2 },
    { kind: 'entries', entries: [entry(1, 1), entry(2, 1), entry(3, 1)] },
  ])
  await store.write([{ kind: 'entries', entries: [entry(2, 3)] }])
  const { stored } = await open(disk.crash(seededRandom(1)))
  expect(stored).toMatchObject({ self: 1, lives: 2, term: 3, vote: 2 })
  expect(indexes(stored)).toBe('1/1 2/3')
})

test('a new generation takes the place of all before it', async () => {
  const disk = new CrashDisk()
  const { store } = await open(disk)
  const snapshot = { index: 2, term: 1, voters: [1], state: Buffer.from('state') }
  const base = { index: 1, term: 1 }
  await store.write([
    { kind: 'entries', entries: [entry(1, 1), entry(2, 1)] },
    { kind: 'generation', term: 4, vote: 1, snapshot, base, entries: [entry(2, 1)] },
    { kind: 'entries', entries: [entry(3, 4)] },
  ])
  const { stored } = await open(disk.crash(seededRandom(1)))
  expect(stored).toMatchObject({ term: 4, base })
  expect(Buffer.from(stored.snapshot!.state).toString()).toBe('state')
  expect(indexes(stored)).toBe('2/1 3/4')
})

/** Six entries, with a new generation after the third. */
async function writeSix(store: CouncilStore, done: (index: number) => void): Promise<void> {
  for (let i = 1; i <= 6; i++) {
    await store.write([{ kind: 'entries', entries: [entry(i, 1, 'x'.repeat(700))] }])
    done(i)
    if (i !== 3) continue
    const entries = [1, 2, 3].map((one) => entry(one, 1))
    const base = { index: 0, term: 0 }
    await store.write([{ kind: 'generation', term: 1, vote: 1, snapshot: undefined, base, entries }])
  }
}

test('wherever the machine falls, all that was said to be safe is there', async () => {
  for (let at = 0; at < 40; at++) {
    const disk = new CrashDisk()
    let safe = 0
    const { store } = await open(disk)
    disk.hook = ({ index }) => (index === at + 8 ? { crash: true } : undefined)
    await writeSix(store, (index) => (safe = index)).catch(() => {})
    for (const found of disk.crashStates({ samples: 50 })) {
      const { stored } = await open(found)
      expect(stored.entries.length).toBeGreaterThanOrEqual(safe)
      expect(stored.entries.length).toBeLessThanOrEqual(safe + 1)
    }
  }
})

test('a bit that has turned before the last frame is council-damaged', async () => {
  const disk = new CrashDisk()
  const { store } = await open(disk)
  for (let i = 1; i <= 3; i++) await store.write([{ kind: 'entries', entries: [entry(i, 1)] }])
  const name = disk.files().find((file) => file.endsWith('.log'))!
  const bits = disk.contents(name).length * 8
  for (let bit = 0; bit < bits - 60 * 8; bit += 61) {
    const other = disk.clone()
    other.flip(name, bit)
    await expect(open(other), `bit ${bit}`).rejects.toMatchObject({ code: 'council-damaged' })
  }
})

test('the files of another member are refused', async () => {
  const disk = new CrashDisk()
  await open(disk)
  const other = CouncilStore.open({ disk: disk.clone(), folder: '/council' }, 2, nothing)
  await expect(other).rejects.toMatchObject({ code: 'council-damaged' })
})

test('after the first sync that fails nothing is written any more', async () => {
  const disk = new CrashDisk()
  const { store } = await open(disk)
  disk.hook = ({ op }) => (op === 'sync' ? { fail: 'other' } : undefined)
  await expect(store.write([{ kind: 'vote', term: 1, vote: 1 }])).rejects.toMatchObject({
    code: 'disk-failed',
  })
  disk.hook = undefined
  const count = disk.count()
  await expect(store.write([{ kind: 'vote', term: 2, vote: 1 }])).rejects.toMatchObject({
    code: 'disk-failed',
  })
  expect(disk.count()).toBe(count)
})
