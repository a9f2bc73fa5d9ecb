// The command info of a durable actor: what it has in the journal.
import { expect, test } from 'vitest'
import { startTestNode } from 'troupe/testing'
import { account } from '../../../scenarios/hello/account.ts'
import { info } from '../../../node/console/info.ts'
import { info as verb } from '../../../node/verbs/info.ts'
import { perform } from '../../../node/verbs/perform.ts'
import { Style } from '../../../node/console/style.ts'

test('the last record of a durable actor is shown, and none of another', async () => {
  await using node = await startTestNode()
  const ada = await node.spawn(account, 'ada', 'Ada')
  await ada.ask('deposit', 5)
  const { signal } = new AbortController()
  const found = await perform(node, verb, { actor: 'ada' }, { signal })
  expect(found.journal).toEqual({ seq: 1, epoch: 1, letters: 0, durableTimers: 0 })
  const style = new Style({ env: { NO_COLOR: '1' }, isTerminal: false })
  const print = info.answers === 'once' ? info.print : () => ''
  expect(print(found, style)).toMatch(/journal +record 1, epoch 1$/m)
  expect(print({ ...found, journal: { seq: 3, epoch: 2, letters: 1, durableTimers: 2 } }, style)).toContain(
    'record 3, epoch 2; 1 letter on the way; 2 durable timers',
  )
  expect(print({ ...found, journal: null }, style)).not.toContain('record')
})
