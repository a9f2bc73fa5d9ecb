// Tests of bad input at the console: each ends in its fault, says what to do, and leaves the node well.
import { expect, test } from 'vitest'
import { openDesk } from './desk.ts'
import { hostileText } from './cast.ts'
import { payloadDepthMax } from '../../../runtime/payload.ts'
import { followersMax } from '../../../runtime/event-log.ts'
import { jobsMax } from '../../../node/console/jobs.ts'
import { lineCharactersMax } from '../../../node/console/tokens.ts'
import { scannedActorsMax } from '../../../node/verbs/scan.ts'

/** Lines on a node with a counter "clicks", an account "bank/ada" and a keeper "box", and the fault that each ends in. */
const misunderstood: readonly (readonly [line: string, code: string, hint: string | RegExp])[] = [
  ['tel clicks increment', 'command-unknown', 'Did you mean "tell"?'],
  ['\u001B[2Jhelp', 'line-invalid', 'Close it'],
  ['\u001Bhelp', 'command-unknown', 'Did you mean "help"?'],
  ['frobnicate', 'command-unknown', 'See all with "help"'],
  ['ls --limt 3', 'option-unknown', 'Write --limit'],
  ['exit --now', 'option-unknown', 'It has none.'],
  ['tell', 'argument-missing', 'Write: tell ACTOR MESSAGE [PAYLOAD]'],
  ['tell clicks', 'argument-missing', 'Write: tell ACTOR MESSAGE [PAYLOAD]'],
  ['ls --limit', 'argument-missing', 'Write: ls'],
  ['ask clicks value --timeout=', 'argument-missing', 'Write: ask'],
  ['info clicks now', 'argument-unexpected', 'Write: info ACTOR'],
  ['ls --limit many', 'argument-invalid', 'whole number'],
  ['ls --limit 0', 'argument-invalid', 'a whole number from 1 to 10000'],
  ['ls --limit 99999', 'argument-invalid', 'a whole number from 1 to 10000'],
  ['ls --limit 1.5', 'argument-invalid', 'whole number'],
  ['ls --limit 2 --limit 3', 'argument-invalid', 'Give it once.'],
  ['ls --status runing', 'argument-invalid', 'Write running'],
  ['ask clicks value --timeout 5', 'argument-invalid', 'Write 5s for seconds or 5ms for milliseconds.'],
  ['ask clicks value --timeout soon', 'argument-invalid', '200ms, 5s, 2m'],
  ['ask clicks value --timeout 0s', 'argument-invalid', 'a time from 1ms to'],
  ['ask clicks value --timeout 900h', 'argument-invalid', 'a time from 1ms to'],
  ['kill clicks --for-good=maybe', 'argument-invalid', 'true or false'],
  ['state clicks --path=', 'argument-missing', 'Write: state'],
  ['tell clicks increment three', 'payload-invalid', `Quote a text: 'three'.`],
  ['tell clicks increment Good day', 'payload-invalid', `Quote a text: 'Good day'.`],
  ['tell clicks increment {a: }', 'payload-invalid', 'JSON5 literal'],
  ['spawn account bank/eve Eve', 'payload-invalid', `Quote a text: 'Eve'.`],
  ['tell clicks increment {a: [1}', 'line-invalid', 'in the order'],
  ['tell clicks increment {a: [1]', 'line-invalid', 'Close it'],
  [`tell clicks increment 'abc`, 'line-invalid', 'Close it'],
  [`tell clicks increment "${'x'.repeat(lineCharactersMax)}"`, 'line-too-long', 'Send less'],
]

test.each(misunderstood)('a line that cannot be understood runs nothing: %.60s', async (line, code, hint) => {
  await using desk = await openDesk()
  await desk.run('spawn counter clicks')
  const outcome = await desk.fail(line)
  expect(outcome.code).toBe(2)
  expect(outcome.fault?.code).toBe(code)
  expect(outcome.fault?.hint).toMatch(hint)
  expect(desk.notices).toHaveLength(1)
  expect(desk.notices[0]).toMatch(new RegExp(`^${code}: .+\\n→ .+$`))
  expect(await desk.run('ask clicks value')).toBe('0')
})

