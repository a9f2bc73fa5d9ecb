// Tests of the commands that look: what they show of what is there.
import { expect, test } from 'vitest'
import { openDesk } from './desk.ts'

test('ls shows parents before their children, at most --limit lines, and says how many are left out', async () => {
  await using desk = await openDesk()
  await desk.run('spawn family f 5', 'spawn counter clicks')
  const all = (await desk.run('ls')).split('\n')
  expect(all[0]).toMatch(/^PATH +DEFINITION +STATUS +WAITING +HANDLED +RESTARTS +CHILDREN$/)
  expect(all.slice(1).map((line) => line.split(' ')[0])).toEqual([
    'f',
    'f/child-1',
    'f/child-2',
    'f/child-3',
    'f/child-4',
    'f/child-5',
    'clicks',
  ])
  const some = (await desk.run('ls --limit 2')).split('\n')
  expect(some).toHaveLength(4)
  expect(some.at(-1)).toContain('… 5 more')
})

test('ls is narrowed by path, definition and status, and counts what fits', async () => {
  await using desk = await openDesk()
  await desk.run('spawn family f', 'spawn family g', 'suspend f/child-2')
  const paths = async (line: string): Promise<unknown> => {
    const [answer] = await desk.answers(line)
    const { actors, total } = answer?.data as { actors: { path: string }[]; total: number }
    return [actors.map(({ path }) => path), total]
  }
  expect(await paths('ls g --definition keeper --limit 2')).toEqual([['g/child-1', 'g/child-2'], 3])
  expect(await paths('ls --status suspended')).toEqual([['f/child-2'], 1])
  expect(await paths('ls --definition account')).toEqual([[], 0])
})

test('tree draws branches, stops at depth and limit, and says what it leaves out', async () => {
  await using desk = await openDesk()
  await desk.run('spawn family f', 'spawn counter clicks', 'spawn family f/deep 1')
  expect(await desk.run('tree')).toBe(
    [
      'local  7 actors',
      '├─ f  family  ● running',
      '│  ├─ child-1  keeper  ● running',
      '│  ├─ child-2  keeper  ● running',
      '│  └─ child-3  keeper  ● running',
      '├─ clicks  counter  ● running',
      '└─ f/deep  family  ● running',
      '   └─ child-1  keeper  ● running',
    ].join('\n'),
  )
  expect(await desk.run('tree f --depth 1')).toBe(
    'f  family  ● running\n└─ … 3 more; see them with --limit, --depth or a path',
  )
  expect((await desk.run('tree --limit 3')).split('\n')).toEqual([
    'local  7 actors',
    '├─ f  family  ● running',
    '│  ├─ child-1  keeper  ● running',
    '│  ├─ child-2  keeper  ● running',
    '│  └─ … 1 more; see them with --limit, --depth or a path',
    '└─ … 2 more; see them with --limit, --depth or a path',
  ])
})

test('each status has a sign and a word, also where there is only ASCII', async () => {
  await using desk = await openDesk({ env: { LC_ALL: 'C' } })
  await desk.run(
    'spawn counter clicks',
    'spawn sleeper bed',
    'tell bed forever',
    'spawn shaky s',
    'tell s crash',
    'suspend clicks',
  )
  expect((await desk.run('tree')).split('\n')).toEqual([
    'local  3 actors',
    '|- clicks  counter  = suspended',
    '|- bed  sleeper  ~ busy, for 0ms with forever',
    '`- s  shaky  x failed, starts in 10s, 1 dead',
  ])
  await desk.run('kill bed')
})

test('info tells how long this life has lasted and what the actor knows', async () => {
  await using desk = await openDesk()
  await desk.run('spawn counter clicks')
  await desk.node.advance(90_000)
  await desk.run('tell clicks crash')
  await desk.node.advance(3_500)
  const info = await desk.run('info clicks')
  expect(info).toMatch(/^up +3\.5s$/m)
  expect(info).toMatch(/^messages +crash, increment, value$/m)
  expect(info).toMatch(/^accepted +1 = 0 handled \+ 0 waiting \+ 0 stashed \+ 0 in hand \+ 1 dead$/m)
})

test('state shows own data and parts of it without running a getter', async () => {
  await using desk = await openDesk()
  await desk.run('spawn keeper box', `tell box keep [1, 'two']`)
  expect(await desk.run('state box')).toBe(
    [
      '{',
      "  kept: [1, 'two'],",
      "  byName: Map('ada' => { age: 36 }),",
      '  trap: <opaque getter>,',
      '}',
    ].join('\n'),
  )
  expect(await desk.run('state box --path kept.1')).toBe(`'two'`)
  expect(await desk.run('state box --path byName.ada.age')).toBe('36')
  for (const path of ['kept.2', 'trap', 'byName.size', 'kept.length.x', '__proto__', 'kept.constructor']) {
    expect((await desk.fail(`state box --path ${path}`)).fault?.code).toBe('state-missing')
  }
})

