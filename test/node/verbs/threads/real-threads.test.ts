// Tests of verbs and commands with real worker threads.
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { openRealDesk } from './real-desk.ts'

function fileBeside(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url))
}

test('every verb about one actor reaches it in another thread, and again where it has moved', async () => {
  await using desk = await openRealDesk()
  expect(await desk.data('spawn counter clicks --place 1')).toEqual({
    path: 'clicks',
    definition: 'counter',
    thread: 1,
  })
  const { path } = { path: 'clicks' }
  for (const thread of [1, 2]) {
    if (thread === 2)
      expect(await desk.data('move clicks 2')).toMatchObject({ from: 1, to: 2, hasMoved: true })
    await desk.run('tell clicks increment 3')
    expect(await desk.data('ask clicks value')).toMatchObject({ path, reply: thread * 3 })
    expect(await desk.data('info clicks')).toMatchObject({ path, thread })
    expect(await desk.data('state clicks')).toMatchObject({ state: { count: thread * 3 } })
    expect(await desk.data('suspend clicks')).toMatchObject({ status: 'suspended', isNew: true })
    await desk.run('tell clicks increment 0')
    expect(await desk.data('mailbox clicks')).toMatchObject({
      waiting: 1,
      messages: [{ message: 'increment' }],
    })
    expect(await desk.data('resume clicks')).toMatchObject({ isNew: true })
    expect(await desk.data('why clicks')).toMatchObject({ path, thread, fault: null })
    expect(await desk.data('ls clicks')).toMatchObject({ actors: [{ path, thread }], total: 1 })
    expect(await desk.data('tree clicks')).toMatchObject({ path, branches: [{ path, thread }] })
    expect(await desk.data('top clicks --once --every 100ms')).toMatchObject({ rows: [{ path, thread }] })
    expect(await desk.data('watch clicks --for 5ms')).toMatchObject({ code: 'watch-expired' })
    const tracing = desk.run('trace clicks --count 1 --for 1m')
    await desk.node.fleet?.call(thread, 'ping', null)
    desk.node.find('clicks')?.tell('increment', 0)
    expect((await tracing).at(-1)?.end).toEqual({ records: 1, reason: 'complete' })
  }
  expect(await desk.data('kill clicks')).toMatchObject({ status: 'running', restarts: 1 })
  expect(await desk.data('restart clicks')).toMatchObject({ status: 'running', restarts: 2 })
  expect(await desk.data('stop clicks')).toMatchObject({ exit: { cause: 'stopped' } })
  expect(await desk.data('info clicks')).toMatchObject({ code: 'actor-unknown' })
})

test('the verbs about many gather from all threads, and the books of all reconcile', async () => {
  await using desk = await openRealDesk()
  for (const [name, place] of [
    ['a', 'main'],
    ['b', '1'],
    ['c', '2'],
  ])
    // prettier-ignore
    await desk.run(`spawn counter ${name} --place ${place}`, `tell ${name} crash`, `ask ${name} value`)
  expect(await desk.data('ls')).toMatchObject({
    total: 3,
    actors: [{ path: 'a' }, { path: 'b' }, { path: 'c' }],
  })
  expect(await desk.data('tree')).toMatchObject({
    total: 3,
    branches: [{ thread: 0 }, { thread: 1 }, { thread: 2 }],
  })
  expect(await desk.data('dead')).toMatchObject({
    total: 3,
    letters: expect.arrayContaining([
      expect.objectContaining({ id: '1.1' }),
      expect.objectContaining({ id: '2.1' }),
    ]),
  })
  expect(await desk.data('dead --replay all')).toMatchObject({ replayed: [1, '1.1', '2.1'] })
  expect(await desk.data('top --once --every 100ms --sort restarts')).toMatchObject({
    actors: 3,
    restarts: 6,
  })
  const events = await desk.run('tail --kind failed --since 1m --count 6')
  expect(events.map(({ data }) => (data as { thread?: number } | undefined)?.thread)).toEqual(
    expect.arrayContaining([0, 1, 2]),
  )
  expect(await desk.data('audit')).toMatchObject({ isBalanced: true, onTheWay: 0, threads: 3, handled: 3 })
  expect(await desk.node.auditAll()).toMatchObject({ isBalanced: true, lostThreads: 0, silent: [] })
  expect(await desk.data('threads')).toMatchObject({
    threads: [
      { slot: 0, status: 'main', roots: 1, actors: 1 },
      { slot: 1, id: 1, status: 'up', roots: 1, actors: 1 },
      { slot: 2, id: 2, status: 'up', roots: 1, actors: 1 },
      { slot: null, status: expect.stringMatching(/spare|starting/) },
    ],
  })
})

