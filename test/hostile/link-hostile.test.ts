// A hostile member on the link: it is cut off, or what it says without right is not believed; honest nodes go on.
import { expect, test } from 'vitest'
import { defineActor } from 'troupe'
import { HostileLink, frameOf, frameOfBytes } from './hostile-link.ts'
import { TestCluster } from '../../scenarios/testing/test-cluster.ts'
import * as record from '../../transports/link/record.ts'
import type { ClusterNode } from '../../scenarios/testing/test-cluster.ts'

const counter = defineActor('counter', {
  state: (start: number) => ({ count: start }),
  on: {
    add(self, by: number) {
      self.state.count += by
    },
    count(self) {
      return self.state.count
    },
    later() {
      return new Promise<number>(() => undefined)
    },
  },
})

interface Stage extends AsyncDisposable {
  readonly cluster: TestCluster
  readonly a: ClusterNode
  readonly b: ClusterNode
  readonly m: ClusterNode
  readonly link: HostileLink
}

/** Three nodes, of which m turns hostile towards a; `clicks` lives in a and `far` in b. */
async function stage(): Promise<Stage> {
  const cluster = new TestCluster()
  const [a, b, m] = (await cluster.startAll(['a', 'b', 'm'])) as [ClusterNode, ClusterNode, ClusterNode]
  await cluster.until(() =>
    [a, b, m].every((one) => one.cluster.mayAct && one.cluster.facts.memberCount === 3),
  )
  await cluster.through(a.node.spawn(counter, 'clicks', 5))
  await cluster.through(b.node.spawn(counter, 'far', 7))
  await cluster.until(() => a.cluster.knows('far'))
  const link = new HostileLink(a, m.cluster.member)
  return { cluster, a, b, m, link, [Symbol.asyncDispose]: () => cluster[Symbol.asyncDispose]() }
}

async function clicks({ cluster, a }: Stage): Promise<unknown> {
  return await cluster.through(a.node.find('clicks')!.ask('count'))
}

test('it may send to any actor in its own name', async () => {
  await using on = await stage()
  on.link.say('messages', { kind: record.tell, to: 'clicks', name: 'add', payload: 2 })
  expect(await clicks(on)).toBe(7)
})

test.each([
  ['a root of another node', 'far'],
  ['a root of this node', 'clicks'],
  ['a child of it', 'far/child'],
  ['a root without a name of another node', 'b/counter$7'],
])('of %s it may not speak: the message is refused and counted', async (_what, from) => {
  await using on = await stage()
  on.link.say('messages', { kind: record.tell, to: 'clicks', name: 'add', payload: 2, from })
  expect(await clicks(on)).toBe(5)
  expect(on.a.cluster.refused.get('sender-forged')).toBe(1)
})

test('of somebody whom nobody knows it may speak', async () => {
  await using on = await stage()
  on.link.say('messages', { kind: record.tell, to: 'clicks', name: 'add', payload: 2, from: 'm/x$1' })
  on.link.say('messages', { kind: record.tell, to: 'clicks', name: 'add', payload: 2, from: 'nobody' })
  expect(await clicks(on)).toBe(9)
})

test('it cannot answer what another was asked, whichever number it guesses', async () => {
  await using on = await stage()
  const answer = on.a.node.find('far')!.ask('count')
  await on.cluster.clock.settle()
  for (let id = 1; id < 1_000; id++) on.link.say('signals', { kind: record.reply, id, payload: 666 })
  for (let id = 1; id < 1_000; id++) on.link.say('signals', { kind: record.refusal, id, payload: 'no' })
  expect(await on.cluster.through(answer)).toBe(7)
})

