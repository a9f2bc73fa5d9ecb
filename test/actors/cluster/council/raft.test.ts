// The core of the council, step by step: the cases that a storm seldom meets.
import { expect, test } from 'vitest'
import { encodeVoters, newEntry } from '../../../../actors/cluster/council/entry.ts'
import { Raft } from '../../../../actors/cluster/council/raft.ts'
import { RaftLog } from '../../../../actors/cluster/council/raft-log.ts'
import { seededRandom } from '../../../../runtime/random.ts'
import { encodeChange } from '../../../../actors/cluster/council/voter-change.ts'
import type { Entry } from '../../../../actors/cluster/council/entry.ts'
import type { Message } from '../../../../actors/cluster/council/message.ts'
import type { Output } from '../../../../actors/cluster/council/outbox.ts'

const timing = { heartbeatMs: 100, electionMinMs: 400, electionMaxMs: 700 }

/** A voter of 1, 2 and 3 whose log has entries of the terms, behind the list of voters. */
function raft(self: number, terms: readonly number[] = [], term = 1, now = 0): Raft {
  const voters = { kind: 'voters', member: 0, counter: 0, settled: 0, data: encodeVoters([1, 2, 3]) } as const
  const command = { kind: 'command', member: 0, counter: 0, settled: 0, data: Buffer.from('x') } as const
  const entries = [newEntry(1, 1, voters), ...terms.map((one, i) => newEntry(i + 2, one, command))]
  const log = new RaftLog({ snapshot: undefined, base: { index: 0, term: 0 }, entries })
  const contacts: number[] = []
  return new Raft({
    self,
    term,
    vote: 0,
    log,
    canVote: true,
    timing,
    random: seededRandom(self),
    contacts,
    now,
  })
}

function said(output: Output, type: Message['type']): readonly Message[] {
  return output.messages.map(({ message }) => message).filter((message) => message.type === type)
}

/** Makes it leader of the next term, its first entry safe. */
function elect(one: Raft, now: number): number {
  one.tick(one.deadline())
  one.receive(2, { type: 'vote', term: one.term + 1, isPre: true, isGranted: true, leader: 0 }, now)
  one.persisted(one.take(now).sequence, now)
  one.receive(2, { type: 'vote', term: one.term, isPre: false, isGranted: true, leader: 0 }, now)
  expect(one.role).toBe('leader')
  const { sequence } = one.take(now)
  one.persisted(sequence, now)
  return one.state.log.lastIndex
}

function appended(one: Raft, index: number, sentAt: number): Message {
  const head = { type: 'appended', term: one.term, round: 1, sentAt, askedAt: 0, prevIndex: index } as const
  return { ...head, isMatch: true, index, hintTerm: 0, canVote: true }
}

test('a vote leaves when it is safe, not before', () => {
  const voter = raft(1)
  const ask = {
    type: 'ask-vote',
    term: 2,
    isPre: false,
    isTransfer: false,
    lastIndex: 9,
    lastTerm: 1,
  } as const
  voter.receive(2, ask, 1_000)
  const output = voter.take(1_000)
  expect(said(output, 'vote')).toEqual([])
  expect(output.writes).toContainEqual({ kind: 'vote', term: 2, vote: 2 })
  voter.persisted(output.sequence, 1_001)
  expect(said(voter.take(1_001), 'vote')).toMatchObject([{ isGranted: true, term: 2 }])
})

test('a candidate asks for votes when its own is safe', () => {
  const one = raft(1)
  one.tick(one.deadline())
  one.take(700)
  one.receive(2, { type: 'vote', term: 2, isPre: true, isGranted: true, leader: 0 }, 700)
  const output = one.take(700)
  expect(said(output, 'ask-vote')).toEqual([])
  one.persisted(output.sequence, 701)
  expect(said(one.take(701), 'ask-vote')).toHaveLength(2)
})

