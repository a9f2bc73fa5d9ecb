// Homes in the cluster's state: one for each name, at rising epochs, with kin together, whatever becomes of members.
import { expect, test } from 'vitest'
import { homesBytesMax, specBytesMax } from '../../../../actors/cluster/state/home.ts'
import { claimOf, Town } from './town.ts'

test('the first claim of a name wins, the second hears who has it', () => {
  const town = new Town('a', 'b')
  expect(town.claim(1, 'r')).toEqual({ type: 'claimed', epoch: 1 })
  expect(town.claim(2, 'r')).toEqual({ type: 'taken', home: { top: 'r', member: 1, epoch: 1 } })
  expect(town.claim(1, 'r')).toMatchObject({ type: 'taken' })
})

test('a claim that is sent again with its ticket is answered as before', () => {
  const town = new Town('a', 'b')
  const again = { type: 'claim', member: 1, claims: [claimOf('r', 77)] } as const
  expect(town.do(again)).toEqual(town.do(again))
  expect(town.changes).toEqual([])
  expect(town.do({ ...again, member: 2 })).toMatchObject({ results: [{ type: 'taken' }] })
})

test('the claims of one command stand or fall each for itself, in their order', () => {
  const town = new Town('a', 'b')
  town.claim(2, 'x')
  const claims = ['r', 'x', 'r/s', 'x/y', 'r'].map((top, ticket) => claimOf(top, ticket))
  const answer = town.do({ type: 'claim', member: 1, claims })
  if (answer.type !== 'claims') throw new Error('The claims were refused')
  expect(answer.results.map(({ type }) => type)).toEqual(['claimed', 'taken', 'claimed', 'refused', 'taken'])
})

test('a name that was let go and is claimed again has a higher epoch', () => {
  const town = new Town('a')
  town.claim(1, 'r')
  town.claim(1, 's')
  const epoch = town.epochOf('r')
  expect(town.do({ type: 'release', member: 1, homes: [{ top: 'r', epoch }] })).toEqual({
    type: 'counted',
    count: 1,
  })
  expect(town.at('r')).toBeUndefined()
  town.claim(1, 'r')
  expect(town.epochOf('r')).toBeGreaterThan(epoch)
})

test('only who has a root at that epoch lets it go', () => {
  const town = new Town('a', 'b')
  town.claim(1, 'r')
  const none = { type: 'counted', count: 0 }
  expect(town.do({ type: 'release', member: 2, homes: [{ top: 'r', epoch: 1 }] })).toEqual(none)
  expect(town.do({ type: 'release', member: 1, homes: [{ top: 'r', epoch: 2 }] })).toEqual(none)
  expect(town.at('r')).toBe('a')
})

test('a claim that would part kin is refused, from above and from below', () => {
  const town = new Town('a', 'b')
  town.claim(1, 'bank/ada')
  const split = { type: 'refused', code: 'place-split', home: { top: 'bank/ada', member: 1, epoch: 1 } }
  expect(town.claim(2, 'bank')).toMatchObject(split)
  expect(town.claim(2, 'bank/ada/audit')).toMatchObject(split)
  expect(town.claim(2, 'bank/adam')).toMatchObject({ type: 'claimed' })
  expect(town.claim(1, 'bank')).toMatchObject({ code: 'place-split', home: { top: 'bank/adam' } })
})

test('a move is a compare and swap, and takes kin along or does not happen', () => {
  const town = new Town('a', 'b')
  town.claim(1, 'r')
  town.claim(1, 'r/s')
  const [r, s] = [
    { top: 'r', epoch: 1 },
    { top: 'r/s', epoch: 2 },
  ]
  expect(town.do({ type: 'rehome', homes: [r], to: 2 })).toMatchObject({ code: 'place-split' })
  expect(town.do({ type: 'rehome', homes: [s], to: 2 })).toMatchObject({ code: 'place-split' })
  expect(town.do({ type: 'rehome', homes: [r, { ...s, epoch: 1 }], to: 2 })).toMatchObject({
    code: 'home-stale',
    home: { top: 'r/s', member: 1, epoch: 2 },
  })
  expect(town.do({ type: 'rehome', homes: [r, r], to: 2 })).toMatchObject({ code: 'home-stale' })
  expect(town.do({ type: 'rehome', homes: [r, s], to: 2 })).toEqual({ type: 'rehomed', epochs: [3, 4] })
  expect([town.at('r'), town.at('r/s')]).toEqual(['b', 'b'])
  expect(town.do({ type: 'rehome', homes: [r, s], to: 1 })).toMatchObject({ code: 'home-stale' })
  expect(town.do({ type: 'rehome', homes: [{ top: 'nobody', epoch: 1 }], to: 1 })).not.toHaveProperty('home')
})

test('a member that is draining takes no new roots, and keeps those it has', () => {
  const town = new Town('a', 'b')
  town.claim(1, 'r')
  town.do({ type: 'drain', number: 1 })
  expect(town.claim(1, 's')).toMatchObject({ code: 'member-draining' })
  town.claim(2, 't')
  const to = { type: 'rehome', homes: [{ top: 't', epoch: town.epochOf('t') }], to: 1 } as const
  expect(town.do(to)).toMatchObject({ code: 'member-draining' })
  expect(town.at('r')).toBe('a')
  town.do({ type: 'up', number: 1 })
  expect(town.claim(1, 's')).toMatchObject({ type: 'claimed' })
})

