// Tests of the foyer: a node without a certificate asks one question and gets one answer, and nothing more.
import { connect as connectTls } from 'node:tls'
import { expect, test } from 'vitest'
import { ManualClock } from '../../../scenarios/testing/manual-clock.ts'
import { joinClientOptions } from '../../../transports/libp2p/identity/tls-options.ts'
import { fingerprintOf } from '../../../transports/libp2p/identity/verify-peer.ts'
import { guestsMax, knock } from '../../../transports/libp2p/foyer.ts'
import { guestBytesMax, guestMsMax } from '../../../transports/libp2p/guest-stream.ts'
import { patternOf } from '../../contracts/peer-stream-contract.ts'
import { StreamEar } from '../../contracts/stream-ear.ts'
import { clock, clusterId, TestAuthority, Town } from './town.ts'
import type { Clock } from '../../../runtime/clock.ts'
import type { GuestStream } from '../../../transports/libp2p/guest-stream.ts'
import type { TestNode } from './town.ts'

function tokenOf(town: Town, node: TestNode) {
  return { address: node.address, cluster: clusterId, fingerprint: fingerprintOf(town.authority.root), clock }
}

test('a guest asks and is answered, and both ends hold the same bytes to sign', async () => {
  await using town = new Town()
  const node = await town.node({ takesGuests: true })
  const asker = await knock(tokenOf(town, node))
  const guest = (await node.next()) as GuestStream
  expect([asker.peer, guest.peer, asker.purpose, guest.purpose]).toEqual([
    node.transport.peer,
    '',
    'foyer',
    'foyer',
  ])
  expect(asker.binding).toHaveLength(32)
  expect(asker.binding).toEqual(guest.binding)
  const [near, far] = [new StreamEar(asker), new StreamEar(guest)]
  await near.write(patternOf(20_000))
  await far.untilBytes(20_000)
  guest.write(patternOf(60_000, 1))
  guest.close()
  expect(await Promise.all([near.closing, far.closing])).toEqual([undefined, undefined])
  expect(near.bytes).toEqual(patternOf(60_000, 1))
})

test('two guests never hold the same bytes to sign', async () => {
  await using town = new Town()
  const node = await town.node({ takesGuests: true })
  const [one, other] = [await knock(tokenOf(town, node)), await knock(tokenOf(town, node))]
  expect(one.binding).not.toEqual(other.binding)
  one.abort(new Error('done'))
  other.abort(new Error('done'))
})

test('a knock at a node of another authority is peer-refused before a byte was sent', async () => {
  await using town = new Town()
  const node = await town.node({ takesGuests: true })
  const fingerprint = fingerprintOf(new TestAuthority().root)
  await expect(knock({ ...tokenOf(town, node), fingerprint })).rejects.toMatchObject({ code: 'peer-refused' })
  await expect(knock({ ...tokenOf(town, node), cluster: 'ponmlkjihgfedcba' })).rejects.toMatchObject({
    code: 'peer-refused',
  })
})

test('a knock where nobody is received, through a relay, or at nothing fails with a fault', async () => {
  await using town = new Town()
  const node = await town.node()
  const token = tokenOf(town, node)
  await expect(knock(token)).rejects.toMatchObject({ code: 'peer-refused' })
  const relayed = `${node.address}/p2p-circuit/p2p/${node.transport.peer}`
  await expect(knock({ ...token, address: relayed })).rejects.toMatchObject({ code: 'address-unusable' })
  await node.transport.close()
  await expect(knock(token)).rejects.toMatchObject({ code: 'peer-unreachable' })
})

test('a guest that says too much is turned away, and counted', async () => {
  await using town = new Town()
  const node = await town.node({ takesGuests: true })
  const socket = connectTls({
    host: '127.0.0.1',
    port: Number(/\/tcp\/(\d+)/.exec(node.address)![1]),
    ...joinClientOptions(),
  })
  socket.on('error', () => {})
  const guest = new StreamEar(await node.next())
  for (let count = 0; count < 8; count++) socket.write(new Uint8Array(guestBytesMax / 4))
  expect(await guest.closing).toMatchObject({ code: 'stream-broken' })
  expect(guest.byteCount).toBeLessThanOrEqual(guestBytesMax)
  expect(node.transport.refusals.get('foyer-overrun')).toBe(1)
  socket.destroy()
})

test('so many guests are received at once, and the next one when one has left', async () => {
  await using town = new Town()
  const node = await town.node({ takesGuests: true })
  const guests: StreamEar[] = []
  for (let count = 0; count < guestsMax; count++) {
    await knock(tokenOf(town, node)).then((asker) => new StreamEar(asker))
    guests.push(new StreamEar(await node.next()))
  }
  const late = new StreamEar(await knock(tokenOf(town, node)))
  expect(await late.closing).toMatchObject({ code: 'stream-broken' })
  expect(node.transport.refusals.get('foyer-full')).toBe(1)
  guests[0]!.stream.abort(new Error('done'))
  await guests[0]!.closing
  const asker = await knock(tokenOf(town, node))
  expect((await node.next()).purpose).toBe('foyer')
  asker.abort(new Error('done'))
})

test('a guest that stays too long is sent away', async () => {
  await using town = new Town()
  const manual = new ManualClock()
  const alarms: Clock = {
    now: () => manual.now(),
    wall: () => clock.wall(),
    alarm: (atMs, run) => manual.alarm(atMs, run),
    soon: (run) => clock.soon(run),
    later: (run) => clock.later(run),
  }
  const node = await town.node({ takesGuests: true, clock: alarms })
  const asker = new StreamEar(await knock(tokenOf(town, node)))
  const guest = new StreamEar(await node.next())
  await manual.advance(guestMsMax - 1)
  await asker.write(patternOf(1))
  await guest.untilBytes(1)
  expect(guest.isOver).toBe(false)
  await manual.advance(1)
  expect(await guest.closing).toMatchObject({ code: 'stream-broken' })
  expect(await asker.closing).toMatchObject({ code: 'stream-broken' })
})

test('a member with a certificate has its foyer stream through libp2p', async () => {
  await using town = new Town()
  const [near, far] = [await town.node(), await town.node()]
  const [asked, taken] = await town.pair(near, far, 'foyer')
  expect([asked.purpose, taken.purpose, taken.peer]).toEqual(['foyer', 'foyer', near.transport.peer])
})
