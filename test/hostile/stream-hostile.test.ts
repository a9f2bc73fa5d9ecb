// A hostile process on raw streams: slow, greedy, or in another's name. It is turned away with a reason, and the node goes on.
import { expect, test } from 'vitest'
import { acknowledge, preamble } from '../../transports/session/unit.ts'
import { guestsMax, talksOfPeerMax } from '../../node/cluster/peers.ts'
import { helloBytes } from '../../transports/session/hello.ts'
import { helloMsMax } from '../../transports/session/session-stream.ts'
import { sessionName } from '../../node/cluster/peer-talk.ts'
import { sessionRoomDefault } from '../../transports/session/session-options.ts'
import { letterBytesMax } from '../../node/cluster/letter.ts'
import { TestCluster } from '../../scenarios/testing/test-cluster.ts'
import type { ClusterNode } from '../../scenarios/testing/test-cluster.ts'
import type { MemoryNode } from '../../transports/memory/memory-network-node.ts'
import type { PeerStream, Purpose } from '../../runtime/transport.ts'

interface Stage extends AsyncDisposable {
  readonly cluster: TestCluster
  readonly a: ClusterNode
  readonly x: MemoryNode
}

async function stage(): Promise<Stage> {
  const cluster = new TestCluster()
  const a = await cluster.start('a')
  const x = cluster.network.node('x')
  return { cluster, a, x, [Symbol.asyncDispose]: () => cluster[Symbol.asyncDispose]() }
}

interface Opened {
  readonly stream: PeerStream
  readonly ends: (Error | undefined)[]
}

async function open({ cluster, x }: Stage, purpose: Purpose): Promise<Opened> {
  const target = { peer: 'a', addresses: ['memory/a'] }
  const stream = await cluster.through(x.dial(target, purpose, new AbortController().signal))
  const ends: (Error | undefined)[] = []
  stream.listen({ data: () => undefined, drained: () => undefined, closed: (why) => ends.push(why) })
  return { stream, ends }
}

function refused({ a }: Stage): ReadonlyMap<string, number> {
  return a.cluster.company.peers.refused
}

function hello(session: string, end = '0123456789abcdef'): Uint8Array {
  const said = {
    session,
    end,
    otherEnd: undefined,
    generation: 1,
    room: sessionRoomDefault,
    greeting: new Uint8Array(0),
  }
  const none = { received: 0, records: 0, bytes: 0 }
  return Buffer.concat([preamble(), helloBytes(said), acknowledge({ signals: none, messages: none })])
}

function processOfA({ a, cluster }: Stage): string {
  void cluster
  return `a.${a.cluster.facts.memberByName('a')!.uid}`
}

const uid = 'f'.repeat(32)

test.each<[string, (own: string) => string]>([
  ['of two strangers', () => sessionName(`b.${uid}`, `c.${uid}`)],
  ['of another node with this one', (own) => sessionName(own, `b.${uid}`)],
  ['of this node with itself', (own) => sessionName(own, own)],
  ['of nobody', () => ''],
  ['of many', (own) => `${own} x.1 x.2`],
  ['of a former process of this node', () => sessionName(`a.${uid}`, `x.${uid}`)],
])('a session %s is refused and counted', async (_what, name) => {
  await using on = await stage()
  const { stream, ends } = await open(on, 'main')
  stream.write(hello(name(processOfA(on))))
  await on.cluster.advance(100)
  expect(ends).toHaveLength(1)
  expect([...refused(on).values()].reduce((sum, one) => sum + one, 0)).toBe(1)
})

test('a session for large messages on a stream for small ones is refused', async () => {
  await using on = await stage()
  const { stream } = await open(on, 'main')
  stream.write(hello(`bulk ${sessionName(processOfA(on), `x.${uid}`)}`))
  await on.cluster.advance(100)
  expect(refused(on).get('purpose-unknown')).toBe(1)
})

