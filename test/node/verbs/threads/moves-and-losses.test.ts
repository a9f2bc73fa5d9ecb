// Tests of verbs on actors that move, and on those whose thread is lost or blocked, while the verb is under way.
import { expect, test } from 'vitest'
import { streamsOpenMax } from '../../../../node/verbs/verb-desk.ts'
import { openDesk } from '../../console/desk.ts'
import type { Desk } from '../../console/desk.ts'
import type { Answer } from '../../../../node/console/envelope.ts'
import type { Outcome } from '../../../../node/console/outcome.ts'

async function openSet(): Promise<Desk> {
  const desk = await openDesk({ threads: 2 })
  await desk.run('spawn counter clicks --place 1', 'tell clicks increment 5', 'spawn sleeper s --place 1')
  await desk.run('spawn family f 2 --place 1')
  return desk
}

/** Runs a line with something that happens while it is under way, at its beginning or once nothing more can be done without that. */
async function during(
  desk: Desk,
  line: string,
  happen: () => unknown,
  when: 'at once' | 'late' = 'at once',
): Promise<{ readonly outcome: Outcome; readonly answers: Answer[] }> {
  const from = desk.out.length
  const ended = desk.console.execute(`${line} --json`)
  if (when === 'late') await desk.node.settle()
  await happen()
  await desk.node.advance(5_000)
  const outcome = await ended
  return { outcome, answers: desk.out.slice(from).map((text) => JSON.parse(text) as Answer) }
}

const moving: readonly (readonly [line: string, data: object])[] = [
  ['info clicks', { path: 'clicks', thread: 2 }],
  ['state clicks', { state: { count: 5 } }],
  ['mailbox clicks', { path: 'clicks', waiting: 0 }],
  ['why clicks', { path: 'clicks', thread: 2, exit: null }],
  ['tell clicks increment', { path: 'clicks' }],
  ['ask clicks value', { reply: 5 }],
  ['tree clicks', { branches: [{ path: 'clicks', thread: 2 }] }],
  ['ls clicks', { total: 1 }],
  ['suspend clicks', { status: 'suspended', isNew: true }],
  ['resume clicks', { isNew: false }],
  ['kill clicks', { status: 'running', restarts: 1 }],
  ['restart clicks', { status: 'running', restarts: 1 }],
  ['stop clicks', { exit: { cause: 'stopped' } }],
]

test.each(moving)('"%s" finds an actor that is on its way to another thread', async (line, data) => {
  await using desk = await openSet()
  const clicks = desk.node.find('clicks')
  if (clicks === undefined) throw new Error('clicks lives')
  const moved = desk.node.move(clicks, { thread: 2 })
  const { answers } = await during(desk, line, () => undefined)
  await moved
  expect(answers[0]).toMatchObject({ status: 'ok', data })
})

test.each(moving)('"%s" finds an actor in the thread to which it has moved', async (line, data) => {
  await using desk = await openSet()
  await desk.run('move clicks 2')
  expect((await during(desk, line, () => undefined)).answers[0]).toMatchObject({ data })
})

test('a trace that was begun before a move ends with its time, and one after it sees the actor', async () => {
  await using desk = await openSet()
  const begun = desk.console.execute('trace clicks --for 3s --json')
  await desk.node.settle()
  await desk.run('move clicks 2', 'tell clicks increment')
  await desk.node.advance(3_000)
  expect((await begun).code).toBe(0)
  const { answers } = await during(desk, 'trace clicks --for 1s', async () => {
    await desk.node.settle()
    desk.node.find('clicks')?.tell('increment')
  })
  expect(answers.map(({ data, end }) => data ?? end)).toMatchObject([
    { kind: 'sent', path: 'clicks' },
    { kind: 'handled', path: 'clicks' },
    { records: 2, reason: 'complete' },
  ])
})

