// Lookup by path, where a name was given by the runtime.
import { expect, test } from 'vitest'
import { defineActor, Node } from 'troupe'
import { seededRandom } from '../../runtime/random.ts'
import { ManualClock } from '../../scenarios/testing/manual-clock.ts'

test('an unnamed actor is found by its path, also under a root that is called like its node', async () => {
  const node = new Node({ name: 'same' }, { clock: new ManualClock(), random: seededRandom(1) })
  const leaf = defineActor('leaf', { on: {} })
  const parent = defineActor('parent', { on: { branch: (self) => self.spawn(leaf).path } })
  const root = await node.spawn(leaf)
  expect(node.find(root.path)?.path).toBe(root.path)
  for (const name of ['same', 'other']) {
    const path = await (await node.spawn(parent, name)).ask('branch')
    expect(path).toMatch(new RegExp(`^${name}/leaf\\$`))
    expect(node.find(path)?.path).toBe(path)
  }
  expect(node.find('same/leaf$none')).toBeUndefined()
  expect(node.find('$')).toBeUndefined()
  await node.stop()
})
