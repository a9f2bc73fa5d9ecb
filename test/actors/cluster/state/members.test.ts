// Members in the cluster's state: who joins, who is refused, and what an end leaves behind.
import { expect, test } from 'vitest'
import { decisionsMax } from '../../../../actors/cluster/state/decision.ts'
import { membersMax } from '../../../../actors/cluster/state/member.ts'
import { revokedPeersMax } from '../../../../actors/cluster/state/member-verbs.ts'
import { decision, Town } from './town.ts'

test('a member gets the next number, and the same process asking again gets the same', () => {
  const town = new Town()
  expect(town.join('a')).toEqual({ type: 'joined', number: 1, view: 1 })
  expect(town.join('b')).toEqual({ type: 'joined', number: 2, view: 2 })
  expect(town.join('a')).toEqual({ type: 'joined', number: 1, view: 2 })
  expect(town.changes).toEqual([])
})

test('a process that starts again ends the member that it was, in the same command', () => {
  const town = new Town('a', 'b')
  expect(town.join('a', { uid: 'uid-2' })).toMatchObject({ type: 'joined', number: 3 })
  expect(town.changes.map(({ type }) => type).filter((type) => type.startsWith('member'))).toEqual([
    'member-ended',
    'member-joined',
  ])
  expect(town.state.ended().map(({ number, end }) => ({ number, end }))).toEqual([
    { number: 1, end: 'superseded' },
  ])
  expect(town.state.member(1)).toBeUndefined()
  expect(town.state.memberByName('a')?.number).toBe(3)
})

test('a process whose member is no more cannot join again as itself', () => {
  const town = new Town('a', 'b')
  town.remove(1)
  expect(town.join('a')).toMatchObject({ type: 'refused', code: 'member-ended' })
  town.join('a', { uid: 'uid-2' })
  expect(town.join('a')).toMatchObject({ code: 'member-ended' })
  expect(town.state.memberByName('a')).toMatchObject({ number: 3, uid: 'uid-2' })
})

test('a uid that another peer has is refused', () => {
  const town = new Town('a')
  expect(town.join('b', { uid: 'uid-a' })).toMatchObject({ code: 'member-ended' })
})

test('a name that a living member of other keys has is refused, and is free after its end', () => {
  const town = new Town('a', 'b')
  expect(town.join('a', { peer: 'other', uid: 'other' })).toMatchObject({ code: 'name-taken' })
  town.remove(1)
  expect(town.join('a', { peer: 'other', uid: 'other' })).toMatchObject({ type: 'joined', number: 3 })
})

test('a revoked peer is removed and kept out until it is pardoned', () => {
  const town = new Town('a', 'b')
  town.do({ type: 'revoke', peer: 'peer-a', decision })
  expect(town.state.member(1)).toBeUndefined()
  expect(town.state.ended()[0]).toMatchObject({ end: 'revoked', decision })
  expect(town.join('a', { uid: 'uid-2' })).toMatchObject({ code: 'member-revoked' })
  town.do({ type: 'pardon', peer: 'peer-a' })
  expect(town.join('a', { uid: 'uid-2' })).toMatchObject({ type: 'joined' })
})

test('so many peers can be kept out and no more', () => {
  const town = new Town()
  for (let count = 0; count < revokedPeersMax; count++)
    town.do({ type: 'revoke', peer: `peer-${count}`, decision })
  expect(town.do({ type: 'revoke', peer: 'one-more', decision })).toMatchObject({ code: 'revocations-full' })
  expect(town.do({ type: 'revoke', peer: 'peer-1', decision })).toMatchObject({ type: 'done' })
})

test('a cluster has so many members and no more, but one of them may start again', () => {
  const town = new Town()
  for (let count = 0; count < membersMax; count++) town.join(`n${count}`)
  expect(town.join('one-more')).toMatchObject({ code: 'cluster-full' })
  expect(town.join('n7', { uid: 'uid-again' })).toMatchObject({ type: 'joined', number: membersMax + 1 })
})

test('what is said of a member who is not there is refused', () => {
  const town = new Town('a')
  const commands = ['up', 'drain', 'update'] as const
  for (const type of commands) expect(town.do({ type, number: 9 })).toMatchObject({ code: 'member-unknown' })
  expect(town.remove(9)).toMatchObject({ code: 'member-unknown' })
  expect(town.do({ type: 'leave', number: 9, atMs: 1 })).toMatchObject({ code: 'member-unknown' })
  expect(town.claim(9, 'r')).toMatchObject({ code: 'member-unknown' })
  expect(town.do({ type: 'settle', member: 0, homes: [] })).toMatchObject({ code: 'member-unknown' })
  expect(town.do({ type: 'shed', member: 0, shards: [] })).toMatchObject({ code: 'member-unknown' })
  expect(town.do({ type: 'lease', member: 9, name: 'l' })).toMatchObject({ code: 'member-unknown' })
})

test('the load of a member is no new view, all else that it says of itself is', () => {
  const town = new Town('a')
  const { view } = town.state
  town.do({ type: 'update', number: 1, load: 0.5 })
  expect(town.state.view).toBe(view)
  town.do({ type: 'update', number: 1, labels: ['z', 'a', 'z'] })
  expect(town.state.view).toBe(view + 1)
  expect(town.state.member(1)).toMatchObject({ load: 0.5, labels: ['a', 'z'] })
})

test('the last ends of members are kept with what led to them', () => {
  const town = new Town('a')
  for (let count = 0; count < decisionsMax + 5; count++) {
    const joined = town.join(`n${count}`)
    if (joined.type === 'joined') town.remove(joined.number)
  }
  expect(town.state.ended().length).toBe(decisionsMax)
  expect(town.state.ended().at(-1)).toMatchObject({ name: `n${decisionsMax + 4}`, end: 'removed', decision })
})
