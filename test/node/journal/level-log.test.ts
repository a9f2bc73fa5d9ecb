// Tests of the look at LevelDB's own log: what it would pass over is damage, an early end is none.
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openLevelTable } from '../../../node/journal/level-table.ts'
import { seededRandom } from '../../../runtime/random.ts'

const batches = 40
let place = ''
let log = ''
let bytes: Buffer = Buffer.alloc(0)

/** Batches of some thousand bytes each, over several blocks of the log; each has a key of its own and writes how many there are. */
beforeAll(async () => {
  place = await mkdtemp(join(tmpdir(), 'level-log-'))
  const table = await openLevelTable(join(place, 'live'))
  for (let batch = 1; batch <= batches; batch++) {
    const name = Buffer.from(`batch ${String(batch).padStart(3, '0')}`)
    await table.write([
      [name, Buffer.alloc(500 + batch * 200, batch)],
      [Buffer.from('count'), Buffer.from([batch])],
    ])
  }
  // As a process that is killed leaves it.
  await cp(join(place, 'live'), join(place, 'killed'), { recursive: true })
  await table.close()
  log = readdirSync(join(place, 'killed')).find((name) => name.endsWith('.log')) ?? ''
  bytes = await readFile(join(place, 'killed', log))
})

afterAll(() => rm(place, { recursive: true, force: true }))

/** How many batches a table says it has, and how many it has; or the code of the fault that says it is damaged. */
async function openedWith(changed: Buffer): Promise<readonly [said: number, found: number] | string> {
  const folder = join(place, 'changed')
  await rm(folder, { recursive: true, force: true })
  await cp(join(place, 'killed'), folder, { recursive: true })
  await writeFile(join(folder, log), changed)
  const table = await openLevelTable(folder).catch((fault: { code: string }) => fault.code)
  if (typeof table === 'string') return table
  const said = (await table.get(Buffer.from('count')))?.[0] ?? 0
  let found = 0
  for await (const entries of table.range({ gte: Buffer.from('batch'), lt: Buffer.from('batci') }))
    found += entries.length
  await table.close()
  return [said, found]
}

test('a log that is whole is opened with all there is', async () => {
  expect(bytes.length).toBeGreaterThan(4 * 32_768)
  expect(await openedWith(bytes)).toEqual([batches, batches])
})

test('a log that ends too early is an older one', async () => {
  const random = seededRandom(1)
  for (let run = 0; run < 25; run++) {
    const end = run === 0 ? 0 : random.integer(bytes.length)
    const opened = await openedWith(bytes.subarray(0, end))
    expect(opened, `cut at ${end}`).toEqual([opened[0], opened[0]])
  }
})

test.each(['a bit', 'a block', 'bytes to the end of a block'])(
  'a log in which %s is not what was written is damaged, or an older one',
  async (what) => {
    const random = seededRandom(what)
    let damaged = 0
    for (let run = 0; run < 40; run++) {
      const changed = Buffer.from(bytes)
      const at = random.integer(changed.length)
      const block = at - (at % 32_768)
      if (what === 'a bit') changed[at] = (changed[at] ?? 0) ^ (1 << random.integer(8))
      else changed.fill(0, what === 'a block' ? block : at, Math.min(block + 32_768, changed.length))
      const opened = await openedWith(changed)
      if (opened === 'index-damaged') damaged++
      else expect(opened, `at ${at}`).toEqual([opened[0], opened[0]])
    }
    expect(damaged).toBeGreaterThan(0)
  },
)