test('an entry of an earlier term is not decided by being on a quorum', () => {
  const one = raft(1, [2, 2], 2)
  const start = elect(one, 700)
  one.receive(2, appended(one, start - 1, 700), 710)
  expect(one.commit).toBe(0)
  one.receive(2, appended(one, start, 700), 720)
  expect(one.commit).toBe(start)
})

test('a leader answers a read without asking for as long as its lease, and then asks', () => {
  const one = raft(1)
  const start = elect(one, 700)
  one.receive(2, appended(one, start, 700), 701)
  one.take(701)
  one.read(1, 1_050)
  expect(said(one.take(1_050), 'index-is')).toHaveLength(1)
  one.read(2, 1_061)
  const output = one.take(1_061)
  expect(said(output, 'index-is')).toEqual([])
  expect(new Set(output.messages.map(({ to }) => to))).toEqual(new Set([2, 3]))
})

test('a leader that has asked another to lead has no lease any more', () => {
  const one = raft(1)
  const start = elect(one, 700)
  one.receive(2, appended(one, start, 700), 701)
  one.transfer(2, 702)
  one.read(1, 703)
  expect(said(one.take(703), 'index-is')).toEqual([])
})

test('a voter that has just started gives no vote, as it may have heard a leader', () => {
  const voter = raft(1, [], 1, 5_000)
  const ask = {
    type: 'ask-vote',
    term: 2,
    isPre: false,
    isTransfer: false,
    lastIndex: 9,
    lastTerm: 1,
  } as const
  voter.receive(2, ask, 5_399)
  expect(said(voter.take(5_399), 'vote')).toMatchObject([{ isGranted: false, term: 1 }])
  voter.receive(2, ask, 5_400)
  expect(voter.state.vote).toBe(2)
})

test('a call of the clock that comes late puts an election off once', () => {
  const one = raft(1)
  const due = one.deadline()
  one.tick(due + 60)
  expect([one.role, one.deadline()]).toEqual(['follower', due + 160])
  one.tick(due + 400)
  expect(one.role).toBe('candidate')
})

test('two leaders of one term break an invariant', () => {
  const one = raft(1)
  const head = { type: 'append', term: 2, round: 1, sentAt: 0, echo: -1, hasLease: false } as const
  const empty = { ...head, prevIndex: 0, prevTerm: 0, commit: 0, entries: [] } as const
  one.receive(2, empty, 10)
  expect(() => one.receive(3, empty, 20)).toThrow('A term has two leaders')
})

test('a leader that wants to replace what is decided breaks an invariant', () => {
  const one = raft(1, [1, 1])
  const head = {
    type: 'append',
    round: 1,
    sentAt: 0,
    echo: -1,
    hasLease: false,
    prevIndex: 1,
    prevTerm: 1,
  } as const
  one.receive(2, { ...head, term: 2, prevIndex: 3, commit: 3, entries: [] }, 10)
  expect(one.commit).toBe(3)
  const other = newEntry(2, 3, { kind: 'command', member: 0, counter: 0, settled: 0, data: Buffer.from('y') })
  expect(() => one.receive(3, { ...head, term: 3, commit: 3, entries: [other] }, 20)).toThrow('decided')
})

const change = { kind: 'voters', member: 1, settled: 0 } as const

function refusals(one: Raft, now: number): readonly Message[] {
  return said(one.take(now), 'refused')
}

test('voters change one at a time, and not before the leader has decided something in its term', () => {
  const one = raft(1)
  const start = elect(one, 700)
  one.propose([{ ...change, counter: 1, data: encodeChange({ remove: 3 }) }])
  expect(refusals(one, 701)).toMatchObject([{ counter: 1, why: 'leader-too-new' }])
  one.receive(2, appended(one, start, 700), 702)
  one.propose([{ ...change, counter: 2, data: encodeChange({ remove: 3 }) }])
  one.propose([{ ...change, counter: 3, data: encodeChange({ remove: 2 }) }])
  expect(refusals(one, 703)).toMatchObject([{ counter: 3, why: 'change-under-way' }])
  expect(one.voters).toEqual([1, 2])
})

