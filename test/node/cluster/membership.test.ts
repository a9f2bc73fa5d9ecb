// The tests of a membership: who cannot become a member is told why, and nobody tries for ever.
import { expect, test } from 'vitest'
import { joinMsMax, Membership } from '../../../node/cluster/membership.ts'
import { Fault } from '../../../runtime/fault.ts'
import { ManualClock } from '../../../scenarios/testing/manual-clock.ts'
import type { Answer } from '../../../actors/cluster/state/answer.ts'

function membershipOf(propose: () => Promise<Answer>): { clock: ManualClock; membership: Membership } {
  const clock = new ManualClock()
  const self = { peer: 'a', name: 'a', kind: 'trusted' as const, labels: [], addresses: [], hosts: [] }
  const parts = { clock, self: () => self, uid: () => '00', numberOf: () => 0, propose }
  return { clock, membership: new Membership(parts) }
}

test('without a council that answers a join ends in "cluster-unreachable" after a minute', async () => {
  const nobody = (): Promise<Answer> =>
    Promise.reject(new Fault('council-unreachable', 'Cannot decide: nobody leads', { hint: 'Wait.' }))
  const { clock, membership } = membershipOf(nobody)
  const joined = membership.join().catch((fault: unknown) => fault)
  await clock.advance(joinMsMax + 1_000)
  expect(await joined).toMatchObject({ code: 'cluster-unreachable' })
})

test('a refusal is told at once, under its own code', async () => {
  const { membership } = membershipOf(() =>
    Promise.resolve({ type: 'refused', code: 'member-revoked', why: 'its keys are kept out' }),
  )
  await expect(membership.join()).rejects.toMatchObject({ code: 'member-revoked' })
})

test('a node that ends waits for its leave no longer than it has to', async () => {
  const { clock, membership } = membershipOf(() => new Promise(() => undefined))
  let isOver = false
  void membership.leave(1).then(() => (isOver = true))
  await clock.advance(3_000)
  expect(isOver).toBe(true)
})
