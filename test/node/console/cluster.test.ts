// Tests of the commands that are about the cluster: what they tell, and what becomes of what they order.
import { expect, test } from 'vitest'
import { commands } from '../../../node/console/table.ts'
import { openDesks } from './cluster-desk.ts'
import { openDesk } from './desk.ts'

const three = ['a', 'b', 'c'] as const

test('nodes lists each member with its number, its part in the council and how it is reached', async () => {
  await using desks = await openDesks(three)
  const { nodes, node, cluster } = (await desks.desk('b').data('nodes')) as {
    nodes: Record<string, unknown>[]
    node: string
    cluster: string
  }
  expect([cluster, node]).toEqual(['test', 'b'])
  expect(nodes).toMatchObject([
    { name: 'a', number: 1, kind: 'initial', status: 'up', council: 'leader', link: 'up', isFrozen: false },
    { name: 'b', number: 2, kind: 'trusted', status: 'up', link: 'self', rttMs: 0 },
    { name: 'c', number: 3, kind: 'trusted', status: 'up', link: 'up', actors: 0 },
  ])
  expect(nodes[2]?.['rttMs']).toBeGreaterThan(0)
  expect(await desks.desk('a').run('nodes')).toMatch(/^test {2}3 nodes, view \d+\nNODE +MEMBER +KIND/)
})

test('cluster tells of the council, the lease, the homes and the shards', async () => {
  await using desks = await openDesks(three)
  const { cluster } = desks
  await cluster.until(() => cluster.node('b').cluster.agreement.council.voters.length === 3)
  await desks.desk('a').run('spawn counter clicks --node c')
  const told = await desks.desk('b').data('cluster')
  expect(told).toMatchObject({
    cluster: 'test',
    node: 'b',
    member: 2,
    leader: 'a',
    role: 'follower',
    voters: expect.arrayContaining(['a', 'b', 'c']),
    mayAct: true,
    members: { joining: 0, up: 3, draining: 0 },
    homes: 1,
    homeless: 0,
    shards: { a: expect.any(Number), b: expect.any(Number), c: expect.any(Number) },
  })
  const text = await desks.desk('b').run('cluster')
  expect(text).toMatch(/^leader +a$/m)
  expect(text).toMatch(/^lease +valid for \d+/m)
  expect(text).toMatch(/^homes +1$/m)
})

test('a node without its quorum says that it is frozen and that nobody leads', async () => {
  await using desks = await openDesks(three)
  const { cluster } = desks
  const heal = cluster.cutOff(['c'])
  await cluster.until(() => !cluster.node('c').cluster.mayAct)
  expect(await desks.desk('c').run('cluster')).toMatch(/^lease +✖ over: the node is frozen$/m)
  heal()
  await cluster.until(() => cluster.node('c').cluster.mayAct)
})

test('homes tells who has each root, and only those that fit', async () => {
  await using desks = await openDesks(three)
  const a = desks.desk('a')
  await a.run(
    'spawn counter clicks --node b',
    'spawn counter bank/ada --on-node-loss wait',
    'spawn counter bank/bob --node c --on-node-loss stop',
  )
  expect(await desks.desk('b').data('homes')).toMatchObject({
    total: 3,
    homes: [
      { path: 'bank/ada', node: 'a', onLoss: 'wait', isSettled: true, definition: 'counter@1' },
      { path: 'bank/bob', node: 'c', onLoss: 'stop' },
      { path: 'clicks', node: 'b', member: 2, onLoss: 'rehome' },
    ],
  })
  expect((await a.run(`homes 'bank/*' --node c`)).split('\n')).toEqual([
    expect.stringMatching(/^PATH +NODE +EPOCH +ON LOSS +DEFINITION$/),
    expect.stringMatching(/^bank\/bob +c +\d+ +stop +counter@1$/),
  ])
  expect(await a.run('homes --node d')).toMatch(/^node-unknown: .*no node is called "d"/)
})

