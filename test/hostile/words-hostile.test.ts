// Hostile words of a member: barriers, council and failure. None ends an honest node's part or has an honest member removed.
import { expect, test } from 'vitest'
import { barrierMsMax } from '../../node/cluster/peer-talk.ts'
import { counter } from '../../scenarios/hello/counter.ts'
import { encodeCommand } from '../../actors/cluster/state/command-codec.ts'
import { encodeMessage } from '../../actors/cluster/council/message-codec.ts'
import { FailureCodec } from '../../node/cluster/failure-codec.ts'
import { seatOf } from '../../node/cluster/seat.ts'
import { TestCluster } from '../../scenarios/testing/test-cluster.ts'
import { words } from '../../node/cluster/peer-wire.ts'
import type { ClusterNode } from '../../scenarios/testing/test-cluster.ts'
import type { Command } from '../../actors/cluster/state/command.ts'
import type { Message } from '../../actors/cluster/council/message.ts'
import type { FailureMessage } from '../../actors/cluster/failure/failure-message.ts'
import type { PeerTalk } from '../../node/cluster/peer-talk.ts'

const counterFile = new URL('../../scenarios/hello/counter.ts', import.meta.url).pathname
const names = ['a', 'b', 'c', 'd', 'm']

async function five(
  kind: 'trusted' | 'local' = 'trusted',
): Promise<{ cluster: TestCluster; nodes: ClusterNode[] }> {
  const cluster = new TestCluster()
  const nodes = await cluster.startAll(names.slice(0, 4), { load: [counterFile] })
  nodes.push(await cluster.start('m', { load: [counterFile], kind }))
  await cluster.until(() => nodes.every(({ cluster: own }) => own.mayAct && own.facts.memberCount === 5))
  await cluster.advance(8_000)
  return { cluster, nodes }
}

/** What m says with a's process, as m's own. */
function talkOf(from: ClusterNode, to: ClusterNode): PeerTalk {
  return from.cluster.talk(to.cluster.member)!
}

function bring(talk: PeerTalk, lane: 'signals' | 'messages', body: Uint8Array): void {
  talk.line.session.write(lane, { words: new Int32Array(0), count: 0, body, attachments: [] })
}

function barrier(index: number): Uint8Array {
  const body = new Uint8Array(9)
  new DataView(body.buffer).setFloat64(1, index, true)
  return body
}

test.each([NaN, Infinity, -Infinity, -1, 0.5, 2 ** 53])('a barrier at %d ends the session', async (index) => {
  await using cluster = new TestCluster()
  const [a, m] = await cluster.startAll(['a', 'm'])
  await cluster.until(() => m!.cluster.talk(1) !== undefined && a!.cluster.talk(2) !== undefined)
  bring(talkOf(m!, a!), 'messages', barrier(index))
  await cluster.advance(100)
  expect(a!.cluster.talk(2)?.isOver).toBe(true)
})

test('a barrier from the future ends the session after a while, with a reason', async () => {
  await using cluster = new TestCluster()
  const [a, m] = await cluster.startAll(['a', 'm'])
  const talk = a!.cluster.talk(2)!
  bring(talkOf(m!, a!), 'messages', barrier(2 ** 52))
  await cluster.advance(barrierMsMax - 1_000)
  expect(talk.isOver).toBe(false)
  await cluster.advance(2_000)
  expect([talk.isOver, a!.cluster.company.peers.refused.get('barrier-late')]).toEqual([true, 1])
})

test('barriers behind one that stands are bounded in memory', async () => {
  await using cluster = new TestCluster()
  const [a, m] = await cluster.startAll(['a', 'm'])
  const wire = talkOf(m!, a!)
  const talk = a!.cluster.talk(2)!
  for (let round = 0; round < 1_200 && !talk.isOver; round++) {
    for (let count = 0; count < 1_000; count++) bring(wire, 'messages', barrier(2 ** 52))
    await cluster.advance(2)
  }
  expect(talk.isOver).toBe(true)
})

