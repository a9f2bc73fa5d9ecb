// Tests of the envelope: every command can answer programs, with all that people see.
import { expect, test } from 'vitest'
import { commands } from '../../../node/console/table.ts'
import { openDesk } from './desk.ts'
import { giveUpkeep, ledgerFile, write } from './ledger.ts'
import { depositOn, sums } from '../projections/stand.ts'
import type { Desk } from './desk.ts'
import type { Answer } from '../../../node/console/envelope.ts'

/** One line for each command on a node where all have something to show, and what its data must hold. */
const lines: Readonly<Record<string, readonly [line: string, data: object]>> = {
  spawn: ['spawn counter new', { path: 'new', definition: 'counter' }],
  tell: ['tell clicks increment 3', { path: 'clicks', message: 'increment' }],
  ask: ['ask clicks value', { path: 'clicks', message: 'value', reply: 0 }],
  tree: ['tree', { node: 'local', path: null, left: 0 }],
  ls: ['ls', { total: 5 }],
  info: ['info clicks', { path: 'clicks', restart: 'transient' }],
  state: ['state clicks', { path: 'clicks', state: { count: 0 } }],
  mailbox: ['mailbox still', { path: 'still', waiting: 1 }],
  why: ['why clicks', { path: 'clicks', exit: null }],
  watch: ['watch clicks', { path: 'clicks', exit: { cause: 'killed' } }],
  tail: ['tail --since 1m --count 1', { kind: 'spawned' }],
  trace: ['trace clicks --count 1', { kind: 'sent', path: 'clicks' }],
  top: ['top --once', { node: 'local', sort: 'mailbox' }],
  dead: ['dead', { total: 1, kept: 1 }],
  audit: ['audit', { isBalanced: true }],
  events: ['events --actor bank/* --count 1', { actor: 'bank/ada', event: 'deposited', payload: 5 }],
  projections: ['projections totals', { state: { sum: 5 } }],
  'journal ls': ['journal ls', { after: null }],
  'journal show': ['journal show bank/ada', { seq: 1, says: [{ what: 'event', payload: 5 }] }],
  'journal verify': ['journal verify', { isWhole: true }],
  'journal export': ['journal export out', { file: 'out', records: 2 }],
  'journal import': ['journal import in', { file: 'in', present: 2 }],
  'journal compact': ['journal compact', { bytesBefore: 9, bytesAfter: 5 }],
  replay: ['replay purse/eve', { seq: 1, event: 'paid', state: { balance: 5 } }],
  stop: ['stop clicks', { path: 'clicks', exit: { cause: 'stopped' } }],
  kill: ['kill clicks', { path: 'clicks', status: 'running' }],
  restart: ['restart clicks', { path: 'clicks', status: 'running' }],
  suspend: ['suspend clicks', { path: 'clicks', status: 'suspended', isNew: true }],
  resume: ['resume still', { path: 'still', isNew: true }],
  threads: ['threads', { replaced: 0 }],
  move: ['move clicks 2', { path: 'clicks', to: 2, hasMoved: true, whyNot: null }],
  spread: ['spread --over 500ms', { goal: 'spread', overMs: 500 }],
  rebalance: ['rebalance --dry-run --over 500ms', { goal: 'rebalance' }],
  definitions: ['definitions counter', {}],
  entities: ['entities', { resident: 0, waiting: 0 }],
  load: [
    `load ${new URL('../../../scenarios/hello/greeter.ts', import.meta.url).pathname}`,
    { definitions: ['greeter'] },
  ],
  run: ['run script', { file: 'script', lines: 1 }],
  help: ['help', { isOne: false }],
  exit: ['exit', {}],
}

/** What needs a cluster: its envelopes are tested beside what it tells, in cluster.test.ts. */
const clustered: readonly string[] = [
  'nodes',
  'cluster',
  'cluster simulate-partition',
  'views',
  'homes',
  'drain',
]
const alone = commands.filter(({ name }) => !clustered.includes(name))

/** What needs threads to be of any use. */
const threaded: readonly string[] = ['threads', 'move', 'spread', 'rebalance']
/** Tables that have a row only where threads are really busy. */
const mayBeEmpty: readonly string[] = ['spread', 'rebalance']

