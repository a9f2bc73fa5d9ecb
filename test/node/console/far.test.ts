// Tests of commands about actors of other nodes: they are found, reached and shown from any console.
import { expect, test } from 'vitest'
import { openDesks } from './cluster-desk.ts'
import type { Answer } from '../../../node/console/envelope.ts'
import type { EventLog } from '../../../runtime/event-log.ts'
import type { ClusterDesks } from './cluster-desk.ts'

const three = ['a', 'b', 'c'] as const

/** A counter on b, and a family on c. */
async function openSet(): Promise<ClusterDesks> {
  const desks = await openDesks(three)
  await desks.desk('a').run('spawn counter clicks --node b', 'spawn family f 2 --node c', 'spawn counter own')
  return desks
}

/** How many more may follow the events of a node. */
function roomFor(events: EventLog): number {
  const followers: (() => void)[] = []
  const follow = (): boolean => {
    const one = (): void => {}
    followers.push(one)
    return events.follow(one)
  }
  while (follow());
  for (const one of followers) events.unfollow(one)
  return followers.length - 1
}

test('an actor of another node is told, asked, shown and acted on by its path', async () => {
  await using desks = await openSet()
  const c = desks.desk('c')
  await c.run('tell clicks increment 3')
  expect(await c.run('ask clicks value')).toBe('3')
  expect(await c.run('state clicks')).toBe('{ count: 3 }')
  expect(await c.data('info clicks')).toMatchObject({ path: 'clicks', node: 'b', definition: 'counter' })
  expect(await c.run('info clicks')).toMatch(/^node +b$/m)
  expect(await c.run('suspend clicks')).toMatch(/suspended/)
  await c.run('tell clicks increment 4')
  expect(await c.run('mailbox clicks')).toMatch(/^1 of 100000 messages wait/)
  expect(await c.run('resume clicks')).toMatch(/running/)
  expect(await c.run('ask clicks value')).toBe('7')
  expect(await c.run('restart clicks')).toMatch(/running/)
  expect(await c.run('ask clicks value')).toBe('0')
  expect(await c.run('tell clicks incremant')).toMatch(/^message-unknown: /)
  expect(await c.run('ask clocks value')).toMatch(/^actor-unknown: /)
})

test('an actor below a root, and one without a name, are reached as well', async () => {
  await using desks = await openSet()
  const a = desks.desk('a')
  expect(await a.data('info f/child-1')).toMatchObject({ path: 'f/child-1', node: 'c' })
  const path = (await desks.desk('b').run('spawn counter')).split('  ')[0] ?? ''
  expect(path).toMatch(/^b\/counter\$/)
  await a.run(`tell ${path} increment 2`)
  expect(await a.run(`ask ${path} value`)).toBe('2')
  expect(await a.run(`kill ${path} --for-good`)).toMatch(/ended/)
  expect(await a.run(`ask ${path} value`)).toMatch(/^actor-unknown: /)
})

test('why tells of a far actor what failed there, and a dead letter is sent again where it lies', async () => {
  await using desks = await openSet()
  const a = desks.desk('a')
  await a.run('tell clicks crash')
  await desks.cluster.advance(2_000)
  expect(await a.data('why clicks')).toMatchObject({
    node: 'b',
    fault: { code: 'handler-failed' },
    letters: [{ reason: 'handler-failed' }],
  })
  const table = await a.run('dead')
  expect(table).toMatch(/^ID +NODE +AT/m)
  expect(table).toMatch(/^ *1 +b .*handler-failed/m)
  expect(await a.run('dead --replay 1')).toMatch(/^letter-unknown/)
  expect(await a.run('dead --replay 1 --node b')).toBe('1 sent again')
})

test('the end of a far actor is waited for', async () => {
  await using desks = await openSet()
  const a = desks.desk('a')
  const watching = a.begin('watch clicks --for 10s')
  await desks.cluster.advance(200)
  expect(await desks.desk('c').run('stop clicks')).toMatch(/stopped/)
  await desks.cluster.through(watching)
  expect(a.out.at(-1)).toMatch(/stopped/)
})

