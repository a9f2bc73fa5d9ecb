// The test of entities in real threads: many keys, few awake, from all sides.
import { expect, test } from 'vitest'
import { defineActor, startNode } from 'troupe'
import { clerk } from './clerk.ts'
import type { Ref } from 'troupe'

test('in real threads thousands of keys are served in order with a few awake', async () => {
  await using node = await startNode({ threads: 2, load: [new URL('clerk.ts', import.meta.url).pathname] })
  node.entities(clerk, { residentMax: 64, idleMs: 100 })
  const heard: number[] = []
  const ear = await node.spawn(
    defineActor('ear', { on: { note: (_self, value: number) => void heard.push(value) } }),
  )
  const rounds = 3
  for (let round = 1; round <= rounds; round++) {
    for (let from = 0; from < 1_000; from += 20) {
      const keys = Array.from({ length: 20 }, (_, index) => `k${from + index}`)
      const counts = await Promise.all(keys.map((key) => node.entity(clerk, key).ask('note', round)))
      expect(counts.every((count) => count >= 1 && count <= round)).toBe(true)
    }
    for (let value = 0; value < 20; value++)
      await node
        .entity(clerk, 'teller')
        .offer('tell', { to: ear as unknown as Ref, value: round * 100 + value })
  }
  await node.entity(clerk, 'teller').ask('count')
  await ear.ask('note', -1)
  expect(heard).toEqual([...heard.slice(0, -1).toSorted((a, b) => a - b), -1])
  expect(heard).toHaveLength(rounds * 20 + 1)
  const { tally, resident } = node.entityKeeper.register.get('clerk')!
  expect(resident).toBeLessThanOrEqual(64)
  expect(tally.activated).toBeGreaterThan(2_000)
  expect(await node.auditAll()).toMatchObject({ isBalanced: true, deadLetters: {} })
}, 60_000)