test('why and views tell all that was known when a node was removed', async () => {
  await using desks = await openDesks(three)
  const { cluster } = desks
  await desks.desk('a').run('spawn counter clicks --node c')
  cluster.kill('c')
  const b = desks.desk('b')
  await cluster.until(() => b.node.cluster?.facts.memberCount === 2)
  const text = await b.run('why c')
  expect(text).toMatch(
    /^node +c\nstatus +no member now\n\n.* {2}member 3 removed in view \d+, proposed by a\n {2}c is removed: /,
  )
  expect(text).toMatch(/^ {2}roots: 1 went elsewhere$/m)
  expect(text).toMatch(/^ {4}against it +2 of 2$/m)
  expect(text).toMatch(/^ {4}term +\d+$/m)
  expect(await b.data('why c')).toMatchObject({
    about: 'node',
    number: null,
    ended: [{ end: 'removed', rehomed: 1, facts: expect.arrayContaining([{ name: 'subject', value: 3 }]) }],
  })
  const seen = await b.run('views')
  expect(seen).toMatch(/^view \d+\nAT +VIEW +NODE/)
  expect(seen).toMatch(/ c +3 +removed +a +1 went elsewhere +c is removed/)
  expect(seen).toMatch(/node-lost +c/)
  expect(await b.run('why a')).toMatch(/^node +a\nstatus +up, member 1\nNone of its lives/)
  expect(await b.run('why nobody')).toMatch(/^actor-unknown/)
})

test('a drained node takes no new roots until that is taken back', async () => {
  await using desks = await openDesks(three)
  const a = desks.desk('a')
  await a.run('spawn counter clicks --node b')
  expect(await a.run('drain b')).toMatch(
    /^▽ draining {2}b takes no new roots; 1 root and \d+ shards? there\n {2}clicks$/,
  )
  expect(await a.run('spawn counter more --node b')).toMatch(/^(node|member)-draining: /)
  expect(await a.run('nodes')).toMatch(/^b .*▽ draining/m)
  expect(await a.run('drain b --undo')).toMatch(/^✔ up {2}b takes roots again; 1 root/)
  expect(await a.run('spawn counter more --node b')).toBe('more  node b')
})

test('a partition is thought through and nothing is cut', async () => {
  await using desks = await openDesks(three)
  const { cluster } = desks
  await cluster.until(() => cluster.node('a').cluster.agreement.council.voters.length === 3)
  const a = desks.desk('a')
  await a.run('spawn counter clicks --node c')
  const outcome = await a.data(`cluster simulate-partition --sides 'a,b|c'`)
  expect(outcome).toMatchObject({
    sides: [['a', 'b'], ['c']],
    leader: 'a',
    quorum: 2,
    nodes: [
      { node: 'a', side: 1, fate: 'acts' },
      { node: 'b', side: 1, fate: 'acts' },
      { node: 'c', side: 2, fate: 'removed', gains: 0 },
    ],
  })
  expect(await a.data('cluster simulate-partition --sides c')).toMatchObject({ sides: [['c'], ['a', 'b']] })
  expect(await a.run(`cluster simulate-partition --sides 'a,b|c'`)).toMatch(/Nothing was cut\.$/)
  expect(await a.run(`cluster simulate-partition --sides 'a|a'`)).toMatch(/^argument-invalid/)
  expect(await a.run(`cluster simulate-partition --sides 'a,b,c'`)).toMatch(/^argument-invalid/)
  expect(await a.run(`cluster simulate-partition --sides 'a|d'`)).toMatch(/^node-unknown/)
  expect(cluster.node('a').cluster.facts.memberCount).toBe(3)
})

test('a node without a cluster answers each of these with one fault', async () => {
  await using desk = await openDesk()
  const lines = [
    'nodes',
    'cluster',
    'views',
    'homes',
    'drain b',
    'cluster simulate-partition --sides a',
    'ls --node b',
    'spawn counter c --node b',
    'spawn counter c --anywhere',
    'spawn counter c --on-node-loss stop',
  ]
  for (const line of lines) expect((await desk.fail(line)).fault?.code, line).toBe('cluster-missing')
  expect(await desk.run('spawn counter clicks', 'ls --node local')).toMatch(/^PATH +DEFINITION/)
})

test('each of these answers in one envelope that holds what its table shows', async () => {
  await using desks = await openDesks(three)
  const { cluster } = desks
  const a = desks.desk('a')
  await a.run('spawn counter clicks --node b')
  cluster.kill('c')
  await cluster.until(() => a.node.cluster?.facts.memberCount === 2)
  const lines = ['nodes', 'cluster', 'cluster simulate-partition --sides a', 'views', 'homes', 'drain b']
  for (const line of lines) {
    const [answer, ...more] = await a.answers(line)
    const command = commands.find(({ name }) => name === answer?.command)
    expect([answer?.status, more, line.startsWith(command?.name ?? '?')]).toEqual(['ok', [], true])
    if (command?.table === undefined) continue
    const rows = command.table.rows(answer?.data as never) as readonly object[]
    expect(rows.length).toBeGreaterThan(0)
    for (const row of rows)
      for (const { field } of command.table.columns) expect(row, line).toHaveProperty(field)
  }
})
