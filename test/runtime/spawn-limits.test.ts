// The limits of a spawn: how many actors may live, and how deep below each other.
import { expect, test } from 'vitest'
import { defineActor } from 'troupe'
import { startTestNode } from 'troupe/testing'
import { actorsMax, treeDepthMax } from '../../runtime/spawn.ts'

const leaf = defineActor('leaf', { on: {} })
const nest = defineActor('nest', {
  state: (levels: number) => ({ levels }),
  started(self) {
    if (self.state.levels > 1) self.spawn(nest, 'in', self.state.levels - 1)
  },
  on: {},
})

test('a runtime that holds as many actors as it may refuses the next one', async () => {
  await using node = await startTestNode()
  const { totals } = node.runtime.host
  const before = totals.actors
  totals.actors = actorsMax
  await expect(node.spawn(leaf)).rejects.toMatchObject({ code: 'actors-full' })
  totals.actors = before
  await expect(node.spawn(leaf, 'one')).resolves.toMatchObject({ path: 'one' })
})

test('a tree grows as deep as it may, and no step deeper', async () => {
  await using node = await startTestNode()
  await expect(node.spawn(nest, 'deepest', treeDepthMax)).rejects.toMatchObject({ code: 'name-invalid' })
  const anonymous = defineActor('anonymous', {
    state: (levels: number) => ({ levels }),
    started(self) {
      if (self.state.levels > 1) self.spawn(anonymous, undefined, self.state.levels - 1)
    },
    on: {},
  })
  await expect(node.spawn(anonymous, 'a', treeDepthMax)).resolves.toMatchObject({ path: 'a' })
  await expect(node.spawn(anonymous, 'b', treeDepthMax + 1)).rejects.toMatchObject({ code: 'tree-too-deep' })
})
