// Groups: what one node says all others come to know, whatever becomes of the messages; a node that is gone has said nothing.
import { afterEach, expect, test } from 'vitest'
import { Fault } from 'troupe'
import { ManualClock } from 'troupe/testing'
import { seededRandom } from '../../../../runtime/random.ts'
import { Groups, gossipMs } from '../../../../actors/cluster/groups/groups.ts'
import { groupWatchersMax } from '../../../../actors/cluster/groups/group-index.ts'
import { encodeGroupMessage } from '../../../../actors/cluster/groups/group-message.ts'
import { entriesMax } from '../../../../actors/cluster/groups/own-entries.ts'

const open: Groups[] = []
afterEach(() => {
  for (const groups of open.splice(0)) groups.close()
})

/** Nodes 1 to `count` that all know each other. @param passes whether a message arrives */
function cluster(count: number, passes: (from: number, to: number) => boolean = () => true) {
  const clock = new ManualClock()
  const nodes = new Map<number, Groups>()
  for (let self = 1; self <= count; self++) {
    const send = (to: number, bytes: Uint8Array): void => {
      clock.later(() => passes(self, to) && nodes.get(to)?.receive(self, bytes))
    }
    nodes.set(self, new Groups({ self, clock, random: seededRandom(self), send }))
  }
  open.push(...nodes.values())
  for (const [self, groups] of nodes) for (const peer of nodes.keys()) if (peer !== self) groups.addPeer(peer)
  return { clock, nodes, node: (number: number) => nodes.get(number)! }
}

test('who joins a group is in it on every node, and who leaves is not', async () => {
  const { clock, node } = cluster(3)
  node(1).join('chat', 'a/one')
  node(2).join('chat', 'b/two')
  expect(node(1).members('chat')).toEqual(['a/one'])
  await clock.advance(0)
  expect(node(3).members('chat').toSorted()).toEqual(['a/one', 'b/two'])
  node(1).leave('chat', 'a/one')
  await clock.advance(0)
  expect(node(3).members('chat')).toEqual(['b/two'])
})

test('an actor that has ended leaves all its groups', async () => {
  const { clock, node } = cluster(2)
  node(1).join('chat', 'a')
  node(1).join('news', 'a')
  expect(node(1).groupsOf('a')).toEqual(['chat', 'news'])
  node(1).leaveAll('a')
  await clock.advance(0)
  expect([...node(2).groups()]).toEqual([])
  expect(node(1).groupsOf('a')).toEqual([])
})

test('a node that is removed loses its entries at once, and what it says later is refused and counted', async () => {
  const { clock, node } = cluster(2)
  node(1).join('chat', 'a')
  await clock.advance(0)
  node(2).removePeer(1)
  expect(node(2).members('chat')).toEqual([])
  node(1).join('chat', 'b')
  await clock.advance(0)
  expect(node(2).members('chat')).toEqual([])
  expect(node(2).refused).toBe(1)
})

test('what was lost is asked for within a few rounds', async () => {
  let isCut = true
  const { clock, node } = cluster(2, () => !isCut)
  node(1).join('chat', 'a')
  await clock.advance(10 * gossipMs)
  expect(node(2).members('chat')).toEqual([])
  isCut = false
  await clock.advance(2 * gossipMs)
  expect(node(2).members('chat')).toEqual(['a'])
})

test('more than fits in one message comes in several', async () => {
  const { clock, node } = cluster(2)
  const paths = Array.from({ length: 3_000 }, (_, number) => `actor-${number}`)
  for (const path of paths) node(1).join('all', path)
  await clock.advance(0)
  expect(node(2).members('all')).toEqual(paths)
})

test('who has missed more leaves than are remembered learns all anew, and hears only of what is different', async () => {
  let isCut = false
  const { clock, node } = cluster(2, () => !isCut)
  node(1).join('all', 'stays')
  node(1).join('all', 'goes')
  await clock.advance(0)
  isCut = true
  node(1).leave('all', 'goes')
  for (let number = 0; number < 30_000; number++) {
    node(1).join('all', `short-${number}`)
    node(1).leave('all', `short-${number}`)
  }
  for (let number = 0; number < 3_000; number++) node(1).join('all', `new-${number}`)
  await clock.advance(0)
  isCut = false
  const heard: string[] = []
  node(2).watch('all', ({ path, isIn }) => heard.push(`${isIn ? '+' : '-'}${path}`))
  await clock.advance(2 * gossipMs)
  expect(node(2).members('all').toSorted()).toEqual(node(1).members('all').toSorted())
  expect(heard.length).toBe(3_001)
  expect(heard.filter((one) => !one.startsWith('+new-'))).toEqual(['-goes'])
})

