// Tests of the journal commands: what they list, show, check, and make again of the past.
import { expect, test } from 'vitest'
import { openDesk } from './desk.ts'
import { giveUpkeep, ledgerFile, write } from './ledger.ts'
import type { Desk } from './desk.ts'

async function openLedger(options: Parameters<typeof openDesk>[0] = {}): Promise<Desk> {
  const desk = await openDesk(options)
  await desk.node.definitions.load(ledgerFile)
  await write(desk.node, 'bank/ada', [
    { events: [['paid', 5, 1]], of: { tags: ['money', 'eur'] } },
    {
      events: [
        ['paid', 2, 1],
        ['renamed', 'Ada', 1],
      ],
    },
    { state: { version: 1, data: { owner: 'Ada', balance: 7 } }, of: { kind: 'snapshot' } },
    { events: [['paid', -1, 1]], of: { wakeMs: Date.parse('2026-01-02T00:00:00Z') } },
  ])
  await write(desk.node, 'bank/bob', [
    {
      timers: [
        { key: 'k', name: 'tick', payload: 1, dueMs: 1_767_225_600_000, periodMs: 1_000, catchUp: 'once' },
        { key: 'old' },
      ],
      sender: 's1',
      sent: [{ to: 'bank/ada', number: 1, name: 'pay', payload: new Map([['eur', 1]]) }],
      arrived: [['bank/eve', 3]],
      handled: [['bank/eve', 's2', 4]],
      replies: [['key', 'ok'], ['quiet']],
      of: { wakeMs: 0 },
    },
  ])
  await write(desk.node, 'shop', [{ events: [['opened', undefined, 2]] }, { of: { kind: 'end' } }])
  return desk
}

test('journal ls has a line for each actor with its numbers, its snapshot, its wake and its end', async () => {
  await using desk = await openLedger()
  expect(
    (await desk.run('journal ls')).split('\n').map((line) => line.split(/\s+/).filter((word) => word !== '')),
  ).toEqual([
    ['PATH', 'FIRST', 'LAST', 'EPOCH', 'AT', 'SNAPSHOT', 'WAKE', 'ENDED'],
    ['bank/ada', '1', '3', '1', '2026-01-01T00:00:00.000Z', '2', '2026-01-02T00:00:00.000Z'],
    ['bank/bob', '1', '1', '1', '2026-01-01T00:00:00.000Z', 'now'],
    ['shop', '2', '2', '1', '2026-01-01T00:00:00.000Z', 'yes'],
  ])
})

test('journal ls is narrowed by a pattern, cut at a limit, and says where to go on', async () => {
  await using desk = await openLedger()
  const paths = async (line: string): Promise<unknown> => {
    const [answer] = await desk.answers(line)
    const { actors, after } = answer?.data as { actors: { path: string }[]; after: string | null }
    return [actors.map(({ path }) => path), after]
  }
  expect(await paths(`journal ls 'bank/*'`)).toEqual([['bank/ada', 'bank/bob'], null])
  expect(await paths(`journal ls '**'`)).toEqual([['bank/ada', 'bank/bob', 'shop'], null])
  expect(await paths(`journal ls 'b*/bob'`)).toEqual([['bank/bob'], null])
  expect(await paths('journal ls shop')).toEqual([['shop'], null])
  expect(await paths(`journal ls 'nobody/*'`)).toEqual([[], null])
  expect(await paths('journal ls --limit 1')).toEqual([['bank/ada'], 'bank/ada'])
  expect(await paths('journal ls --limit 1 --after bank/ada')).toEqual([['bank/bob'], 'bank/bob'])
  expect(await paths(`journal ls 'bank/*' --after bank/ada --limit 5`)).toEqual([['bank/bob'], null])
  expect(await desk.run('journal ls --limit 1')).toContain('go on with --after bank/ada')
})

test('journal show tells what each record says', async () => {
  await using desk = await openLedger()
  await desk.run('journal show bank/ada')
  expect(desk.out.splice(0).join('\n').split('\n')).toEqual([
    '1  2026-01-01T00:00:00.000Z  commit  epoch 1  [money, eur]',
    '  event     paid  5',
    '2  2026-01-01T00:00:00.000Z  commit  epoch 1',
    '  event     paid  2',
    `  event     renamed  'Ada'`,
    '2  2026-01-01T00:00:00.000Z  snapshot  epoch 1',
    `  state     { owner: 'Ada', balance: 7 }  version 1`,
    '3  2026-01-01T00:00:00.000Z  commit  epoch 1',
    '  event     paid  -1',
  ])
  await desk.run('journal show bank/bob')
  expect(desk.out.splice(0).join('\n').split('\n').slice(1)).toEqual([
    '  timer     k → tick  1 at 2026-01-01T00:00:00.000Z and every 1s, once',
    '  timer-ended  old',
    '  sender    s1',
    `  letter    1 → bank/ada: pay  Map('eur' => 1)`,
    '  arrived   at bank/eve up to 3',
    '  handled   from bank/eve up to 4, signed s2',
    `  reply     key  'ok'`,
    '  reply     quiet',
  ])
  expect(await desk.run('journal show shop')).toBe('2  2026-01-01T00:00:00.000Z  end  epoch 1')
})

