// Tests of completion: what Tab offers in each place, from what lives now.
import { expect, test } from 'vitest'
import { completion, offeredMax } from '../../../node/console/completion.ts'
import { openDesk } from './desk.ts'
import type { Desk } from './desk.ts'

async function openSet(): Promise<Desk> {
  const desk = await openDesk()
  await desk.run(
    'spawn counter clicks',
    'spawn counter clocks',
    'spawn account bank/ada',
    'spawn account bank/bob',
    'spawn family f 1',
  )
  return desk
}

const places: readonly (readonly [line: string, word: string, offers: readonly string[]])[] = [
  ['spa', 'spa', ['spawn']],
  ['  st', 'st', ['state', 'stop']],
  ['xyz', 'xyz', []],
  ['spawn ac', 'ac', ['account']],
  ['spawn counter cl', 'cl', ['clicks', 'clocks']],
  ['tell cl', 'cl', ['clicks', 'clocks']],
  ['tell bank/', 'bank/', ['bank/ada', 'bank/bob']],
  ['info f/', 'f/', ['f/child-1']],
  ['tell clicks ', '', ['crash', 'increment', 'value']],
  ['tell clicks in', 'in', ['increment']],
  ['tell nobody in', 'in', []],
  ['ask clicks value --t', '--t', ['--timeout']],
  ['ask --timeout 5s clicks va', 'va', ['value']],
  ['ls --status s', 's', ['starting', 'stopping', 'suspended']],
  ['ls --definition acc', 'acc', ['account']],
  ['ls --limit 3 --', '--', ['--definition', '--help', '--json', '--node', '--status']],
  ['kill --for-good clo', 'clo', ['clocks']],
  ['help aud', 'aud', ['audit']],
  ['jou', 'jou', ['journal']],
  ['journal ', '', ['compact', 'export', 'import', 'ls', 'show', 'verify']],
  ['journal s', 's', ['show']],
  ['journal show cl', 'cl', ['clicks', 'clocks']],
  ['journal show clicks --l', '--l', ['--limit']],
  ['journal nothing x', 'x', []],
  ['help journal im', 'im', ['import']],
  ['run de', 'de', ['demo.txt']],
  ['run sub/', 'sub/', ['sub/inner/', 'sub/x.ts']],
  ['tell clicks increment {a: "', '', []],
  ['tell clicks increment ', '', []],
  ['info clicks ', '', []],
]

test.each(places)('"%s" is completed', async (line, word, offers) => {
  await using desk = await openSet()
  for (const file of ['./demo.txt', 'sub/x.ts', 'sub/inner/y.ts']) desk.disk.files.set(file, '')
  const found = await completion(line, desk.console)
  expect({ word: found.word, offers: found.offers.toSorted() }).toEqual({ word, offers })
})

test('without a word the first words of all commands are offered, each once', async () => {
  await using desk = await openSet()
  const { offers } = await completion('', desk.console)
  expect(offers.filter((offer) => offer === 'journal')).toHaveLength(1)
  const single = desk.console.commands.filter(({ name }) => !name.includes(' '))
  expect(offers).toEqual([...single.map(({ name }) => name), 'journal'].toSorted())
})

test('actors without a name are offered below what is typed', async () => {
  await using desk = await openSet()
  await desk.run('ask f more 2', 'spawn counter')
  expect((await completion('info f/keeper$', desk.console)).offers).toHaveLength(2)
  expect((await completion('info local/c', desk.console)).offers).toEqual([
    expect.stringMatching(/^local\/counter\$/),
  ])
})

test('among 100,000 paths as many are offered as one can read', async () => {
  await using desk = await openSet()
  const { registry } = desk.node.runtime.host
  const clicks = desk.node.runtime.cellAt('clicks')
  if (clicks === undefined) throw new Error('clicks lives')
  for (let n = 0; n < 100_000; n++) registry.set(`many/${n}`, clicks)
  expect((await completion('info many/', desk.console)).offers).toHaveLength(offeredMax)
  expect((await completion('info many/9999', desk.console)).offers).toHaveLength(11)
  for (let n = 0; n < 100_000; n++) registry.delete(`many/${n}`)
})