test('whoever says no hello, or says it byte by byte for too long, is hung up on', async () => {
  await using on = await stage()
  const [silent, slow] = [await open(on, 'main'), await open(on, 'main')]
  const bytes = hello(sessionName(processOfA(on), `x.${uid}`))
  for (let at = 0; at < 20; at++) {
    slow.stream.write(bytes.slice(at, at + 1))
    await on.cluster.advance(helloMsMax / 10)
  }
  expect([silent.ends.length, slow.ends.length]).toEqual([1, 1])
  expect(refused(on).get('hello-late')).toBe(2)
})

test('one node has the room of a few processes, and not that of all others', async () => {
  await using on = await stage()
  for (let count = 0; count < 60; count++) {
    const { stream } = await open(on, 'main')
    stream.write(hello(sessionName(processOfA(on), `x.${String(count).padStart(32, '0')}`)))
    await on.cluster.advance(10)
  }
  expect([...on.a.cluster.company.peers.talks].length).toBeLessThanOrEqual(talksOfPeerMax)
  expect(refused(on).get('talks-full')).toBe(52)
})

test('thousands of streams cost no more than those that may wait', async () => {
  await using on = await stage()
  const opened: Opened[] = []
  for (let count = 0; count < 3_000; count++) {
    const target = { peer: 'a', addresses: ['memory/a'] }
    void on.x
      .dial(target, count % 2 === 0 ? 'main' : 'foyer', new AbortController().signal)
      .then((stream) => {
        const ends: (Error | undefined)[] = []
        stream.listen({ data: () => undefined, drained: () => undefined, closed: (why) => ends.push(why) })
        opened.push({ stream, ends })
      })
  }
  await on.cluster.advance(200)
  const held = opened.filter(({ ends }) => ends.length === 0)
  expect(held.length).toBeLessThanOrEqual(1_000 + guestsMax)
  await on.cluster.advance(20_000)
  expect(opened.filter(({ ends }) => ends.length === 0)).toHaveLength(0)
  expect(on.a.cluster.mayAct).toBe(true)
})

test.each([
  ['a card of another cluster', `meet1 {"uid":"${uid}","name":"x","cluster":"other"}\n`, 'cluster-foreign'],
  ['a letter that is too long', '\u{7f}\0\0\0', 'guest-malformed'],
  ['a letter to nobody', '\0\0\0\u{1}x', 'guest-unknown'],
])('a guest with %s is turned away with a reason', async (_what, text, reason) => {
  await using on = await stage()
  const { stream } = await open(on, 'foyer')
  stream.write(new TextEncoder().encode(text))
  await on.cluster.advance(100)
  expect(refused(on).get(reason)).toBe(1)
})

test.each(['meet1 7\n', 'meet1 {}\n', `meet1 {"uid":"__proto__","name":"x","cluster":"test"}\n`, 'meet1\n'])(
  'the card %j is none',
  async (text) => {
    await using on = await stage()
    const { stream, ends } = await open(on, 'foyer')
    stream.write(new TextEncoder().encode(text))
    await on.cluster.advance(100)
    expect(ends).toHaveLength(1)
    expect([...on.a.cluster.company.peers.talks]).toEqual([])
  },
)

test('a card with the uid of somebody else gives its bearer no more than its own name', async () => {
  await using on = await stage()
  const b = await on.cluster.start('b')
  const own = b.cluster.facts.memberByName('b')!
  const { stream } = await open(on, 'foyer')
  stream.write(new TextEncoder().encode(`meet1 {"uid":"${own.uid}","name":"b","cluster":"test"}\n`))
  await on.cluster.advance(1_000)
  const { facts } = on.a.cluster
  expect([facts.memberCount, facts.memberByUid(own.uid)?.peer]).toEqual([2, 'b'])
})

test('a letter that comes byte by byte is read once, and a guest that goes on talking is not heard', async () => {
  await using on = await stage()
  const { stream } = await open(on, 'foyer')
  const letter = new Uint8Array(4 + letterBytesMax)
  new DataView(letter.buffer).setUint32(0, letterBytesMax)
  for (let at = 0; at < letter.length; at++) stream.write(letter.slice(at, at + 1))
  for (let count = 0; count < 100; count++) stream.write(letter.slice(0, 50))
  await on.cluster.advance(100)
  expect([...refused(on)]).toEqual([['guest-unknown', 1]])
})
