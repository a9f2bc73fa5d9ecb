// Renewal: a node gets its next certificate by the former one, for itself alone, and in time.
import { expect, test } from 'vitest'
import { leafLifeMsDefault, earlierMsDefault } from '../../../node/trust/authority.ts'
import { IdentityKey } from '../../../transports/libp2p/identity/identity-key.ts'
import { PrivateKey } from '../../../transports/libp2p/identity/keys.ts'
import { readCertificate } from '../../../transports/libp2p/identity/certificate-reader.ts'
import { Renewal, renewalDueMs, renewalRetryMsBounds } from '../../../node/trust/renewal.ts'
import { requestRenewal } from '../../../node/trust/request-join.ts'
import { returnMsMax } from '../../../node/trust/join-desk.ts'
import { revoke } from '../../../node/trust/cluster-verbs.ts'
import { addRevocation, readRevocations, revocationsMax } from '../../../node/trust/revocations.ts'
import { writeJoinRequest } from '../../../node/trust/join-request.ts'
import { readJoinAnswer } from '../../../node/trust/join-answer.ts'
import { ManualClock } from '../../../scenarios/testing/manual-clock.ts'
import { askOf, binding, TrustRoom } from './trust-room.ts'
import type { Fault } from '../../../runtime/fault.ts'
import type { Trust } from '../../../node/trust/trust.ts'

const code = (name: string): unknown => expect.objectContaining({ code: name })
const refused = (name: string): unknown =>
  expect.objectContaining({ code: 'join-refused', details: { code: name } })
const none = new Uint8Array(0)

async function pair(): Promise<{ room: TrustRoom; founder: Trust; node: Trust }> {
  const room = new TrustRoom()
  await room.found('/a')
  const founder = await room.open('/a')
  await room.join('/b', await room.token('/a'), founder)
  return { room, founder, node: await room.open('/b') }
}

test('a node renews with a new key, tells who watches, and keeps it', async () => {
  const { room, founder, node } = await pair()
  const former = node.credentials.current
  let changes = 0
  const stop = node.credentials.watch(() => changes++)
  await room.clock.advance(60_000)
  await node.renew(askOf(founder, { peer: node.identity.peer, binding: none }), none)
  expect(changes).toBe(1)
  const { current } = node.credentials
  expect(current.key).not.toBe(former.key)
  expect(current.endsMs).toBe(former.endsMs + 60_000)
  stop()
  await node.close()
  await using again = await room.open('/b')
  expect(again.credentials.current).toEqual(current)
  expect(changes).toBe(1)
})

test('the founding node renews by itself', async () => {
  const { room, founder } = await pair()
  await room.clock.advance(60_000)
  await founder.renewAlone()
  expect(founder.credentials.current.endsMs).toBe(room.clock.wall() + leafLifeMsDefault)
  expect(founder.desk?.counts.get('renewed')).toBe(1)
})

test('a member cannot renew for another', async () => {
  const { founder, node } = await pair()
  const ask = askOf(founder, { peer: founder.identity.peer, binding: none })
  await expect(node.renew(ask, none)).rejects.toThrow(refused('renewal-foreign'))
})

test('a node with the former certificate of another, but not its key, gets nothing', async () => {
  const { room, founder, node } = await pair()
  const thief = IdentityKey.make()
  const stolen = { ...node.credentials.leaf, key: PrivateKey.make('ml-dsa-65') }
  const applicant = { clock: room.clock, binding, identity: node.identity }
  const former = { leaf: stolen, cluster: node.cluster, roots: node.credentials.roots }
  await expect(requestRenewal(former, applicant, askOf(founder))).rejects.toThrow(refused('join-unproven'))
  const own = { ...former, leaf: node.credentials.leaf }
  await expect(requestRenewal(own, { ...applicant, identity: thief }, askOf(founder))).rejects.toThrow(
    refused('peer-unexpected'),
  )
})

test('a node that was off for days comes back with its old certificate, after weeks it does not', async () => {
  const { room, founder, node } = await pair()
  await room.clock.advance(leafLifeMsDefault + 2 * leafLifeMsDefault)
  expect(node.credentials.isOver).toBe(true)
  await node.renew(askOf(founder), binding)
  expect(node.credentials.isOver).toBe(false)
  await room.clock.advance(leafLifeMsDefault + returnMsMax)
  await expect(node.renew(askOf(founder), binding)).rejects.toThrow(refused('certificate-expired'))
})

test('a founding node that was off for weeks gives itself a new certificate', async () => {
  const { room, founder } = await pair()
  await founder.close()
  await room.clock.advance(10 * returnMsMax)
  await using again = await room.open('/a')
  expect(again.credentials.isOver).toBe(false)
})

