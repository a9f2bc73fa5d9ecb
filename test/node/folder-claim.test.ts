// Tests of the claim to a folder: whoever is how far when, and whoever dies where, two never have it.
import { expect, test } from 'vitest'
import { FolderClaim } from '../../node/folder-claim.ts'
import { seededRandom } from '../../runtime/random.ts'
import type { ClaimResult, LockFiles } from '../../node/folder-claim.ts'
import type { Random } from '../../runtime/random.ts'

/** A folder in memory whose every operation waits until the test lets it go on. */
class SteppedFolder {
  readonly files = new Map<string, string>()
  readonly waiting: { readonly pid: number; readonly go: () => void }[] = []
  readonly dead = new Set<number>()

  /** As one process sees it. */
  filesOf(pid: number): LockFiles {
    const { files } = this
    const step = <T>(act: () => T): Promise<T> => this.#step(pid, act)
    const give = (from: string, to: string): boolean => {
      const text = files.get(from)
      if (text !== undefined) files.set(to, text)
      return text !== undefined
    }
    return {
      make: (name, text) => step(() => void files.set(name, text)),
      read: (name) => step(() => files.get(name)),
      link: (from, to) => step(() => !files.has(to) && give(from, to)),
      rename: (from, to) => step(() => give(from, to) && files.delete(from)),
      unlink: (name) => step(() => void files.delete(name)),
      names: () => step(() => [...files.keys()]),
    }
  }

  /** To ask whether a process runs is a step, too. */
  isRunning(asker: number, pid: number): Promise<boolean> {
    return this.#step(asker, () => !this.dead.has(pid))
  }

  /** The dead take no step any more. */
  #step<T>(pid: number, act: () => T): Promise<T> {
    return new Promise((resolve) => {
      if (!this.dead.has(pid)) this.waiting.push({ pid, go: () => resolve(act()) })
    })
  }

  kill(pid: number): void {
    this.dead.add(pid)
    for (let i = this.waiting.length - 1; i >= 0; i--) {
      if (this.waiting[i]!.pid === pid) this.waiting.splice(i, 1)
    }
  }
}

interface Run {
  readonly folder: SteppedFolder
  readonly random: Random
  /** Processes that have the folder. */
  readonly holders: Set<number>
  readonly results: ClaimResult[]
  /** Who had it together. */
  readonly together: number[][]
  tokens: number
}

/** One process that takes the folder, and lets it go again, as often as it is told to. */
async function live(run: Run, pid: number, times: number): Promise<void> {
  const { folder, holders } = run
  for (let i = 0; i < times; i++) {
    const me = { pid, startTime: '1', bootId: '', token: `t${run.tokens++}` }
    const claim = new FolderClaim(folder.filesOf(pid), me, (other) => folder.isRunning(pid, other.pid))
    const result = await claim.take()
    if (folder.dead.has(pid)) return
    run.results.push(result)
    if (result.kind !== 'mine') continue
    holders.add(pid)
    if (holders.size > 1) run.together.push([...holders])
    await folder.isRunning(pid, pid)
    holders.delete(pid)
    await claim.release()
  }
}

async function play(seed: number): Promise<Run> {
  const random = seededRandom(seed)
  const folder = new SteppedFolder()
  const run: Run = { folder, random, holders: new Set(), results: [], together: [], tokens: 0 }
  folder.files.set('lock', JSON.stringify({ pid: 99, startTime: '1', bootId: '', token: 'first' }))
  if (seed % 3 === 0) folder.files.set('lock', 'torn')
  folder.dead.add(99)
  const processes = 2 + random.integer(4)
  for (let pid = 1; pid <= processes; pid++) live(run, pid, 3)
  let killed = 0
  let last = 0
  for (;;) {
    await new Promise((resolve) => setImmediate(resolve))
    const { waiting } = folder
    if (waiting.length === 0) return run
    // Often one goes on alone, so that others fall far behind.
    const same = waiting.findIndex(({ pid }) => pid === last)
    const isSame = same !== -1 && random.integer(4) > 0
    const [next] = waiting.splice(isSame ? same : random.integer(waiting.length), 1)
    last = next!.pid
    const isDeath = killed < processes - 1 && random.integer(30) === 0
    // The step on which it dies has been done or not.
    if (isDeath) {
      killed++
      run.holders.delete(last)
      folder.kill(last)
    }
    if (!isDeath || random.integer(2) === 0) next!.go()
  }
}

test('in thousands of interleavings with deaths at any step no two have the folder', async () => {
  const kinds: Record<string, number> = {}
  for (let seed = 0; seed < 1_500; seed++) {
    const { results, folder, together } = await play(seed)
    expect([seed, together]).toEqual([seed, []])
    for (const { kind } of results) kinds[kind] = (kinds[kind] ?? 0) + 1
    const living = [...folder.files].filter(
      ([name, text]) => name !== 'lock' && !folder.dead.has(pidOf(text)),
    )
    expect(living).toEqual([])
  }
  expect(kinds['mine']).toBeGreaterThan(2_000)
  expect(kinds['held']).toBeGreaterThan(2_000)
  expect(kinds['busy'] ?? 0).toBeLessThan(10)
})

test('after every death on the way the next one gets the folder', async () => {
  for (let steps = 1; steps < 14; steps++) {
    const folder = new SteppedFolder()
    folder.files.set('lock', JSON.stringify({ pid: 99, startTime: '1', bootId: '', token: 'first' }))
    folder.dead.add(99)
    for (let pid = 1; pid <= 4; pid++) await claimFor(folder, pid, pid < 4 ? steps : Infinity)
    expect(pidOf(folder.files.get('lock')!)).toBe(4)
    expect([...folder.files.keys()]).toEqual(['lock'])
  }
})

test('whoever finds another one dead after the other each time gives up', async () => {
  const folder = new SteppedFolder()
  const name = (token: number): string =>
    JSON.stringify({ pid: 9, startTime: '', bootId: '', token: `${token}` })
  folder.dead.add(9)
  folder.files.set('lock', name(0))
  for (let i = 0; i < 100; i++) folder.files.set(`lock.after.${i}`, name(i + 1))
  expect(await claimFor(folder, 1, Infinity)).toEqual({ kind: 'busy' })
})

/** Lets one process claim the folder alone, until it has it or has done `steps` and dies. */
async function claimFor(folder: SteppedFolder, pid: number, steps: number): Promise<unknown> {
  const me = { pid, startTime: '1', bootId: '', token: `p${pid}` }
  const claim = new FolderClaim(folder.filesOf(pid), me, (other) => folder.isRunning(pid, other.pid))
  let result: unknown
  claim.take().then((taken) => (result = taken))
  for (let done = 0; done < steps; done++) {
    await new Promise((resolve) => setImmediate(resolve))
    const next = folder.waiting.shift()
    if (next === undefined) break
    next.go()
  }
  if (steps < Infinity) folder.kill(pid)
  return result
}

function pidOf(text: string): number {
  return text === 'torn' ? 99 : (JSON.parse(text) as { pid: number }).pid
}