test('words that are none, empty ones and unknown ones are counted, and nothing ends', async () => {
  await using cluster = new TestCluster()
  const [a, m] = await cluster.startAll(['a', 'm'])
  const talk = a!.cluster.talk(2)!
  const before = talk.wire.dropped
  for (const body of [[], [0], [9], [255, 1, 2], [0, 1, 2, 3, 4, 5, 6, 7, 8]]) {
    bring(talkOf(m!, a!), 'signals', Uint8Array.from(body))
    bring(talkOf(m!, a!), 'messages', Uint8Array.from([...body, 0, 0]))
  }
  await cluster.advance(100)
  expect([talk.isOver, talk.wire.dropped - before]).toEqual([false, 10])
})

const future = Number.MAX_SAFE_INTEGER - 1
const leading = { round: 1, sentAt: 0, echo: -1, hasLease: true } as const
const append = { type: 'append', ...leading, prevIndex: 0, prevTerm: 0, commit: future, entries: [] } as const
test.each<[string, (term: number) => Message]>([
  [
    'a vote of a term far ahead',
    () => ({ type: 'vote', term: future, isPre: false, isGranted: false, leader: 0 }),
  ],
  [
    'a vote of the next term',
    (term) => ({ type: 'vote', term: term + 1, isPre: false, isGranted: true, leader: 0 }),
  ],
  ['a leader of a term far ahead', () => ({ ...append, term: future })],
  ['a leader of this term', (term) => ({ ...append, term })],
  ['a leader of the next term', (term) => ({ ...append, term: term + 1 })],
  [
    'a candidate of a term far ahead',
    () => ({
      type: 'ask-vote',
      term: future,
      isPre: false,
      isTransfer: true,
      lastIndex: future,
      lastTerm: future,
    }),
  ],
  [
    'a snapshot of a leader that is none',
    (term) => ({
      type: 'chunk',
      term,
      ...leading,
      index: future,
      lastTerm: term,
      size: 9,
      crc: 0,
      offset: 0,
      data: new Uint8Array(9),
    }),
  ],
  [
    'an answer of a term ahead',
    (term) => ({
      type: 'appended',
      term: term + 1,
      round: 1,
      sentAt: 0,
      askedAt: 0,
      isMatch: true,
      canVote: true,
      index: future,
      hintTerm: 0,
      prevIndex: 0,
    }),
  ],
  ['a word to lead', (term) => ({ type: 'lead', term })],
])('%s, from one that does not vote, changes nothing in the council', async (_what, message) => {
  const { nodes, ...rest } = await five('local')
  await using cluster = rest.cluster
  const m = nodes[4]!
  const council = nodes[0]!.cluster.agreement.council
  const { term, leader } = council
  for (const node of nodes.slice(0, 4))
    for (let count = 0; count < 3; count++) talkOf(m, node).wire.say('council', encodeMessage(message(term)))
  await cluster.advance(3_000)
  const now = nodes.slice(0, 4).map(({ cluster: own }) => own.agreement.council)
  expect(now.map((one) => [one.term, one.leader, one.role === 'stopped'])).toEqual(
    now.map(() => [term, leader, false]),
  )
})

function commands(own: number, other: number): [string, Command][] {
  const decision = { why: 'so', atMs: 0, by: 0, facts: [] }
  const mark = [{ top: 'clicks', epoch: 1 }]
  const claim = {
    top: 'taken',
    onLoss: 'wait',
    definition: 'counter@1',
    spec: new Uint8Array(0),
    isSingleton: false,
    ticket: 1,
  } as const
  return [
    ['remove', { type: 'remove', number: other, decision }],
    ['remove of itself', { type: 'remove', number: own, decision }],
    ['leave', { type: 'leave', number: other, atMs: 0 }],
    ['update', { type: 'update', number: other, addresses: [] }],
    ['claim', { type: 'claim', member: other, claims: [claim] }],
    ['release', { type: 'release', member: other, homes: mark }],
    ['shed', { type: 'shed', member: other, shards: [{ shard: 1, epoch: 1 }] }],
    ['set', { type: 'set', key: 'trust.roots', value: '1 ff' }],
    [
      'join',
      {
        type: 'join',
        peer: 'b',
        uid: 'f'.repeat(32),
        name: 'b',
        kind: 'initial',
        addresses: [],
        labels: [],
        hosts: [],
        atMs: 0,
      },
    ],
  ]
}