test('a thread that is killed under a verb fails it, and the next one finds the actor where it came back', async () => {
  await using desk = await openRealDesk()
  await desk.run('spawn sleeper s --place 1')
  const asking = desk.run('ask s forever --timeout 1m')
  await desk.node.fleet?.call(1, 'ping', null)
  await desk.node.fleet?.crew.inSlot(1)?.thread.terminate()
  expect((await asking)[0]?.error).toMatchObject({ code: 'thread-lost', outcome: 'unknown' })
  expect(await desk.data('ask s wake')).toMatchObject({ reply: 'awake' })
  expect(await desk.data('info s')).toMatchObject({ thread: 1 })
  expect(await desk.data('threads')).toMatchObject({ replaced: 1, threads: { 1: { slot: 1, replaced: 1 } } })
  expect(await desk.data('audit')).toMatchObject({ isBalanced: true, lostThreads: 1 })
})

test('a module is loaded in every thread, and not at all where one of them cannot', async () => {
  await using desk = await openRealDesk()
  expect(await desk.data(`load ${fileBeside('stubborn.ts')}`)).toMatchObject({
    code: 'file-unloadable',
    message: expect.stringMatching(/not in this thread.*, in (?:the spare thread|thread \d)$/),
  })
  expect(await desk.data('spawn stubborn s')).toMatchObject({ code: 'definition-unknown' })
  expect(await desk.data(`load ${fileBeside('late.ts')}`)).toMatchObject({ definitions: ['late'] })
  expect(await desk.data('spawn late l --place 2')).toMatchObject({ thread: 2 })
  expect(await desk.data('ask l hello')).toMatchObject({ reply: 'here' })
  await desk.node.fleet?.crew.inSlot(2)?.thread.terminate()
  expect(await desk.data('ask l hello')).toMatchObject({ reply: 'here' })
})

test('a move is planned first: what would go, and what keeps it', async () => {
  await using desk = await openRealDesk()
  await desk.run('spawn counter c --place 1', 'suspend c', 'tell c increment 1', 'tell c increment 2')
  const plan = { path: 'c', from: 1, to: 2, actors: 1, messages: 2, whyNot: null }
  expect(await desk.data('move c 2 --dry-run')).toMatchObject({ ...plan, hasMoved: false, pausedMs: null })
  expect(await desk.data('info c')).toMatchObject({ thread: 1 })
  expect(await desk.data('move c 2')).toMatchObject({ ...plan, hasMoved: true, pausedMs: expect.any(Number) })
  expect(await desk.data('move c 2')).toMatchObject({ from: 2, to: 2, hasMoved: false })
  // The state of a keeper has a getter that throws: that is no data.
  await desk.run('spawn family f 1 --place 1')
  const code = 'state-unmovable'
  expect(await desk.data('move f 2 --dry-run')).toMatchObject({
    actors: 2,
    whyNot: { code },
    hasMoved: false,
  })
  expect(await desk.data('move f 2')).toMatchObject({ code })
  expect(await desk.data('info f')).toMatchObject({ thread: 1 })
})

test('wrong places and wrong moves are refused with what there is instead', async () => {
  await using desk = await openRealDesk()
  await desk.run('spawn family f 1 --place 1')
  for (const [line, code] of [
    ['spawn counter c --place 9', 'thread-unknown'],
    ['spawn counter c --place nowhere', 'argument-invalid'],
    ['spawn counter f/c --place 2', 'place-split'],
    ['move f 9', 'thread-unknown'],
    ['move f/child-1 2', 'move-refused'],
    ['move nobody 2', 'actor-unknown'],
    ['move f x', 'argument-invalid'],
  ] as const)
    expect(await desk.data(line), line).toMatchObject({ code })
})
