// Tests of entities that fail: their supervisor, the pause after the last failure, and how it ends.
import { expect, test } from 'vitest'
import { defineActor } from 'troupe'
import { startTestNode } from 'troupe/testing'

const brittle = defineActor('brittle', {
  state: (key: string) => {
    if (key === 'stillborn') throw new Error('it cannot start')
    return { key }
  },
  on: {
    hello: () => 'hello',
    crash: () => {
      throw new Error('it breaks')
    },
  },
})

test('one that fails is restarted as any actor, and when that is used up it is not woken for a second', async () => {
  await using node = await startTestNode()
  const ada = node.entity(brittle, 'ada')
  for (let times = 0; times < 4; times++) ada.tell('crash')
  await node.settle()
  expect(node.find('brittle/ada')).toBeUndefined()
  ada.tell('hello')
  await expect(ada.ask('hello')).rejects.toMatchObject({ code: 'entity-cooling' })
  await expect(ada.offer('hello')).rejects.toMatchObject({ code: 'entity-cooling' })
  await node.advance(1_000)
  expect(await ada.ask('hello')).toBe('hello')
  expect(node.entityKeeper.register.get('brittle')).toMatchObject({
    resident: 1,
    tally: { activated: 2, failed: 1, refusedCooling: 2 },
  })
})

test('each further failure doubles the pause', async () => {
  await using node = await startTestNode()
  const ada = node.entity(brittle, 'ada')
  for (let pauseMs = 1_000; pauseMs <= 8_000; pauseMs *= 2) {
    for (let times = 0; times < 4; times++) ada.tell('crash')
    await node.settle()
    await node.advance(pauseMs - 1)
    await expect(ada.ask('hello')).rejects.toMatchObject({ code: 'entity-cooling' })
    await node.advance(1)
    expect(await ada.ask('hello')).toBe('hello')
  }
})

test('one that cannot start fails its mail, and does not spin', async () => {
  await using node = await startTestNode()
  const born = node.entity(brittle, 'stillborn')
  const asked = born.ask('hello')
  await expect(asked).rejects.toMatchObject({ code: 'actor-failed' })
  await expect(born.ask('hello')).rejects.toMatchObject({ code: 'entity-cooling' })
  expect(node.audit().isBalanced).toBe(true)
})
