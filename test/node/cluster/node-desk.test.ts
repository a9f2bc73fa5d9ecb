// The tests of a node's desk: what another node sends is looked at before anything is done with it.
import { expect, test } from 'vitest'
import { NodeDesk } from '../../../node/cluster/node-desk.ts'
import type { HeadOffice } from '../../../node/threads/head-office.ts'
import type { Link } from '../../../transports/link/link.ts'
import type { Member } from '../../../actors/cluster/state/member.ts'

const link = { thread: -3 } as unknown as Link

function deskOf(kind: Member['kind']): { desk: NodeDesk; refused: string[]; spawned: unknown[] } {
  const refused: string[] = []
  const spawned: unknown[] = []
  const desk = new NodeDesk({
    office: {} as HeadOffice,
    member: () => ({ number: 3, kind }) as Member,
    mayTell: () => false,
    spawn: (wish) => {
      spawned.push(wish)
      return Promise.resolve('path')
    },
    verb: () => Promise.resolve('null'),
    refused: (node, verb) => refused.push(`${node} ${verb}`),
  })
  return { desk, refused, spawned }
}

const wish = { definition: 'soul', version: 1, name: 'x', args: [], options: {}, onLoss: 'rehome' }

test.each([
  null,
  7,
  'soul',
  {},
  { ...wish, definition: 1 },
  { ...wish, version: '1' },
  { ...wish, name: 5 },
  { ...wish, args: {} },
  { ...wish, options: null },
  { ...wish, onLoss: 'explode' },
])('a spawn with %j is "call-invalid", and counted', (input) => {
  const { desk, refused, spawned } = deskOf('trusted')
  expect(() => desk.call(link, 'spawn', input)).toThrow(
    expect.objectContaining({ code: 'call-invalid' }) as Error,
  )
  expect([refused, spawned]).toEqual([['-3 spawn'], []])
})

test('a wish that is whole is carried out', async () => {
  const { desk, spawned } = deskOf('trusted')
  expect(await desk.call(link, 'spawn', wish)).toBe('path')
  expect(spawned).toEqual([{ ...wish, isSingleton: false }])
})

test('a verb of a node of the kind local is "call-forbidden"', () => {
  const { desk, refused } = deskOf('local')
  const order = { act: 'run', id: 1, name: 'ls' }
  expect(() => desk.call(link, 'verb', order)).toThrow(
    expect.objectContaining({ code: 'call-forbidden' }) as Error,
  )
  expect(refused).toEqual(['-3 verb'])
})

test.each([
  ['dance', null],
  ['observe', 5],
  ['unobserve', {}],
  ['ended', { path: 1, exit: { cause: 'stopped' } }],
  ['ended', { path: 'x', exit: { cause: 'bored' } }],
  ['tell-end', { watcher: 'y', path: 'x', exit: { cause: 'stopped' } }],
])('a word "%s" with %j does nothing, and is counted', (verb, input) => {
  const { desk, refused } = deskOf('trusted')
  desk.control(link, verb, input)
  expect(refused).toEqual([`-3 ${verb}`])
})
