// Orders: new lives that an operator asks for, which count for nothing.
import { expect, test } from 'vitest'
import { startTestNode } from 'troupe/testing'
import { at, endsOf, eventsOf, Family, gate } from './family.ts'
import type { TestNode } from 'troupe/testing'

function restart(node: TestNode, path: string): void {
  node.operator.restart(node.runtime.cellAt(path)!)
}

test('an order gives an actor a new life and keeps its mail, its ref and its watchers', async () => {
  await using node = await startTestNode()
  const family = new Family()
  const ref = await node.spawn(family.member(), 'ada')
  const ends = endsOf(node, 'ada')
  ref.tell('increment')
  await node.settle()
  restart(node, 'ada')
  ref.tell('increment')
  expect(await ref.ask('value')).toBe(1)
  expect(family.news()).toBe('+ada -ada stopped +ada')
  expect(ends).toEqual({})
})

test('any number of orders exhausts no budget, whatever the restart type', async () => {
  await using node = await startTestNode()
  const ref = await node.spawn(new Family().member(), { name: 'ada', restart: 'temporary' })
  for (let i = 0; i < 50; i++) {
    restart(node, 'ada')
    await node.settle()
  }
  expect(await ref.ask('value')).toBe(0)
  expect(node.runtime.cellAt('ada')?.rareIfAny?.restarts).toBe(50)
})

test('an order waits for the running handler, and comes before the mail', async () => {
  await using node = await startTestNode()
  const family = new Family()
  const ref = await node.spawn(family.member(), 'ada')
  ref.tell('increment')
  const asked = [ref.ask('wait', 'order-busy'), ref.ask('value')]
  await node.settle()
  restart(node, 'ada')
  await node.settle()
  expect(family.news()).toBe('+ada')
  gate('order-busy').resolve()
  expect(await Promise.all(asked)).toEqual(['order-busy', 0])
  expect(family.news()).toBe('-ada stopped +ada')
})

test('an order ends the children of the old life first', async () => {
  await using node = await startTestNode()
  const family = new Family()
  await node.spawn(family.member({ starts: (self) => void self.spawn(family.member(), 'c') }), 'p')
  family.news()
  restart(node, 'p')
  await node.settle()
  expect(family.news()).toBe('-p/c stopped -p stopped +p +p/c')
})

test('a stop that comes while an order halts the actor is heard after it', async () => {
  await using node = await startTestNode()
  const family = new Family()
  const ref = await node.spawn(family.member({ stops: () => gate('order-stop').promise }), 'ada')
  const ends = endsOf(node, 'ada')
  restart(node, 'ada')
  await node.settle()
  ref.stop()
  gate('order-stop').resolve()
  await node.settle()
  expect(ends).toEqual({ ada: 'stopped' })
  expect(family.news()).toBe('+ada -ada stopped')
})

test('two orders at once are one new life each, and an order to who has gone is none', async () => {
  await using node = await startTestNode()
  await node.spawn(new Family().member(), 'ada')
  const cell = node.runtime.cellAt('ada')!
  const events = eventsOf(node)
  restart(node, 'ada')
  restart(node, 'ada')
  await node.settle()
  const lives = events.take().match(/restarted/g)?.length
  expect(lives).toBeGreaterThanOrEqual(1)
  expect(lives).toBeLessThanOrEqual(2)
  at(node, 'ada').stop()
  await node.settle()
  events.take()
  node.operator.restart(cell)
  await node.settle()
  expect(events.take()).toBe('')
})

test('an order to a suspended actor gives it a new life that is suspended as well', async () => {
  await using node = await startTestNode()
  const family = new Family()
  const ref = await node.spawn(family.member(), 'ada')
  const cell = node.runtime.cellAt('ada')!
  node.operator.suspend(cell)
  const asked = ref.ask('increment')
  restart(node, 'ada')
  await node.settle()
  expect(family.news()).toBe('+ada -ada stopped +ada')
  expect(cell.waiting).toBe(1)
  node.operator.resume(cell)
  expect(await asked).toBe(1)
})

test('a start that fails after an order is a failure like any other', async () => {
  await using node = await startTestNode()
  let lives = 0
  const member = new Family().member({
    starts() {
      if (++lives === 2) throw new Error('not now')
    },
  })
  await node.spawn(member, 'ada')
  restart(node, 'ada')
  await node.settle()
  expect(lives).toBe(3)
  expect(node.operator.outlook(node.runtime.cellAt('ada')!)).toMatchObject({ spent: 1 })
})