test('a node proposes nothing in another’s name, and no removals', async () => {
  const { nodes, ...rest } = await five()
  await using cluster = rest.cluster
  const [a, b, , , m] = nodes as [ClusterNode, ClusterNode, ClusterNode, ClusterNode, ClusterNode]
  await cluster.through(b.node.spawn(counter, { name: 'clicks', place: { node: 'b' } }))
  const { council } = a.cluster.agreement
  const led = nodes.find(({ cluster: own }) => seatOf(own.facts.member(own.member)!.peer) === council.leader)!
  const all = commands(m.cluster.member, b.cluster.member)
  const before = council.counts.messagesBad
  for (const [, command] of all) {
    const data = encodeCommand(command)
    const proposal = { kind: 'command', member: seatOf('m'), counter: 2 ** 40, settled: 0, data } as const
    talkOf(m, led).wire.say('council', encodeMessage({ type: 'propose', proposals: [proposal] }))
  }
  for (const kind of ['voters', 'start'] as const) {
    const proposal = { kind, member: seatOf('m'), counter: 2 ** 41, settled: 0, data: new Uint8Array([1, 5]) }
    talkOf(m, led).wire.say('council', encodeMessage({ type: 'propose', proposals: [proposal] }))
  }
  await cluster.advance(2_000)
  expect(led.cluster.agreement.council.counts.messagesBad - before).toBe(all.length + 2)
  const { facts } = a.cluster
  expect([
    facts.memberCount,
    facts.home('clicks')?.member,
    facts.home('taken'),
    facts.setting('trust.roots'),
  ]).toEqual([5, b.cluster.member, undefined, undefined])
})

test('one liar among five has nobody removed but itself', async () => {
  const { nodes, ...rest } = await five()
  await using cluster = rest.cluster
  // Older than most, so that no rule of age is against it.
  const m = nodes[1]!
  const others = nodes.filter((node) => node !== m).toReversed()
  const codec = new FailureCodec()
  const numbers = nodes.map(({ cluster: own }) => own.member)
  const subjects = others.map(({ cluster: own }) => own.member)
  for (let round = 0; round < 100; round++) {
    for (const node of others) {
      const opinions = subjects
        .filter((member) => member !== node.cluster.member)
        .map((member) => ({
          member,
          says: round < 60 ? ('link-broken' as const) : ('suspects' as const),
          evidence: 'refused' as const,
          silentMs: 1e9,
          phi: 100,
          forMs: 1e9,
          hadConnection: true,
          flaps: 0,
          heardBy: numbers,
        }))
      const told = round % 3 === 0 ? opinions : opinions.slice(0, 1)
      const head = { type: 'beat', member: m.cluster.member, lagMs: 0, isActing: true } as const
      const beat: FailureMessage = {
        ...head,
        sequence: 2 ** 52 + round,
        view: 2 ** 52,
        heard: 2 ** 52,
        heardMs: 0,
        opinions: told,
      }
      const bytes = codec.encode(beat)
      m.cluster.talk(node.cluster.member)?.wire.say('failure', bytes)
      for (const sequence of [0, 2 ** 53 - 1])
        m.cluster.talk(node.cluster.member)?.wire.say('failure', codec.encode({ type: 'grant', sequence }))
      for (const subject of subjects)
        m.cluster
          .talk(node.cluster.member)
          ?.wire.say('failure', codec.encode({ type: 'alive', nonce: round, subject }))
    }
    await cluster.advance(200)
  }
  const { facts } = nodes[0]!.cluster
  expect(['m', 'd', 'c', 'a'].map((name) => facts.memberByName(name)?.number)).toEqual(subjects)
  expect(cluster.thrown).toEqual([])
  expect(others.every(({ cluster: own }) => own.mayAct)).toBe(true)
})

test('words have the numbers that the wire says', () => {
  expect(words).toEqual({ barrier: 0, council: 1, failure: 2, groups: 3 })
})
