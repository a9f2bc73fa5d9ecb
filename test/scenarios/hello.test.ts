// The hello scenario: what a newcomer's first actors do, also when they are spoken to badly.
import { expect, test } from 'vitest'
import { startTestNode } from 'troupe/testing'
import { account } from '../../scenarios/hello/account.ts'
import { counter } from '../../scenarios/hello/counter.ts'
import { greeter } from '../../scenarios/hello/greeter.ts'

test('a counter counts by one unless told otherwise', async () => {
  await using node = await startTestNode()
  const clicks = await node.spawn(counter, 'clicks')
  clicks.tell('increment')
  clicks.tell('increment', 4)
  expect(await clicks.ask('value')).toBe(5)
})

test('a counter that is sent a text keeps its count and says what it wants', async () => {
  await using node = await startTestNode()
  const clicks = node.find((await node.spawn(counter, 'clicks')).path)
  clicks?.tell('increment', 2)
  await expect(clicks?.ask('increment', 'many')).rejects.toMatchObject({ code: 'number-expected' })
  expect(await clicks?.ask('value')).toBe(2)
})

test('a counter that crashes counts again from zero', async () => {
  await using node = await startTestNode()
  const clicks = await node.spawn(counter, 'clicks')
  clicks.tell('increment', 3)
  clicks.tell('crash')
  expect(await clicks.ask('value')).toBe(0)
})

test('a greeter counts its visits in a child', async () => {
  await using node = await startTestNode()
  const door = await node.spawn(greeter, 'door', 'Good day')
  expect(await door.ask('greet', 'Ada')).toBe('Good day, Ada!')
  expect(await door.ask('met')).toEqual(['Ada'])
  expect(await node.find('door/visits')?.ask('value')).toBe(1)
})

test('an account that crashes has the balance that it had', async () => {
  await using node = await startTestNode()
  const ada = await node.spawn(account, 'ada', 'Ada')
  expect(await ada.ask('deposit', 5)).toBe(5)
  ada.tell('crash')
  expect(await ada.ask('withdraw', 2)).toBe(3)
})

test('an account gives no more than it has, and takes nothing that is no amount', async () => {
  await using node = await startTestNode()
  const ada = await node.spawn(account, 'ada')
  await expect(ada.ask('withdraw', 1)).rejects.toMatchObject({ code: 'account-overdrawn' })
  await expect(ada.ask('deposit', -1)).rejects.toMatchObject({ code: 'number-expected' })
  expect(await ada.ask('balance')).toBe(0)
})
