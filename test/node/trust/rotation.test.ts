// Rotation of the authority: two are believed while one takes the other's place, and nobody falls out meanwhile.
import { expect, test } from 'vitest'
import { leafLifeMsDefault } from '../../../node/trust/authority.ts'
import { rotateAuthority } from '../../../node/trust/cluster-verbs.ts'
import { verifyLeaf } from '../../../transports/libp2p/identity/verify-peer.ts'
import { askOf, binding, TrustRoom } from './trust-room.ts'
import type { Trust } from '../../../node/trust/trust.ts'

const code = (name: string): unknown => expect.objectContaining({ code: name })

async function pair(): Promise<{ room: TrustRoom; founder: Trust; node: Trust }> {
  const room = new TrustRoom()
  await room.found('/a')
  const founder = await room.open('/a')
  await room.join('/b', await room.token('/a'), founder)
  return { room, founder, node: await room.open('/b') }
}

/** Whether each of both believes the other, by what they know now. */
function know(one: Trust, other: Trust, nowMs: number): boolean {
  for (const [seen, by] of [[one, other] as const, [other, one] as const]) {
    const { roots, leaf } = { roots: by.credentials.roots, leaf: seen.credentials.leaf }
    const check = { cluster: by.cluster, roots, nowMs, expected: leaf.peer, admits: () => true }
    verifyLeaf(leaf.certificate, check)
  }
  return true
}

test('nodes know each other in every stage of a rotation', async () => {
  const { room, founder, node } = await pair()
  const { clock } = room
  const first = founder.authority?.fingerprint
  expect((await founder.rotate()).stage).toBe('published')
  expect(founder.credentials.roots).toHaveLength(2)
  expect(know(founder, node, clock.wall())).toBe(true)
  // What the council tells all nodes.
  await node.believe(founder.credentials.roots)
  expect((await founder.rotate()).stage).toBe('switched')
  expect(founder.authority?.fingerprint).not.toBe(first)
  expect(know(founder, node, clock.wall())).toBe(true)
  await clock.advance(leafLifeMsDefault / 2)
  await node.renew(askOf(founder), binding)
  expect(know(founder, node, clock.wall())).toBe(true)
  await expect(founder.rotate()).rejects.toThrow(code('rotation-early'))
  await clock.advance(leafLifeMsDefault / 2)
  expect((await founder.rotate()).stage).toBe('steady')
  expect(founder.credentials.roots).toHaveLength(1)
  await node.renew(askOf(founder), binding)
  expect(node.credentials.roots).toEqual(founder.credentials.roots)
  await founder.renewAlone()
  expect(know(founder, node, clock.wall())).toBe(true)
})

test('a node that heard of the second root too late is out until it gets a new token', async () => {
  const { room, founder, node } = await pair()
  await founder.rotate()
  await founder.rotate()
  await expect(node.renew(askOf(founder), binding)).rejects.toThrow(code('certificate-invalid'))
  const late = await room.token('/a')
  expect(await room.join('/c', late, founder)).toBeDefined()
})

test('a token from before the switch names an authority that signs no more', async () => {
  const { room, founder } = await pair()
  const early = await room.token('/a')
  await founder.rotate()
  expect(await room.join('/c', early, founder)).toBeDefined()
  const middle = await room.token('/a')
  await founder.rotate()
  await expect(room.join('/d', middle, founder)).rejects.toThrow(code('certificate-invalid'))
})

test('each stage is there after a start, and an offline rotation goes on from it', async () => {
  const { room, founder } = await pair()
  await expect(rotateAuthority('/a', room.options)).rejects.toThrow(code('folder-locked'))
  await founder.rotate()
  await founder.close()
  expect(await rotateAuthority('/a', room.options)).toBe('switched')
  await using again = await room.open('/a')
  expect(again.authority?.stage).toBe('switched')
  expect(know(again, again, room.clock.wall())).toBe(true)
})

test('a founding node that slept through the end of a rotation starts all the same', async () => {
  const { room, founder } = await pair()
  await founder.rotate()
  await founder.rotate()
  await room.clock.advance(leafLifeMsDefault)
  await founder.rotate()
  await founder.close()
  await using again = await room.open('/a')
  expect(know(again, again, room.clock.wall())).toBe(true)
})

test(
  'a crash in a rotation leaves the founding node in the stage before or after',
  { timeout: 30_000 },
  async () => {
    const { room, founder } = await pair()
    await founder.rotate()
    const worlds: TrustRoom[] = []
    room.disk.hook = () =>
      void worlds.push(...[...room.disk.crashStates({ samples: 4 })].map((disk) => room.after(disk)))
    await founder.rotate()
    room.disk.hook = undefined
    const stages = new Set<string | undefined>()
    for (const world of worlds) {
      await using trust = await world.open('/a')
      stages.add(trust.authority?.stage)
      expect(know(trust, trust, room.clock.wall())).toBe(true)
    }
    expect([...stages].toSorted()).toEqual(['published', 'switched'])
  },
)
