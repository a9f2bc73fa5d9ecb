// Tests of the log after a fall of the machine: whatever may be found on the disk, what was acknowledged is there, in order, and nothing else.
import { expect, test } from 'vitest'
import { CrashDisk } from '../../../../scenarios/testing/crash-disk.ts'
import { ManualClock } from '../../../../scenarios/testing/manual-clock.ts'
import { seededRandom } from '../../../../runtime/random.ts'
import { keep, named, openLog, outcome, readAll, record } from './log-rig.ts'
import type { DiskMishap } from '../../../../scenarios/testing/disk-gate.ts'
import type { Random } from '../../../../runtime/random.ts'

/** What was tried and what was said to be safe, in order. */
interface History {
  readonly attempted: string[]
  readonly acknowledged: string[]
  /** Refused with the word that nothing was kept. */
  readonly refused: string[]
}

/** Small segments, so that some begin. */
const segmentBytes = 1_500

test('at every operation of a busy log, each state that a crash can leave holds what was acknowledged', async () => {
  let states = 0
  for (let seed = 0; seed < 12; seed++) states += await crashEverywhere(`busy ${seed}`, 8)
  expect(states).toBeGreaterThan(5_000)
}, 60_000)

test.each(['full', 'other'] as const)(
  'at every operation of a log whose disk fails with "%s", each state that a crash can leave holds what was acknowledged',
  async (fail) => {
    let states = 0
    for (const op of ['write', 'sync', 'truncate', 'sync-folder', 'open', 'remove'] as const) {
      for (let nth = 1; nth < 16; nth += 2) {
        let seen = 0
        const mishaps: Hook = (operation) => {
          if (operation.op !== op) return undefined
          seen++
          return seen >= nth && seen < nth + 2 ? { fail, written: 70 * (nth % 3) } : undefined
        }
        const anew = (): Hook => ((seen = 0), mishaps)
        states += await crashEverywhere(`failing ${op} ${nth}`, 5, { mishaps: anew, stride: 3 })
      }
    }
    expect(states).toBeGreaterThan(4_000)
  },
  60_000,
)

test('a fall while the log opens after a fall changes nothing', async () => {
  let states = 0
  for (let fall = 30; fall < 70; fall++) {
    const random = seededRandom(fall)
    const history: History = { attempted: [], acknowledged: [], refused: [] }
    const disk = new CrashDisk({ clock: new ManualClock() })
    disk.hook = ({ index }) => (index === fall ? { crash: true } : undefined)
    await work(disk, history, { seed: 'twice', rounds: 6 })
    for (const first of disk.crashStates({ random, samples: 5 })) {
      states += await fallWhileOpening(first, history, random)
    }
  }
  expect(states).toBeGreaterThan(1_000)
}, 60_000)

test('what a log finds of a process that has died is safe once it is open', async () => {
  let unsafe = 0
  for (let death = 10; death < 80; death++) {
    const disk = new CrashDisk({ clock: new ManualClock() })
    disk.hook = ({ index }) => (index === death ? { crash: true } : undefined)
    await work(disk, { attempted: [], acknowledged: [], refused: [] }, { seed: 'died', rounds: 6 })
    const next = disk.clone()
    if (next.pendingCount > 0) unsafe++
    const found = await openLog(next, { segmentBytes })
    for (const state of next.crashStates({ random: seededRandom(death), samples: 5 })) {
      const { replayed } = await openLog(state, { segmentBytes })
      expect(replayed.map(named)).toEqual(found.replayed.map(named))
    }
  }
  expect(unsafe).toBeGreaterThan(10)
}, 60_000)

async function fallWhileOpening(disk: CrashDisk, history: History, random: Random): Promise<number> {
  let states = 0
  const opened = disk.clone()
  await openLog(opened, { segmentBytes })
  for (let at = 0; at < opened.count(); at++) {
    const fallen = disk.clone()
    fallen.hook = ({ index }) => (index === at ? { crash: true } : undefined)
    await openLog(fallen, { segmentBytes }).catch(() => {})
    for (const state of fallen.crashStates({ random, samples: 4 })) {
      states++
      await check(state, history)
    }
  }
  return states
}

type Hook = (operation: { readonly op: string; readonly index: number }) => DiskMishap | undefined

/**
 * Does some work again and again, each time with a crash one operation later.
 * @param mishaps what else befalls it
 */
async function crashEverywhere(
  seed: string,
  rounds: number,
  { mishaps = () => () => undefined, stride = 1 }: { mishaps?: () => Hook; stride?: number } = {},
): Promise<number> {
  const random = seededRandom(seed)
  let states = 0
  for (let at = 0; ; at += stride) {
    const disk = new CrashDisk({ clock: new ManualClock() })
    const history: History = { attempted: [], acknowledged: [], refused: [] }
    const hook = mishaps()
    disk.hook = (operation) => (operation.index === at ? { crash: true } : hook(operation))
    await work(disk, history, { seed, rounds })
    // Each time writes are torn in another way.
    for (let tear = 0; tear < 3; tear++) {
      for (const state of disk.crashStates({ random: random.fork(`${at} ${tear}`), samples: 20 })) {
        states++
        await check(state, history)
      }
    }
    if (at > disk.count()) return states
  }
}

/** Three actors append in groups, as far as they come. */
async function work(
  disk: CrashDisk,
  history: History,
  { seed, rounds }: { readonly seed: string; readonly rounds: number },
): Promise<void> {
  const random = seededRandom(seed)
  try {
    const { log } = await openLog(disk, { segmentBytes })
    const seqs = { a: 0, b: 0, c: 0 }
    for (let round = 0; round < rounds; round++) {
      const group = Array.from({ length: 1 + draw(random, 4) }, () => {
        const id = (['a', 'b', 'c'] as const)[draw(random, 3)]!
        const append = record(id, ++seqs[id], { bytes: draw(random, 300) })
        history.attempted.push(named(append))
        return outcome(log, append).then((fault) => {
          if (fault === undefined) history.acknowledged.push(named(append))
          else if (fault.outcome === 'known') history.refused.push(named(append))
        })
      })
      await Promise.all(group)
    }
    await log.close()
  } catch {
    // The machine has fallen while the log was opened or closed.
  }
}

async function check(disk: CrashDisk, { attempted, acknowledged, refused }: History): Promise<void> {
  const { log, replayed } = await openLog(disk, { segmentBytes })
  const found = replayed.map(named)
  expect(log.findings.holes).toEqual([])
  expect(found.filter((name) => acknowledged.includes(name))).toEqual(acknowledged)
  expect(found).toEqual(attempted.filter((name) => found.includes(name)))
  expect(found.filter((name) => refused.includes(name))).toEqual([])
  expect(replayed.map(({ position }) => position)).toEqual(found.map((_, index) => index + 1))
  const next = await keep(log, record('next', 1))
  expect(next).toBe(found.length + 1)
  expect((await readAll(log)).map(named)).toEqual([...found, 'next/1'])
  await log.close()
  const again = await openLog(disk, { segmentBytes })
  expect(again.log.findings).toEqual({ tornBytes: 0, holes: [] })
  expect(again.replayed.map(named)).toEqual([...found, 'next/1'])
}

function draw(random: Random, below: number): number {
  return random.integer(below)
}
