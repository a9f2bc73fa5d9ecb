// Tests of a sentinel by hand: what it sends, whom it acknowledges, what it proposes once, and what it leaves behind.
import { expect, test } from 'vitest'
import { Sentinel } from '../../../../actors/cluster/failure/sentinel.ts'
import { seededRandom } from '../../../../runtime/random.ts'
import { ManualClock } from '../../../../scenarios/testing/manual-clock.ts'
import type { FailureDecision } from '../../../../actors/cluster/failure/decision.ts'
import type { Beat, FailureMessage } from '../../../../actors/cluster/failure/failure-message.ts'

function stage(voters: readonly number[], members: readonly number[] = voters) {
  const clock = new ManualClock()
  const sent: (readonly [to: number, message: FailureMessage])[] = []
  const decisions: FailureDecision[] = []
  const lives: string[] = []
  const sentinel = new Sentinel({
    self: 1,
    clock,
    random: seededRandom('sentinel'),
    send: (to, message) => sent.push([to, message]),
    onFrozen: () => lives.push(`frozen ${clock.now()}`),
    onThawed: () => lives.push(`thawed ${clock.now()}`),
    onDecision: (decision) => decisions.push(decision),
  })
  const view = (number: number, living: readonly number[]): void =>
    sentinel.view({
      view: number,
      members: living.map((member) => ({ member, name: `n${member}`, isVoter: voters.includes(member) })),
    })
  view(1, members)
  sentinel.start()
  return { clock, sent, decisions, lives, sentinel, view }
}

const beat = (member: number, sequence: number, over: Partial<Beat> = {}): Beat => ({
  type: 'beat',
  member,
  sequence,
  view: 1,
  lagMs: 0,
  isActing: true,
  heard: 1,
  heardMs: 0,
  opinions: [],
  ...over,
})

test('a node that votes alone may act from the moment it leads, and as long as it does', async () => {
  const { clock, lives, sentinel } = stage([1])
  await clock.advance(1_000)
  expect(sentinel.lease.isValid).toBe(false)
  sentinel.leads({ term: 1, grantsBeforeMs: clock.now() })
  await clock.advance(10_000)
  expect(lives).toEqual(['thawed 1000'])
  sentinel.follows(undefined)
  await clock.advance(2_000)
  expect(lives).toEqual(['thawed 1000', 'frozen 12200'])
  sentinel.close()
  expect(clock.pendingAlarms).toBe(0)
})

test('a heartbeat goes to each other member every 200 ms, and says what was heard of it', async () => {
  const { clock, sent, sentinel } = stage([1, 2, 3])
  await clock.advance(150)
  sentinel.receive(2, beat(2, 41))
  await clock.advance(800)
  const beats = sent.filter(([, { type }]) => type === 'beat')
  expect(beats.map(([to]) => to)).toEqual([2, 3, 2, 3, 2, 3, 2, 3, 2, 3])
  expect(beats.at(-2)).toMatchObject([2, { sequence: 5, heard: 41, heardMs: 750, isActing: false, view: 1 }])
  expect(beats.at(-1)).toMatchObject([3, { sequence: 5, heard: 0 }])
  sentinel.close()
})

test('the leader acknowledges what it received before the round that a quorum has answered', async () => {
  const { clock, sent, lives, sentinel } = stage([1, 2, 3])
  sentinel.leads({ term: 1, grantsBeforeMs: 0 })
  await clock.advance(100)
  sentinel.receive(2, beat(2, 7))
  sentinel.confirmed(50)
  expect(sent.filter(([, { type }]) => type === 'grant')).toEqual([])
  await clock.advance(50)
  sentinel.receive(2, beat(2, 8, { heardMs: 800 }))
  sentinel.receive(9, beat(9, 1))
  sentinel.confirmed(120)
  expect(sent.filter(([, { type }]) => type === 'grant')).toEqual([[2, { type: 'grant', sequence: 7 }]])
  expect(lives).toEqual(['thawed 100'])
  // Who does not hear the leader would not hear that either.
  sentinel.confirmed(150)
  expect(sent.filter(([, { type }]) => type === 'grant')).toHaveLength(1)
  sentinel.close()
})

test('a removal is decided once, and again only when it was refused or the member is gone', async () => {
  const { clock, decisions, sentinel, view } = stage([1], [1, 2, 3])
  sentinel.leads({ term: 1, grantsBeforeMs: 0 })
  sentinel.connected(2)
  sentinel.connected(3)
  await clock.advance(3_000)
  expect(decisions.map(({ subject, judgement }) => [subject, judgement])).toEqual([
    [2, { act: 'remove', why: 'silent' }],
  ])
  sentinel.refused(2)
  await clock.advance(200)
  expect(decisions.map(({ subject }) => subject)).toEqual([2, 2])
  view(2, [1, 3])
  await clock.advance(200)
  expect(decisions.map(({ subject, view: at }) => [subject, at])).toEqual([
    [2, 1],
    [2, 1],
    [3, 2],
  ])
  sentinel.close()
  expect(clock.pendingAlarms).toBe(0)
})

test('the leader waits for the lease of one that is gone, to the millisecond', async () => {
  const { clock, decisions, sentinel } = stage([1], [1, 2])
  sentinel.leads({ term: 1, grantsBeforeMs: 0 })
  await clock.advance(1_990)
  sentinel.receive(2, beat(2, 9))
  sentinel.confirmed(clock.now())
  sentinel.redialFailed(2, 'refused')
  await clock.advance(400)
  expect(sentinel.decisions).toMatchObject([{ subject: 2, judgement: { act: 'wait', why: 'gone' } }])
  const [waiting] = sentinel.decisions
  await clock.advance(waiting!.leaseOverMs - clock.now() - 1)
  expect(decisions).toEqual([])
  await clock.advance(2)
  expect(decisions).toMatchObject([{ subject: 2, judgement: { act: 'remove', why: 'gone' } }])
  expect(Math.floor(decisions[0]!.atMs - waiting!.leaseOverMs)).toBe(0)
  sentinel.close()
})

test('pings are answered, and a question about a stranger is not passed on', () => {
  const { sent, sentinel } = stage([1, 2, 3])
  sentinel.receive(2, { type: 'ping', nonce: 5 })
  sentinel.receive(2, { type: 'probe', subject: 3, nonce: 6 })
  sentinel.receive(2, { type: 'probe', subject: 8, nonce: 7 })
  sentinel.receive(8, { type: 'ping', nonce: 9 })
  expect(sent).toEqual([
    [2, { type: 'pong', nonce: 5 }],
    [3, { type: 'ping', nonce: 1 }],
  ])
  sentinel.receive(3, { type: 'pong', nonce: 1 })
  expect(sent.at(-1)).toEqual([2, { type: 'alive', subject: 3, nonce: 6 }])
  sentinel.close()
})
