// Tests of the console on a node with threads: what it completes, tells and prints.
import { expect, test } from 'vitest'
import { banner } from '../../../node/console/banner.ts'
import { Bulletin } from '../../../node/console/bulletin.ts'
import { completion } from '../../../node/console/completion.ts'
import { sizeText } from '../../../node/console/size-text.ts'
import { openDesk } from './desk.ts'
import { TestNode } from 'troupe/testing'
import type { Desk } from './desk.ts'

async function openSet(): Promise<Desk> {
  const desk = await openDesk({ threads: 2 })
  await desk.run(
    'spawn counter clicks --place 1',
    'spawn counter clocks --place 2',
    'spawn family f 1 --place 2',
  )
  return desk
}

const places: readonly (readonly [line: string, offers: readonly string[]])[] = [
  ['tell cl', ['clicks', 'clocks']],
  ['info f/', ['f/child-1']],
  ['tell clicks in', ['increment']],
  ['tell f/child-1 ke', ['keep', 'kept']],
  ['tell nobody in', []],
  ['tell f/nobody in', []],
  ['move clo', ['clocks']],
  ['thr', ['threads']],
]

test.each(places)('"%s" is completed from all threads', async (line, offers) => {
  await using desk = await openSet()
  expect((await completion(line, desk.console)).offers.toSorted()).toEqual(offers)
})

test('Tab does not wait long for a thread that is blocked', async () => {
  await using desk = await openSet()
  desk.node.threads.freeze(1)
  const completing = completion('tell cl', desk.console)
  await desk.node.advance(250)
  expect((await completing).offers).toEqual(['clocks'])
  desk.node.threads.thaw(1)
})

test('what fails in any thread is told at the prompt, and so is the loss of one', async () => {
  await using desk = await openSet()
  const told: string[] = []
  const bulletin = new Bulletin(desk.node, desk.style, (text) => void told.push(text))
  bulletin.release()
  await desk.node.settle()
  desk.node.find('clicks')?.tell('crash')
  await desk.node.advance(1_000)
  expect(told.join('\n')).toMatch(/clicks failed: handler-failed.*\n.*clicks restarted/)
  desk.node.killThread(2)
  await desk.node.advance(1_000)
  expect(told.join('\n')).toMatch(/thread 2 thread-lost: thread-crashed/)
  bulletin.close()
  desk.node.find('clicks')?.tell('crash')
  const before = told.length
  await desk.node.advance(1_000)
  expect(told).toHaveLength(before)
})

test('the banner says how many threads there are', async () => {
  await using desk = await openSet()
  expect(banner(desk.node, '1.0', desk.style)).toMatch(/^Troupe 1\.0, node local, 2 threads; /)
})

test('threads are listed with what is in them', async () => {
  await using desk = await openSet()
  const lines = (await desk.run('threads')).split('\n')
  expect(lines[0]).toMatch(/^SLOT +ID +STATUS +ROOTS +ACTORS +LOAD/)
  expect(lines.slice(1).map((line) => line.trim().split(/ +/).slice(0, 5))).toMatchObject([
    ['0', '0', 'main', '0', '0'],
    ['1', '1', 'up', '1', '1'],
    ['2', '2', 'up', '2', '3'],
    ['3', 'spare', '0', '0', '%'],
  ])
})

test('without threads there is one line, and a word on how to have more', async () => {
  await using desk = await openDesk()
  expect(await desk.run('threads')).toMatch(/main[\s\S]*"troupe --threads 2" starts two more/)
  for (const line of ['move clicks 1', 'spread', 'rebalance --dry-run'])
    expect((await desk.fail(line)).fault?.code).toBe('thread-unknown')
  expect(await desk.run('spawn counter a --place main', 'spawn counter b --place auto')).toBe('b')
  expect((await desk.fail('spawn counter c --place 1')).fault?.code).toBe('thread-unknown')
})

test('a move is told with what went and how long it took, and a plan with what would', async () => {
  await using desk = await openSet()
  expect(await desk.run('move f 1 --dry-run')).toMatch(/^✖ state-unmovable: /)
  expect(await desk.console.execute('move f 1 --dry-run')).toEqual({ code: 1 })
  expect(await desk.run('move clicks 2 --dry-run')).toMatch(
    /^would move clicks from thread 1 to thread 2: 1 actor, about \d+ bytes$/,
  )
  expect(await desk.run('move clicks 2')).toMatch(
    /^✔ moved clicks from thread 1 to thread 2: .*, paused for 0ms$/,
  )
  expect(await desk.run('move clicks 2')).toBe('clicks lives in thread 2 already')
})

test('the books of all threads are told as one', async () => {
  await using desk = await openSet()
  await desk.run('tell clicks increment', 'tell clocks crash')
  expect(await desk.run('audit')).toMatch(
    /^✔ every message is accounted for\naccepted +2 = 1 handled .* 1 dead[\s\S]*on the way +0 between 3 threads/,
  )
  desk.node.killThread(1)
  await desk.node.settle()
  expect(await desk.run('audit')).toMatch(/^lost +1 threads with what they had counted$/m)
})

test('a node has at least no threads, and at most 63', async () => {
  for (const threads of [-1, 64, 1.5]) {
    await using node = new TestNode({ threads })
    await expect(node.openThreads()).rejects.toMatchObject({ code: 'threads-invalid' })
  }
})

test('sizes are told as a glance takes them', () => {
  expect([1, 120, 1_536, 40 * 1_024, 3 * 2 ** 20, 5 * 2 ** 40].map((size) => sizeText(size))).toEqual([
    '1 byte',
    '120 bytes',
    '1.5 KiB',
    '40 KiB',
    '3.0 MiB',
    '5120 GiB',
  ])
})
