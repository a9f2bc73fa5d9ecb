// Tests of the streams beside the prompt: they show what the next lines cause, and end with the console.
import { expect, test } from 'vitest'
import { openDesk } from './desk.ts'

test('a stream that ends in & goes on while other lines run', async () => {
  await using desk = await openDesk()
  await desk.run(
    'spawn counter clicks',
    'trace clicks --count 2 &',
    'tell clicks increment 3',
    'ask clicks value',
  )
  expect(desk.out.slice(1).map((line) => line.slice(14))).toEqual([
    'sent     (outside) -> clicks  tell increment',
    'handled  clicks  tell increment  handled',
    '',
  ])
})

test('a stream that cannot begin fails like any line', async () => {
  await using desk = await openDesk()
  expect(await desk.fail('trace nobody &')).toMatchObject({ code: 1, fault: { code: 'actor-unknown' } })
})

test('& means nothing to a command with one answer', async () => {
  await using desk = await openDesk()
  await desk.run('spawn counter clicks')
  expect(await desk.fail('tell clicks increment 3 &')).toMatchObject({
    code: 2,
    fault: { code: 'payload-invalid' },
  })
  expect(await desk.fail('tree &')).toMatchObject({ code: 1, fault: { code: 'actor-unknown' } })
})

test('cancelling ends the command that runs, and only with none the streams beside it', async () => {
  await using desk = await openDesk()
  await desk.run('spawn sleeper bed', 'tail &')
  const { ended } = await desk.begin('ask bed forever')
  desk.console.cancel()
  expect(await ended).toMatchObject({ code: 130 })
  await desk.run('spawn counter clicks')
  expect(desk.out.at(-1)).toMatch(/clicks/)
  expect(desk.console.cancel()).toBe(true)
  await desk.node.settle()
  const count = desk.out.length
  desk.node.find('clicks')?.tell('crash')
  await desk.node.settle()
  expect(desk.out).toHaveLength(count)
  await desk.run('kill bed')
})

test('closing the console ends the streams, and no follower stays', async () => {
  await using desk = await openDesk()
  await desk.run('tail &', 'tail --json &')
  await desk.console.close()
  expect(JSON.parse(desk.out.at(-1) ?? '')).toMatchObject({ end: { reason: 'cancelled' } })
  expect(desk.console.cancel()).toBe(false)
})