test('journal show begins and ends where it is told, and says so where there is nothing', async () => {
  await using desk = await openLedger()
  const numbers = async (line: string): Promise<unknown> =>
    (await desk.answers(line)).map(
      ({ data, end }) => (data as { seq: number } | undefined)?.seq ?? end?.records,
    )
  expect(await numbers('journal show bank/ada --from 2')).toEqual([2, 2, 3, 3])
  expect(await numbers('journal show bank/ada --to 1')).toEqual([1, 1])
  expect(await numbers('journal show bank/ada --from 2 --limit 1')).toEqual([2, 1])
  for (const line of ['journal show nobody', 'journal show bank/ada --from 4'])
    expect(await desk.fail(line)).toMatchObject({ code: 1, fault: { code: 'record-unknown' } })
})

test('journal verify says that a sound journal is whole, and no where a record cannot be read', async () => {
  await using desk = await openLedger()
  expect((await desk.run('journal verify')).split('\n')).toEqual([
    '✔ the journal is whole',
    'actors   3',
    'records  6',
  ])
  await write(desk.node, 'bank/eve', [{ of: { body: Uint8Array.of(1, 2, 3) } }])
  const from = desk.out.length
  expect(await desk.fail('journal verify')).toMatchObject({ code: 1 })
  expect(desk.out.slice(from).join('\n')).toMatch(
    /^✖ 1 place is damaged\n[\s\S]*\n {2}actor {2}record 1 of "bank\/eve" says nothing: /,
  )
  expect(await desk.run('journal show bank/eve')).toMatch(/\n {2}unreadable {2}Cannot decode/)
})

test('what is done to files is refused of a journal in memory, and everything of a node without one', async () => {
  await using desk = await openLedger()
  expect(await desk.fail('journal compact')).toMatchObject({ code: 1, fault: { code: 'upkeep-missing' } })
  Object.assign(desk.node.runtime.host, { durability: undefined })
  for (const line of [
    'journal ls',
    'journal verify',
    'journal show x',
    'journal export f',
    'replay x',
    'state x --at 1',
  ])
    expect(await desk.fail(line)).toMatchObject({ code: 1, fault: { code: 'journal-missing' } })
})

test('state --at is the state as it was after that record, of the living and of others, and touches nobody', async () => {
  await using desk = await openLedger()
  const at = (seq: number): Promise<string> => desk.run(`state bank/ada --at ${seq} --definition purse`)
  expect(await at(1)).toBe(`{ owner: 'nobody', balance: 5 }`)
  expect(await at(2)).toBe(`{ owner: 'Ada', balance: 7 }`)
  expect(await at(3)).toBe(`{ owner: 'Ada', balance: 6 }`)
  expect(await desk.run('state bank/ada --at 3 --definition purse --path balance')).toBe('6')
  expect(await desk.fail('state bank/ada --at 4 --definition purse')).toMatchObject({
    fault: { code: 'record-unknown' },
  })
  expect(await desk.fail('state bank/ada --at 1')).toMatchObject({ fault: { code: 'argument-missing' } })
  expect(await desk.fail('state bank/ada --at 1 --definition nothing')).toMatchObject({
    fault: { code: 'definition-unknown' },
  })
  await desk.run(`spawn purse bank/eve 'Eve'`, 'tell bank/eve pay 1', 'tell bank/eve pay 2')
  expect(await desk.run('state bank/eve --at 1')).toBe(`{ owner: 'Eve', balance: 1 }`)
  expect(await desk.run('state bank/eve')).toBe(`{ owner: 'Eve', balance: 3 }`)
  expect((await desk.answers('state bank/eve --at 2'))[0]?.data).toEqual({
    path: 'bank/eve',
    version: 1,
    seq: 2,
    state: { owner: 'Eve', balance: 3 },
  })
})

test('the state of an entity that sleeps is known by its path, and made with its key', async () => {
  await using desk = await openLedger()
  await write(desk.node, 'purse/zoe', [{ events: [['paid', 1, 1]] }])
  expect(await desk.run('state purse/zoe --at 1')).toBe(`{ owner: 'zoe', balance: 1 }`)
})

test('replay goes through the events one by one, with the state after each', async () => {
  await using desk = await openLedger()
  await desk.run('replay bank/ada --definition purse')
  expect(desk.out.splice(0).join('\n').split('\n')).toEqual([
    '1  2026-01-01T00:00:00.000Z  paid  5',
    `  → { owner: 'nobody', balance: 5 }`,
    '2  2026-01-01T00:00:00.000Z  paid  2',
    `  → { owner: 'nobody', balance: 7 }`,
    `2  2026-01-01T00:00:00.000Z  renamed  'Ada'`,
    `  → { owner: 'Ada', balance: 7 }`,
    '3  2026-01-01T00:00:00.000Z  paid  -1',
    `  → { owner: 'Ada', balance: 6 }`,
  ])
  await desk.run('replay bank/ada --definition purse --from 3')
  expect(desk.out.splice(0)).toEqual([expect.stringContaining('balance: 6')])
  await desk.run('replay bank/ada --definition purse --to 1')
  expect(desk.out.splice(0)).toEqual([expect.stringContaining('balance: 5')])
  expect(await desk.fail('replay bank/ada --definition purse --from 4')).toMatchObject({
    fault: { code: 'record-unknown' },
  })
})