test('a watch hears of the end of an actor that has moved, and of one whose thread was lost meanwhile', async () => {
  await using desk = await openSet()
  const watching = desk.console.execute('watch clicks --json')
  await desk.node.settle()
  await desk.node.move({ path: 'clicks' }, { thread: 2 })
  desk.node.killThread(1)
  await desk.node.advance(100)
  desk.node.find('clicks')?.stop()
  await desk.node.settle()
  expect((await watching).code).toBe(0)
  expect(JSON.parse(desk.out.at(-1) ?? '')).toMatchObject({ data: { exit: { cause: 'stopped' } } })
})

const lost: readonly (readonly [line: string, data: object])[] = [
  ['info clicks', { path: 'clicks', thread: 1 }],
  ['state clicks', { state: { count: 0 } }],
  ['mailbox clicks', { waiting: 0 }],
  ['why clicks', { path: 'clicks' }],
  ['ls clicks', { total: 1 }],
  ['tree clicks', { path: 'clicks' }],
]

test.each(lost)('"%s" is asked again where an actor comes back whose thread was lost', async (line, data) => {
  await using desk = await openSet()
  const thread = desk.node.fleet?.crew.inSlot(1)?.id ?? 0
  desk.node.threads.freeze(thread)
  const { answers } = await during(desk, line, () => desk.node.threads.kill(thread), 'late')
  expect(answers[0]).toMatchObject({ status: 'ok', data })
})

test.each([
  'tell clicks increment',
  'ask clicks value',
  'kill clicks',
  'stop clicks',
  'restart clicks',
  'suspend clicks',
])('"%s" is not done twice: where the thread is lost the outcome is unknown', async (line) => {
  await using desk = await openSet()
  const thread = desk.node.fleet?.crew.inSlot(1)?.id ?? 0
  desk.node.threads.freeze(thread)
  const { outcome, answers } = await during(desk, line, () => desk.node.threads.kill(thread), 'late')
  expect(answers[0]?.error).toMatchObject({ code: 'thread-lost', outcome: 'unknown' })
  expect(outcome.code).toBe(1)
})

test('what was asked of a thread that is lost while it answers fails at once', async () => {
  await using desk = await openSet()
  const asking = desk.console.execute('ask s forever --timeout 1m')
  await desk.node.settle()
  desk.node.killThread(1)
  await desk.node.settle()
  expect((await asking).fault?.code).toBe('thread-lost')
})

test.each(['ls', 'tree', 'dead', 'audit', 'threads'])(
  '"%s" does not wait for a thread that is blocked',
  async (line) => {
    await using desk = await openDesk({ threads: 2 })
    await desk.run('spawn counter a --place 1', 'spawn counter b --place 2')
    desk.node.threads.freeze(desk.node.fleet?.crew.inSlot(1)?.id ?? 0)
    const running = desk.console.execute(line)
    await desk.node.advance(3_000)
    await running
    // A thread that is blocked for longer than that is replaced.
    expect(desk.out.at(-1)).toMatch(
      /without thread 1: no answer|no answer +threads 1|✔|silent|starting|lost|b /,
    )
  },
)

test('an answer names the threads that it lacks', async () => {
  await using desk = await openDesk({ threads: 2 })
  await desk.run('spawn counter a --place 1', 'spawn counter b --place 2')
  const thread = desk.node.fleet?.crew.inSlot(1)?.id ?? 0
  desk.node.threads.freeze(thread)
  const running = desk.console.execute('ls --json')
  await desk.node.settle()
  desk.node.threads.kill(thread)
  await desk.node.advance(100)
  await running
  expect(JSON.parse(desk.out.at(-1) ?? '')).toMatchObject({ data: { actors: [{ path: 'b' }], silent: [1] } })
})

test('tail goes on through the loss of a thread and follows its replacement', async () => {
  await using desk = await openSet()
  const tailing = desk.console.execute('tail --kind restarted --for 20s --json')
  await desk.node.settle()
  desk.node.killThread(1)
  await desk.node.advance(1_000)
  await desk.node.fleet?.call(desk.node.fleet.crew.inSlot(1)?.id ?? 0, 'ping', null)
  desk.node.find('clicks')?.tell('crash')
  await desk.node.advance(30_000)
  await tailing
  expect((JSON.parse(desk.out.at(-2) ?? '') as Answer).data).toMatchObject({
    kind: 'restarted',
    path: 'clicks',
    thread: 1,
  })
})

