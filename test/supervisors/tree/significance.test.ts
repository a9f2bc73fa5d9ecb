// Significant children in a running tree: whose end takes the supervisor along.
import { describe, expect, test } from 'vitest'
import { startTestNode } from 'troupe/testing'
import { at, endsOf, Family, gate } from './family.ts'
import type { AutoShutdown, RestartType, Strategy } from 'troupe'
import type { TestNode } from 'troupe/testing'

async function spawnFamily(
  node: TestNode,
  autoShutdown: AutoShutdown,
  options: {
    readonly restart?: RestartType
    readonly strategy?: Strategy
    readonly parent?: RestartType
  } = {},
): Promise<Family> {
  const { restart = 'transient', strategy = 'one-for-one', parent = 'transient' } = options
  const family = new Family()
  const definition = family.member({
    supervision: { autoShutdown, strategy },
    starts(self) {
      for (const name of ['a', 'b']) self.spawn(family.member(), { name, restart, significant: true })
      self.spawn(family.member(), 'other')
    },
  })
  await node.spawn(definition, { name: 'p', restart: parent })
  family.diary.length = 0
  return family
}

async function stop(node: TestNode, path: string): Promise<void> {
  at(node, path).stop()
  await node.settle()
}

describe('any-significant', () => {
  test('the first significant child that ends well takes the supervisor along, after the others', async () => {
    await using node = await startTestNode()
    const family = await spawnFamily(node, 'any-significant')
    const ends = endsOf(node, 'p')
    await stop(node, 'p/b')
    expect(family.news()).toBe('-p/b stopped -p/other stopped -p/a stopped -p stopped')
    expect(ends).toEqual({ p: 'stopped' })
  })

  test('an insignificant one does not', async () => {
    await using node = await startTestNode()
    await spawnFamily(node, 'any-significant')
    await stop(node, 'p/other')
    expect(node.find('p')).toBeDefined()
  })

  test('one that fails and is started again does not', async () => {
    await using node = await startTestNode()
    await spawnFamily(node, 'any-significant')
    at(node, 'p/a').tell('fail', 'now')
    await node.settle()
    expect(node.find('p')).toBeDefined()
  })

  test('a temporary one does however it ends', async () => {
    for (const end of ['fail', 'end', 'die']) {
      await using node = await startTestNode()
      await spawnFamily(node, 'any-significant', { restart: 'temporary' })
      at(node, 'p/a').tell(end, 'now')
      await node.settle()
      expect(node.find('p')).toBeUndefined()
    }
  })

  test('one that its parent stops does not', async () => {
    await using node = await startTestNode()
    await spawnFamily(node, 'any-significant')
    await node.operator.stop(node.runtime.cellAt('p/a')!)
    await node.settle()
    expect(node.find('p')).toBeDefined()
  })

  test('a temporary one that goes with its group does not', async () => {
    await using node = await startTestNode()
    const family = await spawnFamily(node, 'any-significant', {
      restart: 'temporary',
      strategy: 'one-for-all',
    })
    at(node, 'p/other').tell('fail', 'now')
    await node.settle()
    expect(family.news()).toBe('-p/other failed -p/b stopped -p/a stopped +p/other')
    expect(node.find('p')).toBeDefined()
  })
})

describe('all-significant', () => {
  test('only the last one takes the supervisor along', async () => {
    await using node = await startTestNode()
    await spawnFamily(node, 'all-significant')
    await stop(node, 'p/a')
    expect(node.find('p')).toBeDefined()
    await stop(node, 'p/b')
    expect(node.find('p')).toBeUndefined()
  })

  test('one that waits for its next try still counts', async () => {
    await using node = await startTestNode()
    const family = new Family()
    const backoff = { minMs: 1_000 }
    const parent = family.member({
      supervision: { autoShutdown: 'all-significant' },
      starts(self) {
        self.spawn(family.member(), { name: 'a', significant: true })
        self.spawn(family.member(), { name: 'b', significant: true, backoff })
      },
    })
    await node.spawn(parent, 'p')
    at(node, 'p/b').tell('fail', 'now')
    await node.settle()
    await stop(node, 'p/a')
    expect(node.find('p')).toBeDefined()
    await stop(node, 'p/b')
    expect(node.find('p')).toBeUndefined()
  })
})

test('the mail that the supervisor has is handled before it shuts down', async () => {
  await using node = await startTestNode()
  await spawnFamily(node, 'any-significant')
  const asked: Promise<unknown>[] = []
  at(node, 'p/a').watch(() => undefined)
  const cell = node.runtime.cellAt('p')!
  node.operator.suspend(cell)
  asked.push(at(node, 'p').ask('increment'))
  await stop(node, 'p/a')
  node.operator.resume(cell)
  expect(await Promise.all(asked)).toEqual([1])
  await node.settle()
  expect(node.find('p')).toBeUndefined()
})

test('a permanent supervisor comes back from its automatic shutdown, as in OTP', async () => {
  await using node = await startTestNode()
  const family = await spawnFamily(node, 'any-significant', { parent: 'permanent' })
  await stop(node, 'p/a')
  expect(family.news()).toBe('-p/a stopped -p/other stopped -p/b stopped -p stopped +p +p/a +p/b +p/other')
})

test('a significant child that ends while its parent’s life ends does not stop the next life', async () => {
  await using node = await startTestNode()
  const family = new Family()
  const parent = family.member({
    supervision: { autoShutdown: 'any-significant' },
    starts(self) {
      self.spawn(family.member(), { name: 'a', significant: true })
      self.spawn(family.member({ stops: () => gate('significant-halt').promise }), 'slow')
    },
  })
  await node.spawn(parent, 'p')
  family.news()
  at(node, 'p').tell('fail', 'now')
  await node.settle()
  at(node, 'p/a').tell('end')
  await node.settle()
  expect(family.news()).toBe('-p/slow stopped -p/a stopped')
  gate('significant-halt').resolve()
  await node.settle()
  expect(family.news()).toBe('-p failed +p +p/a +p/slow')
  expect(node.find('p')).toBeDefined()
})

test('a significant child is refused by who never shuts down by itself, and by the guardian', async () => {
  await using node = await startTestNode()
  const family = new Family()
  await expect(
    node.spawn(family.member(), { name: 'r', restart: 'transient', significant: true }),
  ).rejects.toMatchObject({ code: 'supervision-invalid' })
  const parent = family.member({ starts: (self) => void self.spawn(family.member(), { significant: true }) })
  await expect(node.spawn(parent, 'p')).rejects.toMatchObject({ code: 'supervision-invalid' })
  expect(node.audit().actors).toBe(0)
})
