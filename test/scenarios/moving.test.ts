// The moving scenario: an actor moves between threads under load, in real threads as a program and in the simulator step by step.
import { expect, test } from 'vitest'
import { startTestNode } from 'troupe/testing'
import { sender, tally } from '../../scenarios/moving/tally.ts'
import { runProgram } from '../docs/program.ts'
import { linesOf } from '../docs/transcript.ts'

const load = ['scenarios/moving/tally.ts']

test(
  'the program counts every message once, in order, while the tally moves',
  { timeout: 60_000 },
  async () => {
    const { code, output, errors } = await runProgram('node', [
      '--conditions=troupe-source',
      'scenarios/moving/main.ts',
    ])
    expect(errors).toBe('')
    expect(code).toBe(0)
    const [moves, result, ...rest] = linesOf(output)
    expect(moves).toMatch(/^[1-9]\d* moves$/)
    expect(result).toBe('60000 sent, 60000 counted, 0 twice, missing or out of order')
    expect(rest).toEqual([])
  },
)

test('a tally that moves between bursts has the same sum in each thread', async () => {
  await using node = await startTestNode({ threads: 2, load })
  const to = await node.spawn(tally, { name: 'tally', place: { thread: 1 } })
  const from = await node.spawn(sender, { name: 'sender', place: { thread: 2 } }, to)
  for (const thread of [2, 0, 1]) {
    const sending = from.ask('send', 250)
    await node.move(to, { thread })
    await sending
  }
  expect(await to.ask('sum')).toEqual({ counted: 750, flaws: 0 })
})

test('a tally notices what comes twice, out of order or not at all', async () => {
  await using node = await startTestNode()
  const to = await node.spawn(tally)
  for (const number of [1, 1, 2, 4, 3]) to.tell('count', { from: 'somebody', number })
  expect(await to.ask('sum')).toEqual({ counted: 5, flaws: 3 })
})