test('a revoked node does not renew, a revoked certificate neither, and others do not speak to them', async () => {
  const { room, founder, node } = await pair()
  const { serial } = node.credentials.leaf
  const { peer } = node.identity
  expect(founder.credentials.admits(peer, serial)).toBe(true)
  await revoke('/a', { kind: 'serial', value: serial, reason: 'copied' }, room.options)
  expect(founder.credentials.admits(peer, serial)).toBe(true)
  await founder.reload()
  expect(founder.credentials.admits(peer, serial)).toBe(false)
  expect(founder.credentials.admits(peer, 'ab')).toBe(true)
  await expect(node.renew(askOf(founder), binding)).rejects.toThrow(refused('peer-revoked'))
  await founder.revoke({ kind: 'peer', value: peer, atMs: 5, reason: 'gone' })
  expect(founder.credentials.admits(peer, 'ab')).toBe(false)
  expect(await readRevocations(founder.folder)).toEqual([
    { kind: 'peer', value: peer, atMs: 5, reason: 'gone' },
    { kind: 'serial', value: serial, atMs: room.clock.wall(), reason: 'copied' },
  ])
  await founder.close()
  await using again = await room.open('/a')
  expect(again.credentials.admits(peer, 'ab')).toBe(false)
})

test('what is no peer and no serial number is not revoked, and no more than fit', async () => {
  const { founder } = await pair()
  const value = founder.identity.peer
  for (const wrong of [
    { kind: 'peer', value: '../../x', reason: '' },
    { kind: 'serial', value: 'XY', reason: '' },
    { kind: 'serial', value: '', reason: '' },
    { kind: 'peer', value, reason: 'x'.repeat(201) },
  ] as const) {
    await expect(founder.revoke({ ...wrong, atMs: 0 })).rejects.toThrow(code('revocation-invalid'))
  }
  const names = Array.from({ length: revocationsMax }, (_, index) => `serial-${index}`)
  const full = Object.create(founder.folder, { names: { value: async () => names } }) as typeof founder.folder
  await expect(addRevocation(full, { kind: 'peer', value, atMs: 0, reason: '' })).rejects.toThrow(
    code('revocations-full'),
  )
})

test('a leaf that is over, or of another node, is not installed', async () => {
  const { room, founder, node } = await pair()
  const { leaf } = node.credentials
  expect(() => founder.credentials.install(leaf)).toThrow(code('peer-unexpected'))
  await room.clock.advance(leafLifeMsDefault)
  expect(() => node.credentials.install(leaf)).toThrow(code('certificate-expired'))
})

test('two thirds of the life of a certificate are over when it is renewed', () => {
  const startsMs = 1_000
  expect(renewalDueMs({ startsMs, endsMs: startsMs + 90 })).toBe(startsMs + 60)
})

test('a renewal comes when it is due, and again for the next certificate', async () => {
  const { room, founder } = await pair()
  const { clock } = room
  const dueInMs = (leafLifeMsDefault * 2) / 3 - earlierMsDefault / 3
  let count = 0
  const renew = async (): Promise<void> => {
    count++
    await founder.renewAlone()
    renewed.resolve()
  }
  let renewed = Promise.withResolvers<void>()
  const renewal = new Renewal({
    clock,
    leaf: () => founder.credentials.leaf,
    renew,
    failed: (fault) => renewed.reject(fault),
  })
  await clock.advance(dueInMs - 1)
  expect(count).toBe(0)
  await clock.advance(1_001)
  await renewed.promise
  renewed = Promise.withResolvers()
  await clock.advance(dueInMs + 1_000)
  await renewed.promise
  expect(count).toBe(2)
  renewal.stop()
  await clock.advance(leafLifeMsDefault)
  expect(count).toBe(2)
  expect(clock.pendingAlarms).toBe(0)
})

test('a renewal that fails is told with the time that is left, and tried again at growing distances', async () => {
  const { room, node } = await pair()
  const clock = new ManualClock({ wallMs: node.credentials.leaf.endsMs - 10_000 })
  const heard: { readonly fault: Fault; readonly leftMs: number }[] = []
  const renewal = new Renewal({
    clock,
    leaf: () => node.credentials.leaf,
    renew: () => Promise.reject(new Error('no road')),
    failed: (fault, leftMs) => heard.push({ fault, leftMs }),
  })
  await clock.advance(16_000)
  expect(heard.map(({ leftMs }) => leftMs)).toEqual([10_000, 9_000, 7_000, 3_000, -5_000])
  expect(heard[0]?.fault).toMatchObject({
    code: 'renewal-failed',
    message: expect.stringContaining('no road'),
  })
  await clock.advance(20 * renewalRetryMsBounds[1])
  const last = heard.slice(-2).map(({ leftMs }) => leftMs)
  expect((last[0] ?? 0) - (last[1] ?? 0)).toBe(renewalRetryMsBounds[1])
  renewal.stop()
  expect(clock.pendingAlarms).toBe(0)
  expect(room.clock.pendingAlarms).toBe(0)
})

test('a node that claims a right it does not show gets nothing', async () => {
  const { founder, node } = await pair()
  const leafKey = PrivateKey.make('ml-dsa-65')
  const { identity, cluster } = node
  const right = { kind: 'renewal', former: node.credentials.leaf } as const
  const request = writeJoinRequest({ cluster, identity, leafKey, right }, binding)
  // Field 6 holds the certificate; as field 60 nobody looks at it.
  const at = Buffer.from(request).indexOf(Buffer.from(node.credentials.leaf.certificate)) - 3
  expect(request[at]).toBe(6)
  request[at] = 60
  expect(readJoinAnswer(await askOf(founder)(request))).toMatchObject({
    kind: 'refused',
    code: 'join-unproven',
  })
  expect(readCertificate(node.credentials.leaf.certificate).isAuthority).toBe(false)
})