test('a watcher hears of each that comes and goes, until it ends the watch', async () => {
  const { clock, node } = cluster(2)
  const heard: string[] = []
  const end = node(2).watch('chat', ({ path, isIn }) => heard.push(`${isIn ? '+' : '-'}${path}`))
  node(1).join('chat', 'a')
  node(1).join('other', 'a')
  await clock.advance(0)
  node(1).leave('chat', 'a')
  await clock.advance(0)
  end()
  end()
  node(1).join('chat', 'b')
  await clock.advance(0)
  expect(heard).toEqual(['+a', '-a'])
})

test('an actor that two nodes claim while it moves is in the group once, and never out of it', async () => {
  const { clock, node } = cluster(3)
  const heard: string[] = []
  node(3).watch('chat', ({ path, isIn }) => heard.push(`${isIn ? '+' : '-'}${path}`))
  node(1).join('chat', 'a')
  await clock.advance(0)
  node(2).join('chat', 'a')
  await clock.advance(0)
  node(1).leaveAll('a')
  await clock.advance(0)
  expect(node(3).members('chat')).toEqual(['a'])
  expect(heard).toEqual(['+a'])
})

test('the entries of a node and the watches on it have a limit', () => {
  const { node } = cluster(1)
  for (let number = 0; number < entriesMax; number++) node(1).join('all', `actor-${number}`)
  expect(() => node(1).join('all', 'one-more')).toThrow(expect.objectContaining({ code: 'groups-full' }))
  node(1).join('all', 'actor-7')
  node(1).leave('all', 'actor-7')
  node(1).join('all', 'one-more')
  for (let number = 0; number < groupWatchersMax; number++) node(1).watch(`group-${number}`, () => undefined)
  expect(() => node(1).watch('all', () => undefined)).toThrow(Fault)
})

test('a group has a name like a path', () => {
  const { node } = cluster(1)
  expect(() => node(1).join('no name', 'a')).toThrow(expect.objectContaining({ code: 'name-invalid' }))
  expect(() => node(1).join('group', '../a')).toThrow(expect.objectContaining({ code: 'name-invalid' }))
})

test('a hostile node can neither break another nor fill it', async () => {
  const { clock, node } = cluster(2)
  const bad = [
    new Uint8Array(0),
    Uint8Array.of(1, 9),
    Uint8Array.of(1, 3, 255),
    new Uint8Array(100_000).fill(255),
  ]
  for (const bytes of bad) node(2).receive(1, bytes)
  node(2).receive(7, encodeGroupMessage({ type: 'have', version: 1 }))
  expect(node(2).refused).toBe(bad.length + 1)
  for (let page = 0; page < 110; page++) {
    const changes = Array.from({ length: 1_000 }, (_, number) => {
      const version = page * 1_000 + number + 1
      return { version, isIn: true, group: 'flood', path: `x-${version}` }
    })
    const [from, to] = [page * 1_000, (page + 1) * 1_000]
    node(2).receive(1, encodeGroupMessage({ type: 'news', from, to, version: to, isReset: false, changes }))
  }
  expect(node(2).members('flood').length).toBe(entriesMax)
  node(2).removePeer(1)
  expect(node(2).members('flood')).toEqual([])
  await clock.advance(0)
})

test('news whose changes are out of order or beyond its bounds is no message', () => {
  const { node } = cluster(2)
  const change = { isIn: true, group: 'g', path: 'p' }
  const news = { type: 'news', from: 2, to: 5, version: 5, isReset: false } as const
  const flawed = [
    { ...news, changes: [{ ...change, version: 2 }] },
    { ...news, changes: [{ ...change, version: 6 }] },
    { ...news, changes: [4, 4].map((version) => ({ ...change, version })) },
    { ...news, version: 4, changes: [] },
  ]
  for (const message of flawed) node(2).receive(1, encodeGroupMessage(message))
  expect(node(2).refused).toBe(flawed.length)
})
