// The bank scenario: as a program that is killed for real, and in the simulator.
import { expect, test } from 'vitest'
import { startTestNode } from 'troupe/testing'
import { purse } from '../../scenarios/bank/purse.ts'
import { runProgram } from '../docs/program.ts'
import { linesOf } from '../docs/transcript.ts'

test('the sum is the same after each kill', { timeout: 120_000 }, async () => {
  const { code, output, errors } = await runProgram('node', [
    '--conditions=troupe-source',
    'scenarios/bank/main.ts',
  ])
  expect(errors).toBe('')
  expect(code).toBe(0)
  expect(linesOf(output).at(-1)).toBe('20 purses hold 20000 of 20000')
})

test('a purse pays no more than it has, and what it pays arrives', async () => {
  await using node = await startTestNode()
  const [from, to] = [node.entity(purse, 'a'), node.entity(purse, 'b')]
  expect(await from.ask('give', { to, amount: 700 })).toBe(true)
  expect(await from.ask('give', { to, amount: 700 })).toBe(false)
  await node.settle()
  expect([await from.ask('balance'), await to.ask('balance')]).toEqual([300, 1_700])
})
