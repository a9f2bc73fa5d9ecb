// The gate of proposals: a node speaks for itself, and the kind that says whom all believe is the founder's alone.
import { expect, test } from 'vitest'
import { ClusterState } from '../../../actors/cluster/state/cluster-state.ts'
import { encodeCommand } from '../../../actors/cluster/state/command-codec.ts'
import { founderKey, mayPropose } from '../../../node/cluster/proposal-gate.ts'
import { seatOf } from '../../../node/cluster/seat.ts'
import type { Command } from '../../../actors/cluster/state/command.ts'
import type { MemberKind } from '../../../actors/cluster/state/member.ts'

function join(peer: string, kind: MemberKind): Command {
  const uid = Buffer.from(peer).toString('hex').padEnd(32, '0').slice(0, 32)
  return { type: 'join', peer, uid, name: peer, kind, addresses: [], labels: [], hosts: [], atMs: 1 }
}

/** A cluster that `founder` has founded, with `friend`, `laptop` behind NAT and nobody else. */
function founded(): ClusterState {
  const state = new ClusterState()
  state.apply(join('founder', 'initial'))
  state.apply({ type: 'set', key: founderKey, value: 'founder' })
  state.apply(join('friend', 'trusted'))
  state.apply(join('laptop', 'local'))
  return state
}

function may(state: ClusterState, peer: string, command: Command): boolean {
  return mayPropose(state, seatOf(peer), encodeCommand(command))
}

test('the founder may join as what it is, also again, and nobody else may be of its kind', () => {
  expect(may(new ClusterState(), 'founder', join('founder', 'initial'))).toBe(true)
  const state = founded()
  expect(may(state, 'founder', join('founder', 'initial'))).toBe(true)
  expect(may(state, 'thief', join('thief', 'initial'))).toBe(false)
  expect(may(state, 'thief', join('thief', 'trusted'))).toBe(true)
})

test('nobody joins, claims or leaves for another', () => {
  const state = founded()
  expect(may(state, 'friend', join('thief', 'trusted'))).toBe(false)
  const friend = state.memberByPeer('friend')!.number
  expect(may(state, 'laptop', { type: 'leave', number: friend, atMs: 1 })).toBe(false)
  expect(may(state, 'laptop', { type: 'claim', member: friend, claims: [] })).toBe(false)
  expect(may(state, 'friend', { type: 'leave', number: friend, atMs: 1 })).toBe(true)
})

test('who is believed and who has founded is said by the founder alone, other settings by those who operate', () => {
  const state = founded()
  for (const key of ['trust.roots', founderKey]) {
    expect(may(state, 'founder', { type: 'set', key, value: 'x' })).toBe(true)
    expect(may(state, 'friend', { type: 'set', key, value: 'x' })).toBe(false)
  }
  expect(may(state, 'friend', { type: 'set', key: 'colour', value: 'x' })).toBe(true)
  expect(may(state, 'laptop', { type: 'set', key: 'colour', value: 'x' })).toBe(false)
})

test("a removal is nobody's to propose but the leader's own, and what is no command is refused", () => {
  const state = founded()
  const decision = { why: 'gone', atMs: 1, by: 1, facts: [] }
  expect(may(state, 'founder', { type: 'remove', number: 2, decision })).toBe(false)
  expect(mayPropose(state, seatOf('founder'), Uint8Array.of(1, 2, 3))).toBe(false)
})
