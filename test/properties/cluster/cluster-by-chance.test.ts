// Properties of a cluster: whatever its clients do, and whatever dies, freezes or is cut off, the guarantees hold, and it is well again.
import { expect, test } from 'vitest'
import { judge } from './judge.ts'
import { Ordeal } from './ordeal.ts'

/** How many seeds are looked at, and from which on: raise the one and change the other to search. */
const runs = Number(process.env['TROUPE_RUNS'] ?? 12)
const from = Number(process.env['TROUPE_SEED'] ?? 1)

test('by any seed a name has one life at a time, nothing happens twice or out of order, and all is well in the end', async () => {
  const flawed: string[] = []
  let spawned = 0
  for (let seed = from; seed < from + runs; seed++) {
    const ordeal = new Ordeal({ seed })
    try {
      await ordeal.run()
    } catch (error) {
      ordeal.flaws.push(String((error as Error).stack))
    }
    const flaws = judge(ordeal)
    spawned += ordeal.spawned
    if (flaws.length > 0) {
      flawed.push(`seed ${seed}: ${flaws.slice(0, 5).join('\n  ')}`)
      if (process.env['TROUPE_NOTES'] !== undefined) flawed.push(...ordeal.notes)
    }
    await ordeal.close().catch((error: unknown) => flawed.push(`seed ${seed} does not end: ${String(error)}`))
  }
  expect(flawed).toEqual([])
  expect(spawned).toBeGreaterThan(runs)
}, 3_600_000)