test('it cannot have this node answer its own question by a forged way back, nor that of another', async () => {
  await using on = await stage()
  const own = on.a.node.find('far')!.ask('count')
  await on.cluster.clock.settle()
  const members = [on.a, on.b, on.m].map(({ cluster }) => cluster.member)
  for (const member of members)
    for (let id = 1; id < 200; id++)
      on.link.say('messages', {
        kind: record.ask,
        to: 'clicks',
        name: 'count',
        id,
        beside: { replyTo: -member },
      })
  expect(await on.cluster.through(own)).toBe(7)
  // All answers have come to the one that has asked.
  expect(on.link.heard(record.reply).length).toBe(3 * 199)
})

test('numbers of threads mean nothing when it says them', async () => {
  await using on = await stage()
  for (const replyTo of [0, 1, 7, NaN, Infinity, 2 ** 53, -(2 ** 40)])
    on.link.say('messages', {
      kind: record.ask,
      to: 'clicks',
      name: 'count',
      id: 9,
      beside: { replyTo, chain: [0, 1, 2, replyTo], via: [0, 1, 2] },
    })
  expect(await clicks(on)).toBe(5)
})

test('it cannot draw the messages for a root of another to itself', async () => {
  await using on = await stage()
  expect(await on.cluster.through(on.a.node.find('far')!.ask('count'))).toBe(7)
  const { member } = on.m.cluster
  const home = { top: 'far', thread: -member, epoch: 2 ** 52 }
  on.link.say('signals', { kind: record.moved, payload: home })
  for (let id = 0; id < 100; id++) on.link.say('signals', { kind: record.flushed, id, payload: home })
  await on.cluster.advance(5_000)
  expect(await on.cluster.through(on.a.node.find('far')!.ask('count'))).toBe(7)
  expect(on.link.heard(record.ask)).toEqual([])
})

test('homes with nonsense in them are passed over', async () => {
  await using on = await stage()
  expect(await on.cluster.through(on.a.node.find('far')!.ask('count'))).toBe(7)
  for (const epoch of [NaN, Infinity, -1, 2 ** 53, '7', null])
    for (const thread of [0, 3, -1, NaN, -(2 ** 52), 'x'])
      on.link.say('signals', { kind: record.moved, payload: { top: 'far', thread, epoch } })
  for (const payload of [null, 7, 'x', [], { top: 9 }])
    on.link.say('signals', { kind: record.moved, payload }, { kind: record.flushed, id: 1, payload })
  expect(await on.cluster.through(on.a.node.find('far')!.ask('count'))).toBe(7)
})

test.each(['far', 'clicks'])(
  'nobody is made believe that "%s" has ended, of whom it is not the home',
  async (path) => {
    await using on = await stage()
    const exits: string[] = []
    on.a.node.find(path)!.watch(({ cause }) => exits.push(cause))
    await on.cluster.advance(100)
    const input = { watcher: 'clicks', path, exit: { cause: 'killed' } }
    on.link.say('signals', { kind: record.control, payload: ['ended', input] })
    on.link.say('signals', { kind: record.control, payload: ['tell-end', input] })
    on.link.say('signals', { kind: record.control, payload: ['tell-end', { ...input, watcher: 'far' }] })
    await on.cluster.advance(1_000)
    expect(exits).toEqual([])
    expect(on.a.cluster.refused.get('sender-forged')).toBe(2)
  },
)

test.each([
  ['watch', null],
  ['observe', 7],
  ['ended', { path: 'far', exit: { cause: 'eaten' } }],
  ['ended', { path: 'far', exit: { cause: 'failed' } }],
  ['ended', { path: 'far', exit: { cause: 'failed', fault: { code: 7 } } }],
  ['tell-end', { watcher: 'clicks', path: 'x' }],
  ['lost', 1],
  ['', undefined],
])('the word "%s" without sense is refused and counted', async (verb, input) => {
  await using on = await stage()
  on.link.say('signals', { kind: record.control, payload: [verb, input] })
  expect(on.a.cluster.refused.get('call-refused')).toBe(1)
  expect(await clicks(on)).toBe(5)
})