test('where the first records were dropped the past begins with the snapshot', async () => {
  await using desk = await openLedger()
  await write(desk.node, 'bank/old', [
    { events: [['paid', 1, 1]] },
    { events: [['paid', 2, 1]] },
    { state: { version: 1, data: { owner: 'old', balance: 3 } }, of: { kind: 'snapshot', keepFrom: 3 } },
    { events: [['paid', 4, 1]] },
  ])
  expect(await desk.run('state bank/old --at 3 --definition purse')).toBe(`{ owner: 'old', balance: 7 }`)
  expect(await desk.fail('state bank/old --at 1 --definition purse')).toMatchObject({
    fault: { code: 'record-unknown' },
  })
  await desk.run('replay bank/old --definition purse')
  expect(desk.out.splice(-2)).toEqual([
    expect.stringContaining('(state)'),
    expect.stringContaining('balance: 7'),
  ])
})

test('an event that the code of today does not know ends the replay with a fault', async () => {
  await using desk = await openLedger()
  await write(desk.node, 'bank/eve', [{ events: [['paid', 1, 1]] }, { events: [['burnt', 1, 1]] }])
  const outcome = await desk.fail('replay bank/eve --definition purse')
  expect(outcome).toMatchObject({ code: 1, fault: { code: 'event-unknown' } })
  expect(desk.out.at(-1)).toContain('balance: 1')
})

test('journal verify shows what the files are found to be, and where', async () => {
  await using desk = await openLedger()
  const upkeep = giveUpkeep(desk.node)
  upkeep.findings.push(
    { kind: 'tail-cut', isDamage: false, file: '3.log', bytes: 12, text: '12 bytes were torn' },
    {
      kind: 'hole',
      isDamage: true,
      file: '2.log',
      offset: 64,
      bytes: 9,
      positions: [4, 6],
      text: 'not what was written',
    },
  )
  expect(await desk.fail('journal verify')).toMatchObject({ code: 1 })
  expect(desk.out.at(-1)?.split('\n')).toEqual([
    '✖ 1 place is damaged',
    'actors   3',
    'records  6',
    'bytes    9 bytes in 2 segments',
    '  tail-cut  3.log, 12 bytes: 12 bytes were torn',
    '  hole  2.log at 64, 9 bytes, positions 4 to 5: not what was written',
  ])
})

test('journal compact tells what it has given back', async () => {
  await using desk = await openLedger()
  giveUpkeep(desk.node)
  expect(await desk.run('journal compact')).toBe('✔ 9 bytes → 5 bytes, 2 → 1 segment, 3 records dropped')
})

test('long work is followed by a bar on a terminal, by a line now and then elsewhere, and by nothing in JSON', async () => {
  const told = async (options: Parameters<typeof openDesk>[0], line: string): Promise<Desk> => {
    await using desk = await openLedger(options)
    const upkeep = giveUpkeep(desk.node)
    upkeep.isHeld = true
    const running = await desk.begin(line)
    upkeep.progress?.(25, 100)
    await desk.node.advance(5_500)
    upkeep.letGo()
    expect(await running.ended).toEqual({ code: 0 })
    return desk
  }
  const terminal = await told({ isTerminal: true }, 'journal compact')
  expect(terminal.redrawn.at(-2)).toMatch(/^█{7}░{23} {3}25 %, 25 bytes of 100 bytes/)
  expect(terminal.redrawn.at(-1)).toBe('')
  expect(terminal.notices).toEqual([])
  const pipe = await told({}, 'journal compact')
  expect(pipe.notices).toEqual(['journal compact   25 %, 25 bytes of 100 bytes, 5 bytes/s, 15s left'])
  const json = await told({ isTerminal: true }, 'journal compact --json')
  expect([...json.redrawn, ...json.notices]).toEqual([])
})

test('a family of commands is explained as one, and its first word alone is none', async () => {
  await using desk = await openDesk()
  for (const line of ['help journal', 'journal --help'])
    expect(await desk.run(line)).toMatch(/^ {2}journal ls {7}Lists the actors[\s\S]*journal compact/)
  expect(await desk.run('help journal ls')).toBe(await desk.run('journal ls --help'))
  expect(await desk.fail('journal')).toMatchObject({
    code: 2,
    fault: { code: 'command-unknown', hint: expect.stringContaining('journal ls, journal show') },
  })
  expect(await desk.fail('journal shwo x')).toMatchObject({
    code: 2,
    fault: { hint: expect.stringContaining('Did you mean "journal show"?') },
  })
})