const refused: readonly (readonly [line: string, code: string, hint: string])[] = [
  ['help frobnicate', 'command-unknown', 'See all with "help"'],
  ['spawn countr x', 'definition-unknown', 'Did you mean "counter"?'],
  ['definitions nothing', 'definition-unknown', 'Loaded are account'],
  ['ls --definition acount', 'definition-unknown', 'Did you mean "account"?'],
  ['tell clikcs increment', 'actor-unknown', 'Did you mean "clicks"?'],
  ['ask bank/ado balance', 'actor-unknown', 'Did you mean "bank/ada"?'],
  ['why nobody/here', 'actor-unknown', 'See who lives with "tree"'],
  ['tree bank', 'actor-unknown', 'tree'],
  ['info ../clicks', 'actor-unknown', 'clicks'],
  ['info clicks/*', 'actor-unknown', 'clicks'],
  [`info ''`, 'argument-invalid', 'Give a path'],
  [`info ${'x/'.repeat(2_000)}`, 'actor-unknown', 'tree'],
  ['tell clicks incremant', 'message-unknown', 'Did you mean "increment"?'],
  ['ask clicks toString', 'message-unknown', 'It has crash, increment, value.'],
  ['ask clicks __proto__', 'message-unknown', 'It has'],
  ['spawn counter clicks', 'name-taken', 'another name'],
  ['spawn counter ../x', 'name-invalid', 'Use letters'],
  ['spawn counter <script>', 'name-invalid', 'Use letters'],
  ['spawn counter a\u202Eb', 'name-invalid', 'Use letters'],
  ['spawn counter "a\\u0007b"', 'name-invalid', 'Use letters'],
  [`spawn counter ${'n'.repeat(4_096)}`, 'name-invalid', 'Use letters'],
  ['spawn counter a$1', 'name-invalid', 'Use letters'],
  ['spawn stillborn s', 'start-failed', 'Read the cause'],
  ['tell bank/ada deposit {amount: "5"}', 'payload-refused', 'See what "deposit" accepts'],
  ['tell bank/ada deposit', 'payload-refused', 'See what "deposit" accepts'],
  ['ask bank/ada broken 1', 'payload-refused', 'Read the cause'],
  ['tell box keep {"__proto__": 1}', 'payload-unencodable', 'plain data'],
  [
    `tell box keep ${'['.repeat(payloadDepthMax + 1)}${']'.repeat(payloadDepthMax + 1)}`,
    'payload-unencodable',
    'plain data',
  ],
  ['dead --replay 99', 'letter-unknown', 'See which are kept'],
  ['dead --replay some', 'argument-invalid', 'a number from the list, or "all"'],
  ['state box --path kept.deep', 'state-missing', 'joined by dots'],
  ['run nowhere.txt', 'file-unreadable', 'Check its path'],
  ['load nowhere.ts', 'file-unloadable', ''],
]

test.each(refused)('a line that cannot be done says why and what to do: %.60s', async (line, code, hint) => {
  await using desk = await openDesk()
  await desk.run('spawn counter clicks', 'spawn account bank/ada', 'spawn keeper box')
  const outcome = await desk.fail(line)
  expect(outcome.fault?.code).toBe(code)
  expect(outcome.code).toBe(code === 'argument-invalid' && !line.startsWith('dead') ? 2 : 1)
  expect(outcome.fault?.hint).toContain(hint)
  // What is shown is fit for a terminal, whatever was typed.
  expect(desk.notices.join('\n').replaceAll('\n', '')).not.toMatch(/[\p{C}]/u)
  expect(desk.node.runtime.host.totals.actors).toBe(3)
})

test('the issues of a schema are listed with their paths, and what it completes is what arrives', async () => {
  await using desk = await openDesk()
  await desk.run('spawn account bank/ada')
  const { fault } = await desk.fail('tell bank/ada deposit {amount: -5}')
  expect(fault?.message).toContain('$.amount: must be positive; $: looks odd')
  expect(fault?.details).toEqual({
    issues: [
      { path: '$.amount', message: 'must be positive' },
      { path: '$', message: 'looks odd' },
    ],
  })
  await desk.run('ask bank/ada deposit {amount: 5}')
  expect(await desk.run('state bank/ada')).toBe(`{ owner: 'nobody', balance: 5, currency: 'EUR' }`)
})

test('a schema that never answers is cancelled with the command', async () => {
  await using desk = await openDesk()
  await desk.run('spawn account bank/ada')
  const asking = desk.console.execute('ask bank/ada endless')
  await desk.node.settle()
  expect(desk.console.cancel()).toBe(true)
  expect(await asking).toMatchObject({ code: 130, fault: { code: 'command-cancelled' } })
  expect(desk.notices).toEqual(['cancelled'])
  expect(desk.console.cancel()).toBe(false)
})