test('mailbox shows the next messages in their order and counts the others', async () => {
  await using desk = await openDesk()
  await desk.run('spawn sleeper bed', 'tell bed later', 'suspend bed', `tell bed wake {n: 1}`)
  await desk.node.advance(1_000)
  const asking = await desk.begin('ask bed wake --timeout 1s')
  const lines = (await desk.run('mailbox bed --peek 2')).split('\n')
  expect(lines).toEqual([
    '3 of 100000 messages wait',
    '#  KIND   MESSAGE  PAYLOAD   FROM',
    '1  tell   wake     { n: 1 }',
    '2  timer  wake               bed',
    '… 1 more; see them with --peek',
  ])
  await desk.node.advance(1_000)
  await asking.ended
  await desk.run('resume bed', 'stop bed')
})

test('why says with what an actor is busy and since when', async () => {
  await using desk = await openDesk()
  await desk.run('spawn sleeper bed', 'tell bed forever')
  await desk.node.advance(83_000)
  expect(await desk.run('why bed')).toMatch(/^status +◐ busy, for 1m 23s with forever$/m)
  await desk.run('kill bed')
})

test('why tells of a backoff: the attempt and the next start', async () => {
  await using desk = await openDesk()
  await desk.run('spawn shaky s', 'tell s crash')
  await desk.node.advance(4_000)
  const why = await desk.run('why s')
  expect(why).toMatch(/^status +✖ failed, starts in 6s, 1 dead$/m)
  expect(why).toContain('backoff 10s to 1m 0s, attempt 1')
  expect(why).toMatch(/handler-failed +s +crash/)
})

test('why remembers who has ended, with its exit, events and dead letters', async () => {
  await using desk = await openDesk()
  await desk.run('spawn counter clicks', ...Array.from({ length: 4 }, () => 'tell clicks crash'))
  const why = await desk.run('why clicks')
  expect(why).toMatch(/^status +✖ failed: restarts-exhausted/m)
  expect(why).toMatch(/escalated +clicks/)
  expect(why).toContain('Dead letters')
})

test('audit adds up, and the answer is no if a sum does not reconcile', async () => {
  await using desk = await openDesk()
  await desk.run('spawn counter clicks', 'tell clicks increment', 'tell clicks crash')
  expect(await desk.run('audit')).toMatch(
    /^✔ every message is accounted for\naccepted +2 = 1 handled \+ 0 waiting/,
  )
  const cell = desk.node.runtime.cellAt('clicks')
  if (cell === undefined) throw new Error('clicks lives')
  cell.accepted++
  const outcome = await desk.console.execute('audit')
  expect(outcome).toEqual({ code: 1 })
  expect(desk.out.at(-1)).toMatch(/^✖ 2 sums do not reconcile/)
  cell.accepted--
})

test('definitions lists what is loaded with its messages', async () => {
  await using desk = await openDesk()
  const [head, ...rows] = (await desk.run('definitions')).split('\n')
  expect(head).toMatch(/^NAME +VERSION +MESSAGES +FILE$/)
  expect(rows.map((row) => row.split(' ')[0])).toEqual([
    'account',
    'counter',
    'family',
    'keeper',
    'narrow',
    'shaky',
    'sleeper',
    'stillborn',
    'villain',
  ])
  expect(await desk.run('definitions counter')).toMatch(/counter +1 +crash increment value +\/.*counter\.ts$/)
})

test('tail follows one actor and all below it, from what is kept on, until its bounds', async () => {
  await using desk = await openDesk()
  await desk.run('spawn family f 1', 'spawn counter clicks')
  const tailing = await desk.begin('tail f --since 1m --count 4')
  await desk.node.settle()
  desk.node.find('clicks')?.tell('crash')
  desk.node.find('f')?.tell('say', 'hello')
  await desk.node.settle()
  expect(await tailing.ended).toEqual({ code: 0 })
  const kinds = desk.out.slice(2).map((line) => line.split(/ {2,}/).slice(1))
  expect(kinds).toEqual([
    ['spawned', 'f'],
    ['spawned', 'f/child-1'],
    ['started', 'f'],
    ['log', 'f', 'info: hello'],
  ])
})

test('tail ends after its time, and shows only the kind that was asked for', async () => {
  await using desk = await openDesk()
  await desk.run('spawn counter clicks')
  const tailing = await desk.begin('tail --kind restarted --for 5s')
  desk.node.find('clicks')?.tell('crash')
  await desk.node.advance(5_000)
  expect(await tailing.ended).toEqual({ code: 0 })
  expect(desk.out.slice(1)).toEqual([expect.stringMatching(/restarted +clicks +1 restart so far$/)])
})

