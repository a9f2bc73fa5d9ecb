// Watches by the thousand: as many downs as watches, and turns for everybody else between them.
import { expect, test } from 'vitest'
import { defineActor } from 'troupe'
import { Family, startPatientNode } from '../../supervisors/tree/family.ts'
import type { Ref } from 'troupe'

test('a hundred thousand watches of one watcher end in as many downs, without holding everybody up', async () => {
  const { node, clock } = startPatientNode()
  const count = 100_000
  let heard = 0
  const watcher = defineActor('watcher', {
    on: { watch: (self, ref: Ref) => self.watch(ref) },
    down: () => void heard++,
  })
  const ref = await node.spawn(watcher)
  const crowd = defineActor('crowd', {
    on: {
      grow(self) {
        for (let i = 0; i < count; i++) ref.tell('watch', self.spawn(leaf) as unknown as Ref)
      },
    },
  })
  const leaf = defineActor('leaf', { on: {} })
  const crowded = await node.spawn(crowd)
  crowded.tell('grow')
  await clock.settle()
  crowded.stop()
  await clock.settle()
  expect(heard).toBe(count)
  await node.stop()
})

test('between downs others have their turns', async () => {
  const { node, clock } = startPatientNode()
  let heard = 0
  const watcher = defineActor('watcher', {
    on: { watch: (self, ref: Ref) => self.watch(ref) },
    down: () => void heard++,
  })
  const ref = await node.spawn(watcher, 'w')
  const crowd = new Family().member({
    starts(self) {
      for (let i = 0; i < 1_000; i++) ref.tell('watch', self.spawn(new Family().member()))
    },
  })
  const crowded = await node.spawn(crowd, { name: 'crowd', restart: 'temporary' })
  const heardBefore: number[] = []
  const other = await node.spawn(defineActor('other', { on: { note: () => void heardBefore.push(heard) } }))
  await clock.settle()
  crowded.kill()
  other.tell('note')
  await clock.settle()
  expect(heardBefore[0]).toBeLessThan(500)
  expect(heard).toBe(1_000)
  await node.stop()
})
