// Tests of poison: a message that fails is tried as often as the definition says, then kept apart; never more.
import { expect, test } from 'vitest'
import { defineActor } from 'troupe'
import { startTestNode } from 'troupe/testing'
import type { Fault } from 'troupe'

/** Fails at odd numbers; `tries` outlives its lives. */
function picky(triesMax: number | undefined) {
  const tries: Record<string, number> = {}
  const definition = defineActor('picky', {
    ...(triesMax === undefined ? {} : { triesMax }),
    state: () => ({ seen: [] as number[] }),
    on: {
      take(self, value: number) {
        tries[value] = (tries[value] ?? 0) + 1
        if (value % 2 === 1) throw new Error(`odd: ${value}`)
        self.state.seen.push(value)
        return value
      },
      async takeSlowly(_self, value: number) {
        tries[value] = (tries[value] ?? 0) + 1
        await Promise.resolve()
        throw new Error(`odd: ${value}`)
      },
      seen: (self) => self.state.seen,
    },
  })
  return { definition, tries }
}

test('a failing message is tried once unless the definition says more', async () => {
  await using node = await startTestNode()
  const { definition, tries } = picky(undefined)
  const ref = await node.spawn(definition)
  for (const value of [2, 1, 4]) ref.tell('take', value)
  await node.settle()
  expect(tries).toEqual({ 1: 1, 2: 1, 4: 1 })
  expect(node.audit().deadLetters).toEqual({ 'handler-failed': 1 })
})

for (const way of ['take', 'takeSlowly'] as const) {
  test(`with triesMax 3, ${way} fails three lives and is quarantined; its order and the mail behind it stay`, async () => {
    await using node = await startTestNode()
    const { definition, tries } = picky(3)
    const ref = await node.spawn(definition)
    ref.tell('take', 2)
    ref.tell(way, 1)
    ref.tell('take', 4)
    await node.settle()
    expect(tries).toEqual({ 1: 3, 2: 1, 4: 1 })
    expect(node.audit()).toMatchObject({ handled: 2, dead: 1, deadLetters: { 'message-poisoned': 1 } })
    expect(node.runtime.host.totals.restarts).toBe(3)
    expect(await ref.ask('seen')).toEqual([4])
    const quarantined = node.runtime.host.events.recent().filter(({ kind }) => kind === 'quarantined')
    expect(quarantined.map(({ detail }) => detail)).toEqual([{ message: way, tries: 3 }])
  })
}

test('quarantine keeps the message with its payload and its last fault, and gives it out again', async () => {
  await using node = await startTestNode()
  const { definition, tries } = picky(2)
  const ref = await node.spawn(definition, 'p')
  ref.tell('take', 1)
  await node.settle()
  const [dead] = node.runtime.host.deadLetters.list()
  expect(dead).toMatchObject({ reason: 'message-poisoned', envelope: { name: 'take', payload: 1 } })
  expect(dead?.fault?.message).toContain('odd: 1')
  await node.advance(5_000)
  node.operator.replay(dead!, node.runtime.cellAt('p')!)
  await node.settle()
  expect(tries).toEqual({ 1: 4 })
})

test('the asker of a poisoned message hears once, when it is given up', async () => {
  await using node = await startTestNode()
  const { definition, tries } = picky(3)
  const ref = await node.spawn(definition)
  const codes = [ref.ask('take', 1), ref.ask('take', 2)].map((ask) => ask.catch((fault: Fault) => fault.code))
  expect(await Promise.all(codes)).toEqual(['handler-failed', 2])
  expect([tries, node.runtime.host.asks.late]).toEqual([{ 1: 3, 2: 1 }, 0])
})

test('two poisons one after the other are each counted for themselves', async () => {
  await using node = await startTestNode()
  const { definition, tries } = picky(2)
  const ref = await node.spawn(definition, { backoff: { minMs: 1, maxMs: 1, jitter: 0 } })
  for (const value of [1, 3, 2]) ref.tell('take', value)
  await node.advance(10_000)
  expect(tries).toEqual({ 1: 2, 3: 2, 2: 1 })
  expect(node.audit().deadLetters).toEqual({ 'message-poisoned': 2 })
})

test('an actor that is given up before the last try leaves the message as any other mail', async () => {
  await using node = await startTestNode()
  const { definition, tries } = picky(100)
  const ref = await node.spawn(definition)
  ref.tell('take', 1)
  ref.tell('take', 2)
  await node.settle()
  // Three restarts are the default budget.
  expect(tries).toEqual({ 1: 4 })
  expect(node.audit()).toMatchObject({ accepted: 2, dead: 2, deadLetters: { 'actor-failed': 2 } })
})