test('an event carries the time at which it happened, also after an idle hour', async () => {
  await using desk = await openDesk()
  await desk.run('spawn counter clicks')
  await desk.node.advance(3_600_000)
  await desk.run('tell clicks crash')
  const [, failed] = (await desk.answers('tail --since 2h --count 3')).map(
    ({ data }) => data as { at: string; kind: string },
  )
  expect(failed).toMatchObject({ kind: 'failed', at: '2026-01-01T01:00:00.000Z' })
})

test('a trace prints plain lines without a terminal and is bounded by count', async () => {
  await using desk = await openDesk()
  await desk.run('spawn counter clicks', 'spawn family f 0')
  const tracing = await desk.begin('trace clicks --count 5')
  const clicks = desk.node.find('clicks')
  clicks?.tell('increment', 1)
  await desk.node.settle()
  await clicks?.ask('value')
  desk.node.find('f')?.tell('forward', [clicks, 'crash'])
  await desk.node.settle()
  expect(await tracing.ended).toEqual({ code: 0 })
  expect(desk.out.slice(2).map((line) => line.slice(14))).toEqual([
    'sent     (outside) -> clicks  tell increment',
    'handled  clicks  tell increment  handled',
    'sent     (outside) -> clicks  ask value',
    'handled  clicks  ask value  handled',
    'sent     f -> clicks  tell crash',
  ])
  expect(desk.node.runtime.traces.count).toBe(0)
})

test('a trace on a terminal is a diagram, and ends after its time', async () => {
  await using desk = await openDesk({ isTerminal: true })
  await desk.run('spawn counter clicks')
  const tracing = await desk.begin('trace clicks --for 2s')
  const clicks = desk.node.find('clicks')
  await clicks?.ask('value')
  clicks?.tell('crash')
  await desk.node.advance(2_000)
  expect(await tracing.ended).toEqual({ code: 0 })
  const drawn = desk.out
    .slice(1)
    .join('\n')
    .split('\n')
    .map((line) => line.slice(14))
  expect(drawn).toEqual([
    `senders${' '.repeat(28)}clicks`,
    `│${' '.repeat(34)}│`,
    `│── value ${'─'.repeat(24)}▶│`,
    `│◀${'╌'.repeat(24)} value ╌╌│ handled`,
    `│── crash ${'─'.repeat(24)}▶│`,
    `│${' '.repeat(34)}│ crash: handler-failed`,
  ])
})

test('top looks once without a terminal, after a second, and sorts by what was asked for', async () => {
  await using desk = await openDesk()
  await desk.run(
    'spawn counter quick',
    'spawn counter slow',
    'suspend slow',
    'tell slow increment',
    'tell slow increment',
  )
  const looking = await desk.begin('top --sort rate --limit 2')
  for (let n = 0; n < 30; n++) desk.node.find('quick')?.tell('increment')
  await desk.node.advance(1_000)
  expect(await looking.ended).toEqual({ code: 0 })
  const lines = (desk.out.at(-1) ?? '').split('\n')
  expect(lines[0]).toMatch(/^local {2}00:00:01 {2}2 actors, 30 messages\/s, 0 restarts, 0 dead letters$/)
  expect(lines[3]).toMatch(/^quick +counter +● running +0 +30 +30 +0$/)
  const again = await desk.begin('top --sort wait --once --json')
  await desk.node.advance(1_000)
  await again.ended
  const [frame] = desk.out.slice(-2).map((text) => JSON.parse(text) as { data: { rows: unknown[] } })
  expect(frame?.data.rows[0]).toMatchObject({ path: 'slow', waitMs: 1_000, waiting: 2 })
  await desk.run('resume slow')
})

test('top takes the screen of a terminal each second until q is pressed', async () => {
  await using desk = await openDesk({ isTerminal: true })
  await desk.run('spawn counter clicks')
  const looking = await desk.begin('top')
  await desk.node.advance(2_000)
  expect(desk.screens).toHaveLength(2)
  desk.press('space')
  await desk.node.advance(2_000)
  expect(desk.screens).toHaveLength(2)
  desk.press('space')
  await desk.node.advance(1_000)
  expect(desk.screens).toHaveLength(3)
  desk.press('q')
  expect(await looking.ended).toEqual({ code: 0 })
  expect(desk.screens).toBeUndefined()
})

test('help lists every command, and a page of each fits 80 columns and shows examples first', async () => {
  await using desk = await openDesk()
  const list = await desk.run('help')
  for (const { name, summary } of desk.console.commands) {
    expect(list).toMatch(new RegExp(`^ {2}${name}(?: |$)`, 'm'))
    const page = await desk.run(`help ${name}`)
    expect(await desk.run(`${name} --help`)).toBe(page)
    const [before, after] = page.split('\n\n')
    expect(before?.replaceAll('\n', ' ')).toBe(summary)
    expect(after).toMatch(new RegExp(`^ {2}${name}`))
    expect(page.split('\n').filter((line) => line.length > 80)).toEqual([])
  }
})