test('ls, tree and top show all nodes with a column that says which', async () => {
  await using desks = await openSet()
  const b = desks.desk('b')
  expect((await b.run('ls')).split('\n').map((line) => line.split(/ +/).slice(0, 3).join(' '))).toEqual([
    'PATH NODE DEFINITION',
    'clicks b counter',
    'own a counter',
    'f c family',
    'f/child-1 c keeper',
    'f/child-2 c keeper',
  ])
  expect(await b.run('ls --node c')).toMatch(/^PATH +NODE[\s\S]*^f +c/m)
  expect(await b.run('ls --node c')).not.toContain('clicks')
  expect(await b.run('ls f')).toMatch(/^PATH +DEFINITION[\s\S]*^f\/child-2/m)
  expect(await b.run('tree')).toMatch(
    /^b {2}1 actor\n└─ clicks.*\na {2}1 actor\n└─ own.*\nc {2}3 actors\n└─ f/,
  )
  expect(await b.run('tree f')).toMatch(/^f {2}family/)
  expect(await b.run('top --once')).toMatch(/^b a c {2}.*5 actors[\s\S]*^PATH +NODE +DEFINITION/m)
  expect(await b.run('top f --once')).toMatch(/3 actors/)
})

test('definitions, entities and audit answer for this node, one other, or all', async () => {
  await using desks = await openSet()
  const a = desks.desk('a')
  expect(await a.run('definitions counter')).toMatch(/^NAME +VERSION/)
  expect((await a.run('definitions counter --node all')).split('\n')).toHaveLength(4)
  expect(await a.run('definitions counter --node c')).toMatch(/^NAME +NODE +VERSION[^\n]*\ncounter +c /)
  expect(await a.run('audit --node all')).toMatch(/^✔ every message is accounted for/)
  expect(await a.data('audit --node b')).toMatchObject({ nodes: ['b'], actors: 1, isBalanced: true })
  expect(await a.run('entities --node all')).toMatch(/^No entities/)
  expect(await a.run('threads --node all')).toMatch(
    /^SLOT +NODE[^\n]*\n +0 +a [^\n]*\n +0 +b [^\n]*\n +0 +c /,
  )
  expect(await a.run('definitions --node d')).toMatch(/^node-unknown/)
})

test('a node that is silent is named, and what the others say is shown', async () => {
  await using desks = await openSet()
  const { cluster } = desks
  cluster.freeze('c')
  const a = desks.desk('a')
  expect(await a.run('ls')).toMatch(/^clicks +b [\s\S]*… without node c: no answer in time; see "nodes"$/m)
  cluster.thaw('c')
  await cluster.until(() =>
    cluster.running.every(({ cluster: own }) => own.facts.memberCount === 3 && own.mayAct),
  )
})

test('a large answer of another node comes whole', async () => {
  await using desks = await openSet()
  await desks.desk('a').run('spawn keeper box --node b')
  await desks.desk('b').run(`tell box keep '${'x'.repeat(900_000)}'`)
  const { reply } = (await desks.desk('a').data('ask box kept')) as { reply: string }
  expect(reply).toHaveLength(900_000)
})

test('what an actor has in the journal of its node is shown and replayed from any console', async () => {
  const file = new URL('../../../scenarios/hello/account.ts', import.meta.url).pathname
  await using desks = await openDesks(['a', 'b'], { load: [file] })
  const a = desks.desk('a')
  await a.run(`spawn account bank/ada 'Ada' --node b`, 'ask bank/ada deposit 5', 'ask bank/ada deposit 7')
  expect(await a.data('journal show bank/ada --from 2')).toMatchObject({ seq: 2, node: 'b' })
  expect(await a.data('replay bank/ada')).toMatchObject({ seq: 1, event: 'deposited', node: 'b' })
  expect(await a.run('state bank/ada --at 1')).toMatch(/balance: 5/)
  expect(await desks.desk('b').run('state bank/ada --at 2')).toMatch(/balance: 12/)
})

