// Tests of removals: whatever was known when a member was given up fits into what the council keeps, so that nothing keeps it in.
import { expect, test } from 'vitest'
import { decisionFactsMax } from '../../../actors/cluster/state/decision.ts'
import { decisionOf } from '../../../node/cluster/removal.ts'
import { decodeCommand, encodeCommand } from '../../../actors/cluster/state/command-codec.ts'
import { leaseTimingDefault } from '../../../actors/cluster/failure/timing.ts'
import { reasonBytesMax } from '../../../actors/cluster/state/field.ts'
import type { FailureDecision } from '../../../actors/cluster/failure/decision.ts'

function failureOf(members: number): FailureDecision {
  const numbers = Array.from({ length: members }, (_, index) => index + 1)
  return {
    subject: 7,
    name: 'n'.repeat(64),
    judgement: { act: 'remove', why: 'silent' },
    atMs: 12_345.678,
    wallMs: 1_700_000_000_000,
    view: 4,
    term: 5,
    leader: 2,
    listened: numbers,
    against: numbers.map((observer) => ({
      observer,
      member: 7,
      says: 'suspects',
      evidence: 'silence',
      silentMs: 2_000.123,
      phi: 9.87654,
      forMs: 300,
      hadConnection: true,
      flaps: 0,
      heardBy: [],
      isActing: true,
      ageMs: 10,
    })),
    votersHeard: numbers.slice(0, 3),
    quorum: 2,
    confirmedAgoMs: undefined,
    leaseOverMs: Infinity,
    grantedMs: undefined,
    timing: leaseTimingDefault,
  }
}

test.each([0, 3, 999])('of a cluster with %i voices it travels through the council as it is', (members) => {
  const decision = decisionOf(failureOf(members))
  const command = { type: 'remove', number: 7, decision } as const
  expect(decodeCommand(encodeCommand(command))).toEqual(command)
})

test('people read why first, then every input by its name, and no more than is kept', () => {
  const { why, by, atMs, facts } = decisionOf(failureOf(3))
  expect([why, by, atMs]).toEqual([expect.stringContaining('hear nothing of it'), 2, 1_700_000_000_000])
  const values = new Map(facts.map(({ name, value }) => [name, value]))
  expect(values.get('subject')).toBe(7)
  expect(values.get('judgement.why')).toBe('silent')
  expect(values.get('against.2.observer')).toBe(3)
  expect(values.get('against.0.hadConnection')).toBe('yes')
  expect(values.get('atMs')).toBe(12_345.7)
  expect(values.get('leaseOverMs')).toBe('Infinity')
  expect(decisionOf(failureOf(999)).facts).toHaveLength(decisionFactsMax)
})

test('what is too long is cut and shows that it was', () => {
  const { facts } = decisionOf(failureOf(999))
  const long = facts.find(({ name }) => name === 'listened to')?.value
  expect(long).toMatch(/ \.\.\.$/)
  expect(long).toHaveLength(reasonBytesMax)
})
