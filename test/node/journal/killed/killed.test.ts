// Kills: a node that is killed with SIGKILL under load has what it had acknowledged, each time.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { killedRound, lossesBetween } from './killing.ts'
import { seededRandom } from '../../../../runtime/random.ts'
import type { Round } from './killing.ts'

const rounds = Number(process.env['TROUPE_KILLS'] ?? 10)
const seed = process.env['TROUPE_SEED'] ?? '1'
const folder = mkdtempSync(join(tmpdir(), 'troupe-killed-'))

afterAll(() => rmSync(folder, { recursive: true, force: true }))

test.each([0, 2])(
  'with %s threads nothing that was acknowledged is lost by a kill',
  { timeout: 60_000 + rounds * 6_000 },
  async (threads) => {
    const random = seededRandom(`${seed} ${threads}`)
    const options = { folder: join(folder, String(threads)), threads, writers: 16, random }
    let before: Round | undefined
    let noted = 0
    for (let round = 0; round <= rounds / 2; round++) {
      const after = await killedRound(options)
      expect(before === undefined ? [] : lossesBetween(before, after), `round ${round}`).toEqual([])
      before = after
      noted = after.safe.reduce((sum, number) => sum + number, 0)
    }
    expect(noted).toBeGreaterThan(0)
  },
)

test('a loss would be seen', () => {
  const before: Round = { recovered: [], safe: [3] }
  expect(lossesBetween(before, { recovered: [{ last: 2, flaws: 0 }], safe: [] })).toHaveLength(1)
  expect(lossesBetween(before, { recovered: [{ last: 3, flaws: 1 }], safe: [] })).toHaveLength(1)
  expect(lossesBetween(before, { recovered: [{ last: 4, flaws: 0 }], safe: [] })).toEqual([])
})