test('top goes on through the loss of a thread and shows its replacement', async () => {
  await using desk = await openSet()
  const looking = desk.console.execute('top --count 5 --json')
  await desk.node.advance(1_500)
  desk.node.killThread(1)
  await desk.node.advance(10_000)
  await looking
  const frames = desk.out.slice(-6, -1).map((text) => JSON.parse(text) as Answer)
  const actors = frames.map(({ data }) => (data as { actors: number }).actors)
  expect([actors[0], actors.at(-1)]).toEqual([5, 5])
})

test('a stream that is cancelled ends in the thread too', async () => {
  await using desk = await openSet()
  const tracing = desk.console.execute('trace clicks --for 10m')
  await desk.node.settle()
  const runtime = desk.node.residents.get(1)?.station.runtime
  expect(runtime?.traces.count).toBe(1)
  desk.console.cancel()
  await desk.node.settle()
  expect((await tracing).code).toBe(130)
  expect(runtime?.traces.count).toBe(0)
})

test('the nearest path is looked for in all threads', async () => {
  await using desk = await openDesk({ threads: 2 })
  await desk.run('spawn family f 2 --place 2')
  expect((await desk.fail('info f/child-l')).fault?.hint).toMatch(/Did you mean "f\/child-1"\?/)
  expect((await desk.fail('tell ff hello')).fault?.hint).toMatch(/"f"/)
})

test('streams that have had enough leave nothing behind in calm threads', async () => {
  await using desk = await openSet()
  for (let n = 0; n <= streamsOpenMax; n++) {
    const tailing = desk.console.execute('tail --kind suspended --count 1 --json')
    await desk.node.settle()
    await desk.run('suspend clicks', 'resume clicks')
    await desk.node.advance(50)
    expect((await tailing).code, `round ${n}`).toBe(0)
  }
})

test('top follows one actor to its new home', async () => {
  await using desk = await openSet()
  const looking = desk.console.execute('top clicks --count 3 --json')
  await desk.node.advance(1_500)
  await desk.node.move({ path: 'clicks' }, { thread: 2 })
  await desk.node.advance(5_000)
  expect((await looking).code).toBe(0)
  const rows = desk.out.flatMap((text) => (text.startsWith('{') ? [JSON.parse(text) as Answer] : []))
  expect(
    rows.flatMap(({ data }) => (data as { rows?: { thread: number }[] } | undefined)?.rows ?? []),
  ).toMatchObject([
    { path: 'clicks', thread: 1 },
    { path: 'clicks', thread: 2 },
    { path: 'clicks', thread: 2 },
    { path: 'clicks', thread: 2 },
  ])
})

test('a trace ends with a fault when its thread is lost', async () => {
  await using desk = await openSet()
  const tracing = desk.console.execute('trace clicks')
  await desk.node.settle()
  desk.node.killThread(1)
  await desk.node.settle()
  expect(await tracing).toMatchObject({ code: 1, fault: { code: 'thread-lost' } })
})

test('a dead letter is sent on to where its actor has moved', async () => {
  await using desk = await openSet()
  await desk.run('tell clicks crash', 'move clicks 2')
  for (const [which, sent] of [
    ['1.1', '1.1'],
    ['all', '2.1'],
  ] as const) {
    const { answers } = await during(desk, `dead --replay ${which}`, () => undefined)
    expect(answers[0]?.data).toMatchObject({ replayed: [sent] })
  }
  // Each of them crashed it again.
  expect((await during(desk, 'dead', () => undefined)).answers[0]?.data).toMatchObject({
    total: 3,
    letters: [{ id: '2.2', path: 'clicks' }],
  })
})

test('"threads" says which thread is silent, and lists the others at once', async () => {
  await using desk = await openSet()
  desk.node.threads.freeze(1)
  const { answers } = await during(desk, 'threads', () => desk.node.advance(600))
  expect(answers[0]?.data).toMatchObject({
    threads: [
      { status: 'main' },
      { slot: 1, status: 'silent', actors: null, roots: 3 },
      { status: 'up' },
      { slot: null },
    ],
  })
})
