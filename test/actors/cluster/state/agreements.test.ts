// What else a cluster agrees on: leases, settings and shards.
import { expect, test } from 'vitest'
import { leasesMax, settingsMax } from '../../../../actors/cluster/state/agreement-verbs.ts'
import { Town } from './town.ts'

test('a lease has one holder, until it gives it back or ends', () => {
  const town = new Town('a', 'b')
  const first = town.do({ type: 'lease', name: 'l', member: 1 })
  expect(town.do({ type: 'lease', name: 'l', member: 1 })).toEqual(first)
  expect(town.do({ type: 'lease', name: 'l', member: 2 })).toMatchObject({ code: 'lease-taken' })
  expect(town.do({ type: 'unlease', name: 'l', member: 2, epoch: 1 })).toMatchObject({ count: 0 })
  expect(town.do({ type: 'unlease', name: 'l', member: 1, epoch: 9 })).toMatchObject({ count: 0 })
  expect(town.do({ type: 'unlease', name: 'l', member: 1, epoch: 1 })).toMatchObject({ count: 1 })
  expect(town.do({ type: 'lease', name: 'l', member: 2 })).toEqual({ type: 'leased', epoch: 2 })
  town.remove(2)
  expect(town.state.lease('l')).toBeUndefined()
})

test('leases and settings have a limit', () => {
  const town = new Town('a')
  for (let count = 0; count < leasesMax; count++) town.do({ type: 'lease', name: `l${count}`, member: 1 })
  expect(town.do({ type: 'lease', name: 'more', member: 1 })).toMatchObject({ code: 'leases-full' })
  for (let count = 0; count < settingsMax; count++) town.do({ type: 'set', key: `k${count}`, value: '' })
  expect(town.do({ type: 'set', key: 'more', value: '' })).toMatchObject({ code: 'settings-full' })
  expect(town.do({ type: 'set', key: 'k1', value: 'new' })).toMatchObject({ type: 'done' })
})

test('a setting is told when it is another, and goes without a value', () => {
  const town = new Town('a')
  town.do({ type: 'set', key: 'k', value: 'v' })
  expect(town.changes).toEqual([{ type: 'setting-changed', key: 'k', value: 'v' }])
  town.do({ type: 'set', key: 'k', value: 'v' })
  expect(town.changes).toEqual([])
  town.do({ type: 'set', key: 'k' })
  expect(town.state.setting('k')).toBeUndefined()
})

test('a shard that goes to another member waits until the one before has let go of it', () => {
  const town = new Town('a')
  town.join('b')
  town.do({ type: 'up', number: 2 })
  const given = town.state.shards().filter(({ owner }) => owner === 2)
  expect(given.length).toBe(128)
  expect(given.every(({ from }) => from === 1)).toBe(true)
  const [first, second, ...rest] = given
  town.do({ type: 'shed', member: 1, shards: [first!, { ...second!, epoch: 0 }] })
  expect(town.changes).toEqual([
    { type: 'shard-changed', shard: first!.shard, from: 0, to: 2, epoch: first!.epoch },
  ])
  town.remove(1)
  expect(rest.every(({ shard }) => town.state.shards()[shard]!.from === 0)).toBe(true)
})

test('a shard that was promised on still waits for the one who has it', () => {
  const town = new Town('a')
  town.join('b')
  town.do({ type: 'up', number: 2 })
  town.join('c')
  town.do({ type: 'drain', number: 2 })
  town.do({ type: 'up', number: 3 })
  town.do({ type: 'drain', number: 1 })
  const shards = town.state.shards()
  expect(shards.every(({ owner, from }) => owner === 3 && from === 1)).toBe(true)
  town.do({ type: 'up', number: 1 })
  expect(
    town.state
      .shards()
      .filter(({ owner }) => owner === 1)
      .every(({ from }) => from === 0),
  ).toBe(true)
})
