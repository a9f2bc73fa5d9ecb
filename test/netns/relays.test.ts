// Relays: nodes that nobody can dial take part through proxies, are reached directly as soon as that can be, and survive the loss of a relay.
import { expect, test } from 'vitest'
import { inNamespaces } from './in-namespaces.ts'
import { machineMs } from './member-process.ts'
import { lostBetween } from './letters.ts'
import type { MemberProcess } from './member-process.ts'

const settleMs = 20_000

test('two nodes behind NATs speak through a relay, and its death loses and doubles nothing between them', async () => {
  await inNamespaces(5, async (cluster) => {
    const { net, ear } = cluster
    await net.closeInbound(4)
    await net.closeInbound(5)
    await cluster.start('first', 1)
    const relays = [await cluster.start('relay-2', 2, { kind: 'proxy' })]
    relays.push(await cluster.start('relay-3', 3, { kind: 'proxy' }))
    const local = { kind: 'local', relays: relays.map((relay) => cluster.addressOf(relay)) } as const
    const a = await cluster.start('a', 4, local)
    const b = await cluster.start('b', 5, local)
    await cluster.populate(1, ['a', 'b'])
    const before = await cluster.converge(machineMs(), settleMs)
    expect(before.lacks).toEqual([])
    expect(await ear.until(() => isRelayed(a, b), settleMs)).toBe(true)

    const used = a.relayTo(b, relays) ?? b.relayTo(a, relays)
    await cluster.remove(used?.name ?? '')
    const killedMs = machineMs()
    const after = await cluster.converge(killedMs, settleMs)
    expect(after.lacks).toEqual([])
    expect(await ear.until(() => isRelayed(a, b), settleMs)).toBe(true)
    const next = relays.filter((relay) => relay !== used)
    expect([a.relayTo(b, next), b.relayTo(a, next)].some((relay) => relay !== undefined)).toBe(true)
    await ear.pass(500)
    await cluster.rest()
    const isWhole = await ear.until(() => lostBetween(cluster, ['a', 'b']).length === 0, settleMs)
    expect([isWhole, lostBetween(cluster, ['a', 'b'])]).toEqual([true, []])
  })
})

test('a node that was reached through a relay is reached directly once there is a way', async () => {
  await inNamespaces(3, async (cluster) => {
    const { net, ear } = cluster
    await net.closeInbound(3)
    const first = await cluster.start('first', 1)
    const relay = await cluster.start('relay', 2, { kind: 'proxy' })
    const a = await cluster.start('a', 3, { kind: 'local', relays: [cluster.addressOf(relay)] })
    await cluster.populate(1, ['a', 'first'])
    expect((await cluster.converge(machineMs(), settleMs)).lacks).toEqual([])
    expect([a.wayTo(first), first.wayTo(a)]).toEqual(['direct', 'direct'])

    await net.cut(1, 3)
    await net.reset(1)
    await net.reset(3)
    expect(await ear.until(() => first.wayTo(a) === 'relayed', settleMs)).toBe(true)
    expect((await cluster.converge(machineMs(), settleMs)).lacks).toEqual([])
    await net.heal()
    await net.closeInbound(3)
    expect(await ear.until(() => first.wayTo(a) === 'direct', settleMs)).toBe(true)
    await cluster.rest()
    const isWhole = await ear.until(() => lostBetween(cluster, ['a', 'first']).length === 0, settleMs)
    expect([isWhole, lostBetween(cluster, ['a', 'first'])]).toEqual([true, []])
  })
})

function isRelayed(one: MemberProcess, other: MemberProcess): boolean {
  return one.wayTo(other) === 'relayed' && other.wayTo(one) === 'relayed'
}
