// Crowds: many children and deep trees begin, fail and end without a deep stack and without anything left.
import { expect, test } from 'vitest'
import { defineActor } from 'troupe'
import { startTestNode } from 'troupe/testing'
import { treeDepthMax } from '../../../runtime/spawn.ts'
import { at, Family, startPatientNode } from '../../supervisors/tree/family.ts'
import type { Ref } from 'troupe'

const count = 100_000
const leaf = defineActor('leaf', { on: {} })
const hooked = defineActor('hooked', { on: {}, stopping: () => undefined })
const slowly = defineActor('slowly', { on: {}, stopping: () => Promise.resolve() })

function parentOf(child: typeof leaf) {
  return defineActor('parent', {
    on: {
      fail() {
        throw new Error('now')
      },
      ping: () => 'pong',
    },
    started(self) {
      for (let i = 0; i < count; i++) self.spawn(child)
    },
  })
}

for (const [kind, child] of Object.entries({ leaf, hooked, slowly })) {
  test(`a hundred thousand children (${kind}) are stopped with their parent`, async () => {
    const { node, clock } = startPatientNode()
    const ref = await node.spawn(parentOf(child), 'p')
    expect(node.audit().actors).toBe(count + 1)
    ref.stop()
    await clock.settle()
    expect(node.audit().actors).toBe(0)
  })
}

test('a hundred thousand children are killed with their parent, and made anew by its next life', async () => {
  const { node } = startPatientNode()
  const ref = await node.spawn(parentOf(hooked), 'p')
  ref.kill()
  expect(await ref.ask('ping')).toBe('pong')
  expect(node.audit().actors).toBe(count + 1)
  await node.stop()
})

test('a failure takes a hundred thousand children along, made anew by the next life', async () => {
  const { node } = startPatientNode()
  const ref = await node.spawn(parentOf(leaf), 'p')
  ref.tell('fail')
  expect(await ref.ask('ping')).toBe('pong')
  expect(node.audit().actors).toBe(count + 1)
  await node.stop()
})

for (const strategy of ['one-for-all', 'rest-for-one'] as const) {
  test(`ten thousand siblings come back together (${strategy})`, async () => {
    const { node, clock } = startPatientNode()
    let lives = 0
    const sibling = defineActor('sibling', {
      on: {
        fail() {
          throw new Error('now')
        },
      },
      started: () => void lives++,
    })
    const parent = defineActor('parent', {
      supervision: { strategy },
      on: {},
      started(self) {
        for (let i = 0; i < 10_000; i++) self.spawn(sibling, `s${i}`)
      },
    })
    await node.spawn(parent, 'p')
    at(node, 'p/s0').tell('fail')
    await clock.settle()
    expect(lives).toBe(20_000)
    await node.stop()
  })
}

/** Spawns a child of its own kind until it is `depth` deep. */
const link = defineActor('link', {
  state: (depth: number) => ({ depth }),
  on: {
    fail() {
      throw new Error('now')
    },
    grow: (self): string => self.spawn(link, 'd', 0).path,
    ping: () => 'pong',
  },
  started(self): void {
    if (self.state.depth > 1) self.spawn(link, 'd', self.state.depth - 1)
  },
  stopping: () => undefined,
}) as never

const deepest = Array.from({ length: treeDepthMax }, () => 'd').join('/')

test(`a tree ${treeDepthMax} deep lives and ends, and goes no deeper`, async () => {
  await using node = await startTestNode()
  await node.spawn(link, 'd', ...([treeDepthMax] as never))
  await expect(at(node, deepest).ask('grow')).rejects.toMatchObject({ code: 'tree-too-deep' })
  expect(node.audit().actors).toBe(treeDepthMax)
})

test(`a tree ${treeDepthMax} deep is killed from its deepest actor, after the code that says so`, async () => {
  await using node = await startTestNode()
  const family = new Family()
  const striker = defineActor('striker', {
    on: {
      strike(_self, top: Ref) {
        top.kill()
        return 'struck'
      },
    },
  })
  const chain = (depth: number): unknown =>
    depth === 1
      ? striker
      : family.member({ starts: (self) => void self.spawn(chain(depth - 1) as never, 'd') })
  await node.spawn(chain(treeDepthMax) as never, { name: 'd', restart: 'temporary' })
  expect(await at(node, deepest).ask('strike', at(node, 'd'))).toBe('struck')
  await node.settle()
  expect(node.audit().actors).toBe(0)
})

test(`escalation climbs ${treeDepthMax} levels without a deep stack`, async () => {
  await using node = await startTestNode()
  const family = new Family()
  const chain = (depth: number): ReturnType<Family['member']> =>
    family.member({
      supervision: { intensity: 0 },
      child: { restart: 'permanent' },
      starts: (self) => void (depth > 1 && self.spawn(chain(depth - 1), 'd')),
    })
  await node.spawn(chain(treeDepthMax), { name: 'd', restart: 'temporary' })
  at(node, deepest).tell('fail', 'deep down')
  await node.settle()
  expect(node.find('d')).toBeUndefined()
  const { events } = node.runtime.host
  expect(events.recent().filter(({ kind }) => kind === 'escalated')).toHaveLength(treeDepthMax - 1)
})