test('the roots of a lost member go elsewhere, wait or are let go, as they say', () => {
  const town = new Town('a', 'b')
  town.claim(1, 'goes')
  town.claim(1, 'waits', { onLoss: 'wait' })
  town.claim(1, 'stops', { onLoss: 'stop' })
  town.remove(1)
  expect(town.moves).toEqual(['stops stopped 1>0', 'goes lost 1>2', 'waits lost 1>0'])
  expect(town.state.ended()[0]).toMatchObject({ rehomed: 1, waiting: 1, stopped: 1 })
  expect([town.at('goes'), town.at('waits'), town.at('stops')]).toEqual(['b', 'nobody', undefined])
})

test('a root that was taken over is settled when its member says so', () => {
  const town = new Town('a', 'b')
  town.claim(1, 'r')
  expect(town.state.home('r')?.isSettled).toBe(true)
  town.remove(1)
  expect(town.state.home('r')?.isSettled).toBe(false)
  const mark = { top: 'r', epoch: town.epochOf('r') }
  expect(town.do({ type: 'settle', member: 2, homes: [mark] })).toMatchObject({ count: 1 })
  expect(town.state.home('r')?.isSettled).toBe(true)
  expect(town.do({ type: 'settle', member: 2, homes: [mark] })).toMatchObject({ count: 0 })
})

test('who waits gets the next member of its node name that is up and hosts it, and nobody else', () => {
  const town = new Town('a', 'b')
  town.claim(1, 'r', { onLoss: 'wait' })
  town.remove(1)
  town.join('c')
  town.do({ type: 'up', number: 3 })
  expect(town.at('r')).toBe('nobody')
  town.join('a', { uid: 'uid-2', hosts: [] })
  town.do({ type: 'up', number: 4 })
  expect(town.at('r')).toBe('nobody')
  town.do({ type: 'update', number: 4, hosts: ['counter@1'] })
  expect(town.moves).toEqual(['r found 0>4'])
})

test('kin of one that waits wait with it, those of one that stops do not', () => {
  const town = new Town('a', 'b')
  town.claim(1, 'w', { onLoss: 'wait' })
  town.claim(1, 'w/child')
  town.claim(1, 's', { onLoss: 'stop' })
  town.claim(1, 's/child')
  town.remove(1)
  expect([town.at('w/child'), town.at('s/child')]).toEqual(['nobody', 'b'])
  expect(town.claim(2, 'w/other')).toMatchObject({ code: 'place-split', home: { top: 'w', member: 0 } })
})

test('who is let go by an operator frees its kin to be taken over', () => {
  const town = new Town('a', 'b')
  town.claim(1, 'w', { onLoss: 'wait' })
  town.claim(1, 'w/child')
  town.remove(1)
  town.do({ type: 'release', member: 0, homes: [{ top: 'w', epoch: town.epochOf('w') }] })
  expect(town.moves).toEqual(['w released 0>0', 'w/child found 0>2'])
})

test('what nobody hosts waits until somebody does; who has the same version goes before who has a newer one', () => {
  const town = new Town('a', 'b')
  town.claim(1, 'r', { definition: 'rare@2' })
  town.remove(1)
  expect(town.at('r')).toBe('nobody')
  town.do({ type: 'update', number: 2, hosts: ['rare@1'] })
  expect(town.at('r')).toBe('nobody')
  town.do({ type: 'update', number: 2, hosts: ['rare@10'] })
  expect(town.at('r')).toBe('b')
  town.claim(2, 's', { definition: 'rare@2' })
  town.join('c', { hosts: ['rare@3'] })
  town.join('d', { hosts: ['rare@2'] })
  town.do({ type: 'up', number: 3 })
  town.do({ type: 'up', number: 4 })
  town.remove(2)
  expect([town.at('r'), town.at('s')]).toEqual(['d', 'd'])
})

test('lost roots are spread over those that are up, and none goes to a developer machine or a relay', () => {
  const town = new Town('a', 'b', 'c', 'd')
  town.join('laptop', { kind: 'local' })
  town.join('relay', { kind: 'proxy' })
  town.join('late')
  for (const number of [5, 6]) town.do({ type: 'up', number })
  for (let root = 0; root < 90; root++) town.claim(1, `root-${root}`)
  town.remove(1)
  expect([2, 3, 4, 5, 6, 7].map((number) => town.state.homeCountOf(number))).toEqual([30, 30, 30, 0, 0, 0])
})

test('a busy member gets fewer of the lost roots', () => {
  const town = new Town('a', 'b', 'c')
  town.do({ type: 'update', number: 2, load: 0.2 })
  for (let root = 0; root < 90; root++) town.claim(1, `root-${root}`)
  town.remove(1)
  const [busy, idle] = [2, 3].map((number) => town.state.homeCountOf(number))
  expect(busy).toBeGreaterThan(0)
  expect(busy).toBeLessThan(idle!)
})

test('the homes of all together have a limit in bytes', () => {
  const town = new Town('a')
  const spec = new Uint8Array(specBytesMax)
  let count = 0
  while (town.claim(1, `r${count}`, { spec }).type === 'claimed') count++
  expect(count).toBe(Math.floor(homesBytesMax / (specBytesMax + 64 + 5 + 9 + 1)))
  expect(town.claim(1, 'more', { spec })).toMatchObject({ code: 'homes-full' })
  town.do({ type: 'release', member: 1, homes: [{ top: 'r0', epoch: 1 }] })
  expect(town.claim(1, 'more', { spec })).toMatchObject({ type: 'claimed' })
})

test('the longest root that begins a path is the one under which it lies', () => {
  const town = new Town('a')
  town.claim(1, 'bank')
  town.claim(1, 'bank/ada')
  expect(town.state.under('bank/ada/audit/1')?.top).toBe('bank/ada')
  expect(town.state.under('bank/adam')?.top).toBe('bank')
  expect(town.state.under('banker')).toBeUndefined()
})