test('a move is made by the node in which the actor lives', async () => {
  await using desks = await openSet()
  expect(await desks.desk('a').run('move clicks 1')).toMatch(/^thread-unknown: /)
  expect(await desks.desk('a').run('move clicks 0')).toBe('clicks lives in the main thread already')
})

test('a node that was asked by its name and is cut off is a fault', async () => {
  await using desks = await openSet()
  const { cluster } = desks
  const heal = cluster.cutOff(['a'])
  expect(await desks.desk('a').run('definitions --node b')).toMatch(
    /^node-silent: .*no answer within 3000 ms$/,
  )
  heal()
  await cluster.until(() =>
    cluster.running.every(({ cluster: own }) => own.facts.memberCount === 3 && own.mayAct),
  )
})

test('tail follows another node, and all of them in the order of their times', async () => {
  await using desks = await openSet()
  const a = desks.desk('a')
  const far = a.begin('tail --node b --for 2s')
  const all = desks.desk('c').begin('tail --node all --kind failed --for 2s')
  await desks.cluster.advance(100)
  await desks.desk('b').run('tell clicks crash', 'tell own crash')
  await desks.cluster.through(Promise.all([far, all]))
  expect(a.out.join('\n')).toMatch(/ b {2}failed +clicks {2}handler-failed[\s\S]* b {2}restarted +clicks/)
  expect(a.out.join('\n')).not.toContain('failed       own')
  expect(desks.desk('c').out.join('\n')).toMatch(/ b {2}failed +clicks[\s\S]* a {2}failed +own/)
})

test('a far actor is traced', async () => {
  await using desks = await openSet()
  const a = desks.desk('a')
  const from = a.out.length
  const tracing = a.begin('trace clicks --count 2 --for 5s --json')
  await desks.cluster.advance(100)
  await desks.desk('c').run('tell clicks increment')
  await desks.cluster.through(tracing)
  const answers = a.out.slice(from).map((text) => JSON.parse(text) as Answer)
  expect(answers.map(({ data }) => data)).toMatchObject([
    { kind: 'sent', node: 'b' },
    { kind: 'handled' },
    undefined,
  ])
})

test('a stream ends with the node that asked for it, and a stream of a lost node ends quietly among others', async () => {
  await using desks = await openSet()
  const { cluster } = desks
  void desks.desk('c').begin('tail --node b')
  const following = desks.desk('a').begin('tail --node all --for 20s')
  await cluster.advance(100)
  const { events } = cluster.node('b').node.runtime.host
  const before = roomFor(events)
  desks.drop('c')
  cluster.kill('c')
  await cluster.until(() => cluster.node('b').cluster.facts.memberCount === 2)
  expect(roomFor(events)).toBe(before + 1)
  const outcome = await cluster.through(following)
  expect(outcome).toEqual({ code: 0 })
  expect(desks.desk('a').out.join('\n')).toMatch(/node-lost +c/)
})

test('a local node operates nobody else, and is told so', async () => {
  await using desks = await openDesks(['a', 'b'])
  const { cluster } = desks
  await cluster.start('laptop', { kind: 'local' })
  await cluster.until(() => cluster.node('laptop').cluster.mayAct)
  await desks.desk('a').run('spawn counter clicks')
  const laptop = desks.desk('laptop')
  expect(await laptop.run('kill clicks')).toMatch(/^call-forbidden: /)
  expect(await laptop.run('ls')).toMatch(/without node a: it refused with call-forbidden/)
  expect(await laptop.data('nodes')).toMatchObject({
    nodes: [{ name: 'a', link: 'up', isFrozen: null }, {}, {}],
  })
})

test('a root whose node is lost and that waits for it is not waited for without end', async () => {
  await using desks = await openDesks(three)
  const { cluster } = desks
  const a = desks.desk('a')
  await a.run('spawn counter clicks --node c --on-node-loss wait')
  cluster.kill('c')
  await cluster.until(() => cluster.node('a').cluster.facts.home('clicks')?.member === 0)
  expect(await a.run('ask clicks value')).toMatch(/^home-unsettled: .*the last was "c", and it is to wait/)
  expect(await a.run('homes')).toMatch(/^clicks +nobody, waits for c/m)
})