async function openBusyDesk(command: string): Promise<Desk> {
  const desk = await openDesk({ threads: threaded.includes(command) ? 2 : 0 })
  await desk.run('spawn counter clicks', 'tell clicks crash', 'spawn family f 2')
  await desk.run('spawn keeper still', 'suspend still', `tell still keep {a: 1}`)
  desk.disk.files.set('script', 'suspend clicks')
  await desk.node.definitions.load(ledgerFile)
  await depositOn(desk.node, 'bank/ada', 5)
  desk.node.entities(desk.node.definitions.get('counter'))
  await write(desk.node, 'purse/eve', [{ events: [['paid', 5, 1]] }])
  await desk.run('journal export in')
  desk.out.length = 0
  giveUpkeep(desk.node)
  await desk.node.project({ name: 'totals', ...sums })
  return desk
}

/** Runs a line of the table above to its end. */
async function answersOf(desk: Desk, line: string): Promise<Answer[]> {
  const from = desk.out.length
  const { ended } = await desk.begin(`${line} --json`)
  desk.node.find('clicks')?.tell('increment')
  await desk.node.advance(1_000)
  if (line.startsWith('watch')) {
    const cell = desk.node.runtime.cellAt('clicks')
    if (cell !== undefined) desk.node.operator.killForGood(cell)
    await desk.node.settle()
  }
  await ended
  return desk.out
    .slice(from)
    .flatMap((text) => text.split('\n'))
    .map((text) => JSON.parse(text) as Answer)
}

test('there is a line for each command', () => {
  expect([...Object.keys(lines), ...clustered].toSorted()).toEqual(
    commands.map(({ name }) => name).toSorted(),
  )
})

test.each(alone.map((command) => [command.name, command] as const))(
  '%s answers in envelopes that hold what its table shows',
  async (name, command) => {
    await using desk = await openBusyDesk(name)
    const [line, expected] = lines[name] ?? ['', {}]
    const answers = (await answersOf(desk, line)).filter((answer) => answer.command === name)
    for (const answer of answers) {
      expect(answer).toMatchObject({
        schema: 'troupe.console/v1',
        command: name,
        status: 'ok',
        at: expect.stringMatching(/^2026-01-01T00:00:0\d\.\d{3}Z$/),
      })
    }
    const [first] = answers
    expect(first?.data).toMatchObject(expected)
    if (command.answers === 'stream')
      expect(answers.at(-1)).toMatchObject({ end: { records: answers.length - 1, reason: 'complete' } })
    else expect(answers).toHaveLength(1)
    if (command.table === undefined) return
    const rows = command.table.rows(first?.data as never) as readonly object[]
    if (!mayBeEmpty.includes(name)) expect(rows.length).toBeGreaterThan(0)
    for (const row of rows) {
      for (const { field } of command.table.columns) expect(row).toHaveProperty(field)
    }
  },
)

test('a console that speaks JSON says everything in envelopes, faults too', async () => {
  await using desk = await openDesk({ isJson: true })
  await desk.run('spawn counter clicks', 'tell clicks incremant', 'frobnicate', 'ask clicks value')
  expect(desk.notices).toEqual([])
  const answers = desk.out.map((text) => JSON.parse(text) as Answer)
  expect(answers.map(({ command, status, data, error }) => [command, status, data ?? error?.code])).toEqual([
    ['spawn', 'ok', { path: 'clicks', definition: 'counter' }],
    ['tell', 'error', 'message-unknown'],
    ['frobnicate', 'error', 'command-unknown'],
    ['ask', 'ok', expect.objectContaining({ reply: 0 })],
  ])
  expect(answers[1]?.error).toMatchObject({
    hint: expect.stringContaining('increment'),
    message: expect.any(String),
  })
})

test('a line that asks for JSON gets its fault as JSON, also when it is not understood', async () => {
  await using desk = await openDesk()
  expect((await desk.answers('ls --limt 3'))[0]).toMatchObject({
    status: 'error',
    error: { code: 'option-unknown' },
  })
  expect((await desk.answers('info nobody'))[0]).toMatchObject({
    command: 'info',
    error: { code: 'actor-unknown' },
  })
})

test('a stream that is cancelled ends with a record that says so', async () => {
  await using desk = await openDesk()
  const { ended } = await desk.begin('tail --json')
  desk.console.cancel()
  expect(await ended).toEqual({ code: 130 })
  expect(JSON.parse(desk.out.at(-1) ?? '')).toMatchObject({ command: 'tail', end: { reason: 'cancelled' } })
})

test('every envelope stands on one line, whatever it carries', async () => {
  await using desk = await openDesk()
  await desk.run('spawn keeper box', String.raw`tell box keep 'a\nb\u2028c'`, 'ask box kept --json')
  expect(desk.out.at(-1)?.split('\n')).toHaveLength(1)
  expect(JSON.parse(desk.out.at(-1) ?? '')).toMatchObject({ data: { reply: 'a\nb\u2028c' } })
})
