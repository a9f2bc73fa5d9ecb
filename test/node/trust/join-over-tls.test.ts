// Joining over a real TLS channel: from a token to a member that others believe, and somebody in between who gets nothing.
import { once } from 'node:events'
import { connect, createSecureContext, createServer } from 'node:tls'
import { afterEach, expect, test } from 'vitest'
import { joinCluster } from '../../../node/trust/cluster-verbs.ts'
import {
  channelBindingBytes,
  channelBindingLabel,
  clientOptions,
  joinClientOptions,
  joinContextOptions,
  joinProtocol,
  joinServerName,
  serverOptions,
} from '../../../transports/libp2p/identity/tls-options.ts'
import { verifyByFingerprint, verifyPeer } from '../../../transports/libp2p/identity/verify-peer.ts'
import { ManualClock } from '../../../scenarios/testing/manual-clock.ts'
import { TrustRoom } from './trust-room.ts'
import type { AddressInfo } from 'node:net'
import type { Server, TLSSocket } from 'node:tls'
import type { DeskCall } from '../../../node/trust/cluster-verbs.ts'
import type { JoinToken } from '../../../node/trust/join-token.ts'
import type { Trust } from '../../../node/trust/trust.ts'

const code = (name: string): unknown => expect.objectContaining({ code: name })
const nowMs = Date.now()
const ends: (() => void)[] = []
afterEach(() => {
  for (const end of ends.splice(0)) end()
})

function bindingOf(socket: TLSSocket): Uint8Array {
  return socket.exportKeyingMaterial(channelBindingBytes, channelBindingLabel, Buffer.alloc(0))
}

/** All that the other side writes until it ends. */
async function received(socket: TLSSocket): Promise<Uint8Array> {
  const pieces: Buffer[] = []
  socket.on('data', (bytes: Buffer) => pieces.push(bytes))
  await once(socket, 'end')
  return Buffer.concat(pieces)
}

/** A member that takes joiners in; with `answer` what it does with their requests. */
async function open(
  founder: Trust,
  answer: (request: Uint8Array, socket: TLSSocket) => Promise<Uint8Array>,
): Promise<number> {
  const { current, roots } = founder.credentials
  const server: Server = createServer({
    ...serverOptions(current, { takesJoiners: true }),
    allowHalfOpen: true,
  })
  server.addContext(joinServerName, createSecureContext(joinContextOptions(current, roots[0] ?? '')))
  server.on('secureConnection', (socket) => {
    ends.push(() => socket.destroy())
    socket.on('error', () => {})
    if (socket.alpnProtocol === joinProtocol) {
      void received(socket).then(async (request) => socket.end(await answer(request, socket)))
      return
    }
    const { peer } = verifyPeer(socket, { cluster: founder.cluster, admits: () => true })
    socket.end(`welcome ${peer}`)
  })
  server.listen(0, '127.0.0.1')
  ends.push(() => void server.close())
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

function desk(founder: Trust): (request: Uint8Array, socket: TLSSocket) => Promise<Uint8Array> {
  return async (request, socket) => {
    const caller = { source: socket.remoteAddress ?? '', binding: bindingOf(socket) }
    return (await founder.desk?.answer(request, caller)) ?? new Uint8Array(0)
  }
}

function callTo(port: number): (token: JoinToken) => Promise<DeskCall> {
  return async ({ cluster, fingerprint }) => {
    const socket = connect({ host: '127.0.0.1', port, ...joinClientOptions() })
    ends.push(() => socket.destroy())
    await once(socket, 'secureConnect')
    verifyByFingerprint(socket, { cluster, fingerprint, nowMs })
    const ask = (request: Uint8Array): Promise<Uint8Array> => {
      socket.end(request)
      return received(socket)
    }
    return { binding: bindingOf(socket), ask }
  }
}

async function founded(path = '/a'): Promise<{ room: TrustRoom; founder: Trust }> {
  const room = new TrustRoom(new ManualClock({ wallMs: nowMs }))
  await room.found(path)
  return { room, founder: await room.open(path) }
}

test('a node joins over the wire, and is believed by its new certificate', async () => {
  const { room, founder } = await founded()
  const port = await open(founder, desk(founder))
  const { peer } = await joinCluster('/b', await room.token('/a'), { ...room.options, call: callTo(port) })
  await using trust = await room.open('/b')
  const socket = connect({ host: '127.0.0.1', port, ...clientOptions(trust.credentials.current) })
  await once(socket, 'secureConnect')
  const { admits } = trust.credentials
  const check = {
    cluster: trust.cluster,
    expected: founder.identity.peer,
    admits: admits.bind(trust.credentials),
  }
  expect(verifyPeer(socket, check).peer).toBe(founder.identity.peer)
  expect(Buffer.from(await received(socket)).toString()).toBe(`welcome ${peer}`)
})

test('a token is not shown to a server of another authority', async () => {
  const { room, founder } = await founded()
  const stranger = await founded()
  const requests: Uint8Array[] = []
  const port = await open(stranger.founder, async (request) => (requests.push(request), request))
  const token = await room.token('/a')
  const joined = joinCluster('/b', token, { ...room.options, call: callTo(port) })
  await expect(joined).rejects.toThrow(code('authority-foreign'))
  expect(requests).toEqual([])
  expect(founder.desk?.counts.size).toBe(0)
})

test('a member that passes a request on as its own gets no certificate for it', async () => {
  const { room, founder } = await founded()
  const port = await open(founder, desk(founder))
  const token = await room.token('/a')
  const between = await open(founder, async (request) => {
    const { binding: _other, ask } = await callTo(port)({
      ...emptyToken,
      cluster: founder.cluster,
      fingerprint: founder.authority?.fingerprint ?? '',
    })
    return ask(request)
  })
  const joined = joinCluster('/b', token, { ...room.options, call: callTo(between) })
  await expect(joined).rejects.toThrow(expect.objectContaining({ details: { code: 'join-unproven' } }))
})

const emptyToken: JoinToken = {
  cluster: '',
  id: '',
  secret: new Uint8Array(0),
  fingerprint: '',
  endsMs: 0,
  addresses: [],
}