test('a list of voters that is cut off does not count any more', () => {
  const one = raft(1)
  const head = { type: 'append', round: 1, sentAt: 0, echo: -1, hasLease: false, commit: 0 } as const
  const list = newEntry(2, 2, { ...change, counter: 1, data: encodeVoters([1, 2]) })
  one.receive(2, { ...head, term: 2, prevIndex: 1, prevTerm: 1, entries: [list] }, 10)
  expect(one.voters).toEqual([1, 2])
  const other = newEntry(2, 3, { kind: 'start', member: 0, counter: 0, settled: 0, data: new Uint8Array(0) })
  one.receive(3, { ...head, term: 3, prevIndex: 1, prevTerm: 1, entries: [other] }, 20)
  expect(one.voters).toEqual([1, 2, 3])
})

test('the end of a write says nothing about entries that were cut off since', () => {
  const one = raft(1, [1, 1])
  const head = { type: 'append', round: 1, sentAt: 0, echo: -1, hasLease: false, commit: 0 } as const
  const { sequence } = one.take(1)
  const entry = (index: number, term: number): Entry =>
    newEntry(index, term, { kind: 'start', member: 0, counter: 0, settled: 0, data: new Uint8Array(0) })
  one.receive(2, { ...head, term: 2, prevIndex: 3, prevTerm: 1, entries: [entry(4, 2)] }, 2)
  const first = one.take(2).sequence
  expect(first).toBeGreaterThan(sequence)
  one.receive(3, { ...head, term: 3, prevIndex: 1, prevTerm: 1, entries: [entry(2, 3)] }, 3)
  expect(one.state.log.stable).toBe(1)
  one.receive(2, { ...head, term: 4, prevIndex: 1, prevTerm: 1, entries: [entry(2, 3), entry(3, 4)] }, 4)
  one.persisted(first, 5)
  expect(one.state.log.stable).toBe(1)
  one.persisted(one.take(6).sequence, 6)
  expect(one.state.log.stable).toBe(3)
})

test('entries that come back after a cut are not safe by the write they were in before', () => {
  const one = raft(1)
  const head = { type: 'append', round: 1, sentAt: 0, echo: -1, hasLease: false, commit: 0 } as const
  const entry = (index: number, term: number): Entry =>
    newEntry(index, term, { kind: 'start', member: 0, counter: 0, settled: 0, data: new Uint8Array(0) })
  const at = { prevIndex: 1, prevTerm: 1 }
  one.receive(2, { ...head, ...at, term: 2, entries: [entry(2, 2)] }, 1)
  const first = one.take(1).sequence
  one.receive(3, { ...head, ...at, term: 3, entries: [entry(2, 1)] }, 2)
  one.receive(2, { ...head, ...at, term: 4, entries: [entry(2, 2)] }, 3)
  one.persisted(first, 4)
  expect(one.state.log.stable).toBe(1)
})

test('a snapshot keeps the entries behind it only if its own entry is there', () => {
  const start = { base: { index: 0, term: 0 }, snapshot: undefined }
  const entry = (index: number, term: number): Entry =>
    newEntry(index, term, { kind: 'start', member: 0, counter: 0, settled: 0, data: new Uint8Array(0) })
  const snapshot = { index: 2, term: 1, voters: [1], state: new Uint8Array(0) }
  const same = new RaftLog({ ...start, entries: [entry(1, 1), entry(2, 1), entry(3, 1)] })
  same.install(snapshot)
  expect(same.lastIndex).toBe(3)
  const other = new RaftLog({ ...start, entries: [entry(1, 1), entry(2, 2), entry(3, 2)] })
  other.install(snapshot)
  expect([other.lastIndex, other.lastTerm, other.stable]).toEqual([2, 1, 0])
})