test.each(['leave', 'stop', 'load', 'constructor', '__proto__', 'then', ''])(
  'the unknown call "%s" is refused with a fault',
  async (verb) => {
    await using on = await stage()
    on.link.say('signals', { kind: record.call, id: 5, payload: [verb, null] })
    await on.cluster.clock.settle()
    expect(on.link.heard(record.refusal)).toMatchObject([{ id: 5, payload: { code: 'call-unknown' } }])
  },
)

test('a developer’s node may not operate another', async () => {
  await using cluster = new TestCluster()
  const a = await cluster.start('a')
  const m = await cluster.start('m', { kind: 'local' })
  const link = new HostileLink(a, m.cluster.member)
  link.say('signals', { kind: record.call, id: 5, payload: ['verb', { act: 'run', id: 1, name: 'ls' }] })
  await cluster.clock.settle()
  expect(link.heard(record.refusal)).toMatchObject([{ id: 5, payload: { code: 'call-forbidden' } }])
})

const wish = { definition: 'counter', version: 1, name: 'x', args: [], options: {}, onLoss: 'stop' }
test.each([
  ['no record', 7],
  ['no arguments', { ...wish, args: undefined }],
  ['a name that is none', { ...wish, name: 5 }],
  ['a path out of the tree', { ...wish, name: '../x' }],
  ['a name of the runtime', { ...wish, name: 'a/counter$1' }],
  ['an empty name', { ...wish, name: '' }],
  ['a definition that nobody has', { ...wish, definition: '__proto__' }],
  ['a version that is none', { ...wish, version: NaN }],
  ['options that are none', { ...wish, options: null }],
  ['a strange end', { ...wish, onLoss: 'never' }],
])('a spawn with %s is refused with a fault', async (_what, input) => {
  await using on = await stage()
  on.link.say('signals', { kind: record.call, id: 5, payload: ['spawn', input] })
  await on.cluster.advance(100)
  expect(on.link.heard(record.refusal)).toHaveLength(1)
  expect(on.cluster.thrown).toEqual([])
  expect(on.a.node.find('x')).toBeUndefined()
})

test('an order of another shape is refused as such', async () => {
  await using on = await stage()
  on.link.say('signals', { kind: record.call, id: 5, payload: ['spawn', 7] })
  on.link.say('signals', { kind: record.call, id: 6, payload: ['verb', { act: 'dance', id: 1 }] })
  await on.cluster.advance(100)
  const codes = on.link.heard(record.refusal).map(({ payload }) => (payload as { code: string }).code)
  expect(codes).toEqual(['call-invalid', 'call-invalid'])
})

test('what waits behind large messages that never come is bounded: the link is cut', async () => {
  await using on = await stage()
  const marks = Array.from({ length: 1_000 }, (_, id) => ({ kind: record.parcel, to: 'clicks', id: id + 1 }))
  for (let count = 0; count < 101 && !on.link.isCut; count++) {
    const base = count * 1_000
    on.link.say('messages', ...marks.map((mark) => ({ ...mark, id: mark.id + base })))
  }
  expect(on.link.isCut).toBe(true)
})

test('large messages that come without a mark are bounded in bytes', async () => {
  await using on = await stage()
  const body = 'x'.repeat(4_000_000)
  const parcel = (id: number): Parameters<typeof frameOf>[0] => [
    { kind: record.tell, to: 'clicks', name: 'add', payload: body, beside: { parcel: id } },
  ]
  let sent = 0
  while (!on.link.isCut && sent < 200) on.link.bring('bulk', frameOf(parcel(++sent)))
  expect(sent).toBeLessThan(80)
})

test('a number of a large message that comes twice costs nobody else anything', async () => {
  await using on = await stage()
  const tell = { kind: record.tell, to: 'clicks', name: 'add', payload: 1, beside: { parcel: 1 } }
  on.link.say(
    'messages',
    { kind: record.parcel, to: 'clicks', id: 1 },
    { kind: record.parcel, to: 'x', id: 1 },
  )
  on.link.say('bulk', tell)
  on.link.say('bulk', tell)
  on.link.say('messages', { kind: record.tell, to: 'clicks', name: 'add', payload: 1 })
  expect(await clicks(on)).toBe(7)
  expect(on.link.isCut).toBe(false)
})

