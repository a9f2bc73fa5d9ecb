// Starts that fail in a restart: they are tried again and count, without blocking anybody and without a deep stack.
import { expect, test } from 'vitest'
import { defineActor, Fault } from 'troupe'
import { startTestNode } from 'troupe/testing'
import { at, endsOf, eventsOf, Family, startPatientNode } from './family.ts'
import type { Node, Strategy, SupervisionSpec } from 'troupe'

const many = 100_000

/** Spawns `p` with a child `c` whose starts fail from the second on, for `failures` times; says how often it began. */
async function spawnFlaky(
  node: Node,
  supervision: Partial<SupervisionSpec>,
  flaky: { readonly failures: number; readonly isAsync?: boolean; readonly code?: string },
): Promise<{ lives: number }> {
  const count = { lives: 0 }
  const begin = (): void => {
    count.lives++
    if (count.lives === 1 || count.lives > flaky.failures + 1) return
    if (flaky.code !== undefined) throw new Fault(flaky.code, 'Cannot start: told so', { hint: 'Wait.' })
    throw new Error('not yet')
  }
  const child = defineActor('flaky', {
    on: {
      fail() {
        throw new Error('now')
      },
      ping: () => 'pong',
    },
    started: flaky.isAsync === true ? async () => begin() : begin,
  })
  const parent = defineActor('parent', {
    supervision,
    on: { ping: () => 'pong' },
    started(self) {
      self.spawn(new Family().member(), 'sibling')
      self.spawn(child, { name: 'c', restart: 'permanent' })
    },
  })
  await node.spawn(parent, { name: 'p', restart: 'temporary' })
  return count
}

for (const isAsync of [false, true]) {
  const kind = isAsync ? 'asynchronous' : 'synchronous'
  for (const strategy of ['one-for-one', 'one-for-all'] satisfies Strategy[]) {
    test(`${kind} starts may fail ${many} times in a row (${strategy})`, async () => {
      const { node, clock } = startPatientNode()
      const count = await spawnFlaky(node, { strategy, intensity: many + 1 }, { failures: many, isAsync })
      at(node, 'p/c').tell('fail')
      await clock.settle()
      expect(count.lives).toBe(many + 2)
      expect(await at(node, 'p/c').ask('ping')).toBe('pong')
      await node.stop()
    })
  }

  test(`each ${kind} start that fails is spent from the budget`, async () => {
    await using node = await startTestNode()
    const count = await spawnFlaky(node, { intensity: 5 }, { failures: many, isAsync })
    const ends = endsOf(node, 'p', 'p/c', 'p/sibling')
    at(node, 'p/c').tell('fail')
    await node.settle()
    expect(count.lives).toBe(6)
    expect(ends).toEqual({
      'p/sibling': 'stopped',
      'p/c': 'failed restarts-exhausted',
      p: 'failed restarts-exhausted',
    })
  })
}

test('between two tries the supervisor and everybody else are served', async () => {
  await using node = await startTestNode()
  const order: string[] = []
  const child = defineActor('flaky', {
    on: {
      fail() {
        throw new Error('now')
      },
    },
    started() {
      order.push('try')
      if (order.length > 1 && order.length < 40) throw new Error('not yet')
    },
  })
  const parent = defineActor('parent', {
    supervision: { intensity: 1_000 },
    on: { ping: () => void order.push('ping') },
    started: (self) => void self.spawn(child, 'c'),
  })
  const ref = await node.spawn(parent, 'p')
  at(node, 'p/c').tell('fail')
  const pings = async (): Promise<void> => {
    for (let i = 0; i < 5; i++) await ref.ask('ping')
  }
  await pings()
  await node.settle()
  expect(order.lastIndexOf('try')).toBeGreaterThan(order.lastIndexOf('ping'))
})

test('mail that comes between the tries is kept for the start that succeeds', async () => {
  await using node = await startTestNode()
  const count = await spawnFlaky(node, { intensity: 100 }, { failures: 20 })
  at(node, 'p/c').tell('fail')
  const asked = at(node, 'p/c').ask('ping')
  expect(await asked).toBe('pong')
  expect(count.lives).toBe(22)
})

test('a child can be stopped and killed between two tries', async () => {
  await using node = await startTestNode()
  await spawnFlaky(node, { intensity: 1_000_000 }, { failures: Infinity })
  const cell = node.runtime.cellAt('p/c')!
  at(node, 'p/c').tell('fail')
  for (let i = 0; i < 50; i++) await Promise.resolve()
  const stopped = node.operator.stop(cell)
  await node.settle()
  expect((await stopped).cause).toBe('stopped')
  expect(node.find('p/c')).toBeUndefined()
})

test('an order to restart in between two tries is one try, and no second one follows from the first', async () => {
  await using node = await startTestNode()
  const count = await spawnFlaky(node, { intensity: 100 }, { failures: 1 })
  const cell = node.runtime.cellAt('p/c')!
  at(node, 'p/c').kill()
  expect(cell.rareIfAny?.nextStart).toBeDefined()
  node.operator.restart(cell)
  await node.settle()
  expect(count.lives).toBe(3)
})

test('directives hold for starts as well: one code is worth a stop, another one an escalation', async () => {
  const run = async (directive: 'stop' | 'escalate' | 'resume'): Promise<string> => {
    await using node = await startTestNode()
    const directives = [{ code: 'config-missing', directive }]
    const count = await spawnFlaky(node, { directives }, { failures: 1, code: 'config-missing' })
    const events = eventsOf(node)
    at(node, 'p/c').tell('fail')
    await node.settle()
    const seen = events.take()
    return `${count.lives} ${seen.replaceAll('p/', '')}`
  }
  expect(await run('stop')).toBe('2 failed c, restarted c, failed c, stopped c')
  expect(await run('escalate')).toBe(
    '2 failed c, restarted c, failed c, escalated p, failed p, stopped c, stopped sibling, stopped p',
  )
  expect(await run('resume')).toBe('3 failed c, restarted c, failed c, restarted c, started c')
})