test('a tell that the mailbox refuses is told, and one to a stopping actor too', async () => {
  await using desk = await openDesk()
  await desk.run('spawn narrow n', 'tell n forever', 'tell n take', 'tell n take')
  expect((await desk.fail('tell n take')).fault?.code).toBe('mailbox-full')
  desk.node.find('n')?.stop()
  expect((await desk.fail('tell n take')).fault?.code).toBe('actor-stopped')
  await desk.run('kill n')
})

test('handlers that misbehave end in their faults, fit to be shown', async () => {
  await using desk = await openDesk()
  await desk.run('spawn villain v --restart temporary')
  expect(await desk.run('ask v reply')).toBe(String.raw`'\u001b[31m\u202eevil\u0007\n<b>'`)
  expect(await desk.run('ask v bomb')).toBe(`'first'`)
  expect((await desk.fail('ask v unencodable')).fault?.code).toBe('payload-unencodable')
  expect((await desk.fail('ask v throwFault')).fault?.code).toBe('villain-caught')
  await desk.run('tell v log', 'tail --since 1m --kind log --count 1')
  expect((await desk.fail('ask v throwText')).fault?.code).toBe('handler-failed')
  await desk.run('spawn villain v --restart temporary')
  expect((await desk.fail('ask v reject')).fault?.message).toContain('it threw null')
  await desk.run('why v', 'dead', 'dead --json')
  expect([...desk.out, ...desk.notices].join('\n').replaceAll('\n', '')).not.toMatch(/[\p{C}]/u)
  expect(hostileText).toMatch(/[\p{C}]/u)
})

test('a handler that never ends costs the asker its deadline and nobody else anything', async () => {
  await using desk = await openDesk()
  await desk.run('spawn sleeper bed', 'spawn counter clicks')
  expect((await desk.runFor(200, 'ask bed forever --timeout 200ms')).fault?.code).toBe('ask-expired')
  expect((await desk.runFor(1_000, 'restart bed --timeout 1s')).fault).toMatchObject({
    code: 'restart-expired',
    message: expect.stringContaining('it is busy'),
  })
  expect((await desk.runFor(1_000, 'watch bed --for 1s')).fault?.code).toBe('watch-expired')
  expect((await desk.runFor(1_000, 'stop bed --timeout 1s')).fault?.code).toBe('stop-expired')
  expect(await desk.run('ask clicks value')).toBe('0')
  await desk.node.advance(5_000)
  expect((await desk.fail('info bed')).fault?.code).toBe('actor-unknown')
})

test('a stream too many beside the prompt is refused, and so is a follower too many', async () => {
  await using desk = await openDesk()
  for (let n = 0; n < jobsMax; n++) expect((await desk.fail('tail &')).code).toBe(0)
  expect((await desk.fail('tail &')).fault?.code).toBe('jobs-full')
  expect(desk.console.cancel()).toBe(true)
  await desk.node.settle()
  const { events } = desk.node.runtime.host
  for (let n = 0; n < followersMax; n++) events.follow(() => n)
  expect((await desk.fail('tail')).fault?.code).toBe('followers-full')
  // Who must act can act all the same.
  expect(await desk.run('spawn counter clicks', 'kill clicks')).toContain('1 restart')
})

test('a filter over too many actors is refused with advice, a plain list is not', async () => {
  await using desk = await openDesk()
  await desk.run('spawn family f 0', `ask f more ${scannedActorsMax} --timeout 1h`)
  const { fault } = await desk.fail('ls --status failed')
  expect(fault).toMatchObject({ code: 'scan-too-wide', hint: expect.stringContaining('Narrow it') })
  expect((await desk.fail('top')).fault?.code).toBe('scan-too-wide')
  expect(await desk.run('ls --limit 1')).toContain(`${scannedActorsMax} more`)
})

test('a bug in a command is told as one, and the console lives on', async () => {
  await using desk = await openDesk()
  const { events } = desk.node.runtime.host
  const recent = events.recent.bind(events)
  events.recent = () => {
    throw new TypeError('events are broken')
  }
  await desk.run('spawn counter clicks')
  expect((await desk.fail('info clicks')).fault).toMatchObject({
    code: 'command-failed',
    message: expect.stringContaining('TypeError: events are broken'),
  })
  events.recent = recent
  expect(await desk.run('info clicks')).toContain('counter')
})