test('answers to messages before a read do not answer it', () => {
  const one = raft(1)
  const start = elect(one, 700)
  one.receive(2, appended(one, start, 700), 701)
  one.take(701)
  one.read(1, 1_200)
  const { messages } = one.take(1_200)
  const round = Math.max(...messages.map(({ message }) => (message.type === 'append' ? message.round : 0)))
  one.receive(3, { ...appended(one, start, 700), round: 2 } as Message, 1_201)
  expect(said(one.take(1_201), 'index-is')).toEqual([])
  one.receive(3, { ...appended(one, start, 1_200), round } as Message, 1_202)
  expect(said(one.take(1_202), 'index-is')).toHaveLength(1)
})

test('a leader that hears no quorum leads no more', () => {
  const one = raft(1)
  elect(one, 700)
  one.tick(1_300)
  expect(one.role).toBe('leader')
  one.tick(1_401)
  expect(one.role).toBe('follower')
})

test('a vote of an earlier election does not count in a later one', () => {
  const one = raft(1)
  const yes = { type: 'vote', isGranted: true, leader: 0 } as const
  one.tick(one.deadline())
  one.receive(2, { ...yes, term: 2, isPre: true }, 700)
  one.persisted(one.take(700).sequence, 700)
  one.tick(one.deadline())
  one.receive(2, { ...yes, term: 3, isPre: true }, 1_400)
  one.persisted(one.take(1_400).sequence, 1_400)
  expect(one.term).toBe(3)
  one.receive(3, { ...yes, term: 2, isPre: false }, 1_401)
  expect(one.role).toBe('candidate')
  one.receive(3, { ...yes, term: 3, isPre: false }, 1_402)
  expect(one.role).toBe('leader')
})

test('entries are answered when they are safe, and heartbeats at once', () => {
  const one = raft(1)
  const head = { type: 'append', round: 1, sentAt: 0, echo: -1, hasLease: false, commit: 0, term: 1 } as const
  const start = { kind: 'start', member: 0, counter: 0, settled: 0, data: new Uint8Array(0) } as const
  one.receive(2, { ...head, prevIndex: 1, prevTerm: 1, entries: [newEntry(2, 1, start)] }, 10)
  const output = one.take(10)
  expect(said(output, 'appended')).toEqual([])
  one.receive(2, { ...head, prevIndex: 2, prevTerm: 1, entries: [] }, 11)
  expect(said(one.take(11), 'appended')).toMatchObject([{ isMatch: true, index: 1 }])
  one.persisted(output.sequence, 12)
  expect(said(one.take(12), 'appended')).toMatchObject([{ isMatch: true, index: 2 }])
})

test('a longer log of an earlier term gets no vote', () => {
  const voter = raft(1, [3])
  const ask = {
    type: 'ask-vote',
    term: 4,
    isPre: false,
    isTransfer: false,
    lastIndex: 9,
    lastTerm: 2,
  } as const
  voter.receive(2, ask, 1_000)
  voter.persisted(voter.take(1_000).sequence, 1_000)
  expect([voter.term, voter.state.vote]).toEqual([4, 0])
})

test('only its leader can ask a voter to lead', () => {
  const one = raft(1)
  const head = { type: 'append', round: 1, sentAt: 0, echo: -1, hasLease: false, commit: 0, term: 1 } as const
  one.receive(2, { ...head, prevIndex: 0, prevTerm: 0, entries: [] }, 10)
  one.receive(3, { type: 'lead', term: 1 }, 11)
  expect(one.role).toBe('follower')
  one.receive(2, { type: 'lead', term: 1 }, 12)
  expect(one.role).toBe('candidate')
})

test('an answer of a higher term ends a leadership', () => {
  const one = raft(1)
  const start = elect(one, 700)
  one.receive(2, { ...appended(one, start, 700), term: one.term + 1 } as Message, 701)
  expect(one.role).toBe('follower')
})
