// Properties of messages: whatever a crowd of actors does to each other, the guarantees hold and the books balance.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { checkAccount } from '../../scenarios/testing/checkers/check-account.ts'
import { checkAsk } from '../../scenarios/testing/checkers/check-ask.ts'
import { checkFifo } from '../../scenarios/testing/checkers/check-fifo.ts'
import { checkOnce } from '../../scenarios/testing/checkers/check-once.ts'
import { checkWatch } from '../../scenarios/testing/checkers/check-watch.ts'
import { programs, run } from './program.ts'
import type { History } from '../../scenarios/testing/checkers/history.ts'
import type { Verdict } from '../../scenarios/testing/checkers/verdict.ts'

const checkers: Record<string, (history: History) => Verdict> = {
  'C-ONCE': checkOnce,
  'C-ACCOUNT': checkAccount,
  'C-ASK': (history) => checkAsk(history, 0),
  'C-FIFO': checkFifo,
  'C-WATCH': checkWatch,
}

test('each message is handled at most once, each ask ends once, order holds, each watch brings one down', async () => {
  const judged: Record<string, number> = {}
  await fc.assert(
    fc.asyncProperty(programs, async (program) => {
      const history = await run(program)
      for (const [name, check] of Object.entries(checkers)) {
        const { holds, reason } = check(history)
        // A history that has no case of a guarantee says nothing of it.
        expect(`${name} ${holds === false ? reason : 'kept'}`).toBe(`${name} kept`)
        judged[name] = (judged[name] ?? 0) + (holds === true ? 1 : 0)
      }
    }),
    { numRuns: 1_500 },
  )
  // The programs are of no use unless most of them put each guarantee to the test.
  for (const name of Object.keys(checkers)) expect(judged[name], name).toBeGreaterThan(1_000)
}, 60_000)

test('the same program with the same seed takes the same course, to the last event', async () => {
  await fc.assert(
    fc.asyncProperty(programs, async (program) => {
      expect(await run(program)).toEqual(await run(program))
    }),
    { numRuns: 30 },
  )
}, 60_000)
