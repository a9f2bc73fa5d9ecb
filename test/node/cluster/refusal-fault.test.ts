// The tests of faults made from refusals: each that the cluster's state knows comes out under its own code.
import { expect, test } from 'vitest'
import { refusalCodes } from '../../../actors/cluster/state/answer.ts'
import { refusalFault } from '../../../node/cluster/refusal-fault.ts'
import type { RefusedCode } from '../../../node/cluster/refusal-fault.ts'

const codes: readonly RefusedCode[] = [
  'member-unknown',
  'member-revoked',
  'member-ended',
  'member-draining',
  'name-taken',
  'cluster-full',
  'homes-full',
  'home-stale',
  'place-split',
  'lease-taken',
  'leases-full',
  'settings-full',
  'revocations-full',
  'command-malformed',
]

test('every refusal of the state can be told as a fault', () => {
  expect(codes).toEqual([...refusalCodes])
})

test.each(codes)('a refusal by "%s" is a fault of that code, with how things stood', (code) => {
  const home = { top: 'bank', member: 3, epoch: 7 }
  const fault = refusalFault('Cannot claim "bank"', code, { why: 'no', hint: 'Go.', home })
  expect(fault).toMatchObject({
    code,
    message: 'Cannot claim "bank": no',
    hint: 'Go.',
    details: { top: 'bank', member: 3 },
  })
})
