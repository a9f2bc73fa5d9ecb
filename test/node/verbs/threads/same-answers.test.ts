// Tests of verbs on an actor in another thread: they answer what they answer on a node without threads.
import { expect, test } from 'vitest'
import { openDesk } from '../../console/desk.ts'
import type { Desk } from '../../console/desk.ts'
import type { Answer } from '../../../../node/console/envelope.ts'

/** The same actors on a node with and without threads: with threads all of them live in the second one. */
async function openPair(): Promise<{ readonly alone: Desk; readonly apart: Desk }> {
  const [alone, apart] = [await openDesk(), await openDesk({ threads: 2 })]
  for (const [desk, place] of [
    [alone, ''],
    [apart, ' --place 2'],
  ] as const) {
    await desk.run(`spawn counter clicks${place}`, 'tell clicks crash', 'tell clicks increment 2')
    await desk.run(`spawn family f 2${place}`, `spawn keeper still${place}`, 'suspend still')
    await desk.run('tell still keep {a: [1, 2]}', `spawn sleeper s${place}`, 'tell s forever', 'tell s wake')
    await desk.run(`spawn account bank/ada 'Ada'${place}`)
  }
  return { alone, apart }
}

/** What the two say must be the same, but for where it comes from. */
function bare(answers: readonly Answer[]): unknown {
  const timeless = answers.map((answer) => ({ ...answer, at: '' }))
  const text = JSON.stringify(timeless, (key, value: unknown) => (key === 'thread' ? undefined : value))
  return JSON.parse(
    text
      .replaceAll(/"id":"\d+\.(\d+)"/g, '"id":$1')
      .replaceAll(/"replayed":\["\d+\.(\d+)"\]/g, '"replayed":[$1]')
      .replaceAll(/"(?:tookMs|cpuMs|cpuShare|seq)":[\d.]+/g, '"x":0'),
  )
}

async function answersOf(desk: Desk, line: string, waitMs: number = 0): Promise<Answer[]> {
  const from = desk.out.length
  const { ended } = await desk.begin(`${line} --json`)
  await desk.node.advance(waitMs)
  await ended
  return desk.out
    .slice(from)
    .flatMap((text) => text.split('\n'))
    .map((text) => JSON.parse(text) as Answer)
}

const lines: readonly (readonly [line: string, waitMs?: number])[] = [
  ['tell clicks increment 3'],
  ['tell clicks incremant'],
  ['tell bank/ada deposit {amount: -1}'],
  ['tell bank/ada deposit {amount: 3}'],
  ['ask clicks value'],
  ['ask clicks crash'],
  ['ask still kept --timeout 50ms', 60],
  ['ask bank/ada deposit {amount: 1n}'],
  ['info clicks'],
  ['info f/child-1'],
  ['info clocks'],
  ['info f/child-9'],
  ['info nobody/at/all'],
  ['state clicks'],
  ['state still --path byName.ada'],
  ['state still --path byName.bob'],
  ['mailbox still'],
  ['mailbox still --peek 0'],
  ['mailbox s'],
  ['why clicks'],
  ['why nobody'],
  ['watch clicks --for 50ms', 60],
  ['watch nobody'],
  ['trace clicks --for 50ms', 60],
  ['trace nobody'],
  ['top clicks --once', 1_000],
  ['top --once --sort restarts', 1_600],
  ['top nobody --once'],
  ['ls'],
  ['ls f'],
  ['ls --definition keeper'],
  ['ls --definition kepper'],
  ['ls --status suspended'],
  ['ls --limit 2'],
  ['ls nobody'],
  ['tree'],
  ['tree f'],
  ['tree --limit 2'],
  ['tree --depth 1'],
  ['dead'],
  ['dead clicks'],
  ['dead f'],
  ['dead --reason handler-failed'],
  ['dead --replay all'],
  ['dead --replay 99'],
  ['dead --replay x'],
  ['tail clicks --since 1m --for 50ms', 400],
  ['tail --kind failed --since 1m --count 1', 400],
  ['stop clicks'],
  ['stop f'],
  ['stop s --timeout 50ms', 60],
  ['kill clicks'],
  ['kill s --for-good'],
  ['restart clicks'],
  ['restart s --timeout 50ms', 60],
  ['suspend clicks'],
  ['suspend still'],
  ['resume still'],
  ['resume clicks'],
  ['definitions counter'],
  ['definitions counta'],
]

test.each(lines.map(([line, waitMs = 0]) => [line, waitMs] as const))(
  '"%s" answers the same for actors in another thread',
  async (line, waitMs) => {
    const pair = await openPair()
    await using alone = pair.alone
    await using apart = pair.apart
    const expected = bare(await answersOf(alone, line, waitMs))
    expect(bare(await answersOf(apart, line, waitMs))).toEqual(expected)
    expect(expected).not.toEqual([])
  },
)

test('what an actor looks like after it has ended is told by the thread that remembers it', async () => {
  const pair = await openPair()
  await using alone = pair.alone
  await using apart = pair.apart
  await alone.run('stop clicks')
  await apart.run('stop clicks')
  const why = bare(await answersOf(alone, 'why clicks'))
  expect(bare(await answersOf(apart, 'why clicks'))).toEqual(why)
  expect(JSON.stringify(why)).toContain('"cause":"stopped"')
})

test('a dead letter has a number that names its thread, and is sent again by it', async () => {
  await using desk = await openDesk({ threads: 2 })
  await desk.run('spawn counter clicks --place 2', 'tell clicks crash')
  const [dead] = await answersOf(desk, 'dead')
  expect(dead?.data).toMatchObject({ letters: [{ id: '2.1', path: 'clicks' }] })
  const [replayed] = await answersOf(desk, 'dead --replay 2.1')
  expect(replayed?.data).toMatchObject({ replayed: ['2.1'] })
  expect((await answersOf(desk, 'dead'))[0]?.data).toMatchObject({ letters: [{ id: '2.2' }] })
  expect((await answersOf(desk, 'dead --replay 7.1'))[0]?.error).toMatchObject({ code: 'letter-unknown' })
})

test('lists, trees and pictures of one actor say in which thread it lives', async () => {
  await using desk = await openDesk({ threads: 2 })
  await desk.run('spawn counter a --place 1', 'spawn counter b --place 2', 'spawn counter c --place main')
  expect((await desk.run('ls')).split('\n').map((line) => line.replaceAll(/ +/g, ' '))).toMatchObject([
    expect.stringContaining('PATH THREAD DEFINITION'),
    expect.stringContaining('c 0 counter'),
    expect.stringContaining('a 1 counter'),
    expect.stringContaining('b 2 counter'),
  ])
  expect(await desk.run('tree')).toMatch(/a {2}counter {2}● running {2}thread 1\n/)
  expect(await desk.run('info b')).toMatch(/^thread +2$/m)
  expect(await desk.run('why b')).toMatch(/^thread +2$/m)
  expect(await desk.run('spawn counter d --place 1')).toBe('d  thread 1')
})
