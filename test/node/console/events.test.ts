// Tests of the commands about the journal's events: what they print of the events and of the projections.
import { expect, test } from 'vitest'
import { depositOn, sums } from '../projections/stand.ts'
import { openDesk } from './desk.ts'

test('events prints a line for each, and only those that were asked for', async () => {
  await using desk = await openDesk()
  await depositOn(desk.node, 'bank/ada', 5)
  await depositOn(desk.node, 'bank/bob', 7)
  expect(await desk.run('events')).toBe(
    '1  00:00:00.000  bank/ada  deposited  5  [money]\n2  00:00:00.000  bank/bob  deposited  7  [money]',
  )
  expect(await desk.run('events --actor bank/b* --tag money')).toMatch(/^2 .*bob.*$/)
  expect(await desk.run('events --from 2')).toMatch(/^2 .*bob.*$/)
  expect(await desk.run('events --tag none')).toBe('')
})

test('events --follow begins with what comes next and ends when it is cancelled', async () => {
  await using desk = await openDesk()
  await depositOn(desk.node, 'bank/ada', 5)
  const { ended } = await desk.begin('events --follow')
  await depositOn(desk.node, 'bank/bob', 7)
  await desk.node.settle()
  expect(desk.out).toEqual([expect.stringMatching(/^2 .*bob/)])
  desk.console.cancel()
  expect(await ended).toEqual({ code: 130 })
})

test('events from where the journal has not come to, and for a pattern that is none, fail', async () => {
  await using desk = await openDesk()
  expect(await desk.fail('events --from 9')).toMatchObject({ code: 1 })
  expect(desk.notices.join('\n')).toMatch(/position-invalid/)
  await desk.fail("events --actor '[a]'")
  expect(desk.notices.join('\n')).toMatch(/filter-invalid/)
})

test('projections are listed with how far they have come, and one with its state', async () => {
  await using desk = await openDesk()
  expect(await desk.run('projections')).toMatch(/^No projections/)
  await desk.node.project({ name: 'totals', ...sums })
  await desk.node.project({
    name: 'broken',
    state: () => 0,
    on: {
      deposited(): never {
        throw new Error('no')
      },
    },
  })
  await depositOn(desk.node, 'bank/ada', 5)
  await desk.node.settle()
  const lines = (await desk.run('projections')).split('\n')
  expect(lines[0]).toMatch(/^NAME +STATUS +POSITION +LAG +APPLIED +SKIPPED +FAULT$/)
  expect(lines[1]).toMatch(/^totals +running +4 +0 +1 +0$/)
  expect(lines[2]).toMatch(/^broken +failed +2 +2 +0 +0 +projection-failed: Cannot go on/)
  expect(await desk.run('projections totals')).toMatch(/\{ sum: 5, seen: \[5\] \}$/)
  await desk.fail('projections nobody')
  expect(desk.notices.join('\n')).toMatch(/projection-unknown/)
})