test('texts of a lane are bounded: the link is cut', async () => {
  await using on = await stage()
  const to = 'y'.repeat(1_000_000)
  const said = Array.from({ length: 40 }, (_, index) => ({
    kind: record.tell,
    to: `${to}${index}`,
    name: 'add',
  }))
  on.link.bring('messages', frameOf(said))
  expect(on.link.isCut).toBe(true)
})

const nested = (depth: number): Uint8Array => Buffer.concat([Buffer.alloc(depth, 0x91), Buffer.from([0xc0])])
const keyed = (key: string): Uint8Array =>
  Buffer.concat([Buffer.from([0x81, 0xa0 | key.length]), Buffer.from(key), Buffer.from([1])])
test.each([
  ['nested 5,000 deep', nested(5_000)],
  ['nested 200,000 deep', nested(200_000)],
  ['with the key __proto__', keyed('__proto__')],
  ['with the key constructor', keyed('constructor')],
  ['with the key prototype', keyed('prototype')],
  ['with the byte that nobody may use', Buffer.from([0xc1])],
  ['with a list that is not there', Buffer.from([0xdd, 0xff, 0xff, 0xff, 0xff])],
  ['with a map that is not there', Buffer.from([0xdf, 0xff, 0xff, 0xff, 0xff])],
  ['with a text that is not there', Buffer.from([0xdb, 0xff, 0xff, 0xff, 0xff])],
  ['with bytes without a kind', Buffer.from([0xc4, 1, 0])],
  ['with bytes behind its end', Buffer.from([1, 2])],
  ['that is cut short', Buffer.from([0x92, 1])],
])('a payload %s ends the link, and nothing else', async (_what, payload) => {
  await using on = await stage()
  on.link.bring('messages', frameOfBytes(payload))
  expect(on.link.isCut).toBe(true)
  expect(await clicks(on)).toBe(5)
  expect(on.cluster.thrown).toEqual([])
})

test('every extension but those of the codec ends the link', async () => {
  const cuts: number[] = []
  await using on = await stage()
  const { member } = on.m.cluster
  for (let type = 0; type < 256; type++)
    for (const head of [[0xd4], [0xd5], [0xd6], [0xc7, 4]]) {
      const link = new HostileLink(on.a, member)
      link.bring('messages', frameOfBytes(Buffer.from([...head, type, 0, 0, 0, 0, 0])))
      if (link.isCut) cuts.push(type)
    }
  expect(cuts).toHaveLength(1_024)
  expect(await clicks(on)).toBe(5)
})

test('values that are odd and allowed arrive', async () => {
  await using on = await stage()
  const odd = [NaN, -0, 2n ** 70n, new Date(NaN), '\0', '\u202e', { then: 1, toString: 2, hasOwnProperty: 3 }]
  for (const payload of odd) on.link.say('messages', { kind: record.tell, to: 'nobody', name: 'x', payload })
  for (const payload of odd) on.link.say('signals', { kind: record.call, id: 3, payload: ['ping', payload] })
  expect([await clicks(on), on.link.isCut]).toEqual([5, false])
})

test('frames whose words promise what is not there end the link', async () => {
  await using on = await stage()
  const { member } = on.m.cluster
  const body = frameOfBytes(Buffer.from([1])).body
  for (const [count, words] of [
    [1, [4, 1, 2, 0, 0, 0]],
    [5, Array.from({ length: 30 }, () => 4)],
    [4, Array.from({ length: 24 }, () => -1)],
    [4, Array.from({ length: 24 }, () => 0x7fff_ffff)],
  ] as const) {
    const link = new HostileLink(on.a, member)
    link.bring('messages', { words: Int32Array.from(words), count, body, attachments: [] })
    expect(link.isCut).toBe(true)
  }
  expect(await clicks(on)).toBe(5)
})
