// Tests of trust on the wire: who is refused and how both sides hear of it, what is negotiated, and credentials that change under traffic.
import { connect, createServer } from 'node:net'
import { constants } from 'node:crypto'
import { connect as connectTls } from 'node:tls'
import { describe, expect, test } from 'vitest'
import { IdentityKey } from '../../../transports/libp2p/identity/identity-key.ts'
import { clientOptions, peerProtocol } from '../../../transports/libp2p/identity/tls-options.ts'
import { StreamEar } from '../../contracts/stream-ear.ts'
import { never, TestAuthority, TestCredentials, Town } from './town.ts'
import type { AddressInfo } from 'node:net'
import type { ConnectionOptions } from 'node:tls'
import type { TestNode } from './town.ts'

function portOf(node: TestNode): number {
  return Number(/\/tcp\/(\d+)/.exec(node.address)![1])
}

describe.each(['direct', 'relayed'] as const)('%s', (way) => {
  async function target(town: Town): Promise<TestNode> {
    if (way === 'direct') return await town.node()
    const relay = await town.node({ isRelay: true })
    return await town.node({ listen: [], relays: [relay.address] })
  }

  test.each([
    [
      'of another authority',
      (town: Town) => new TestCredentials(new TestAuthority(), { roots: [town.authority.root] }),
    ],
    [
      'of another cluster',
      (town: Town) => new TestCredentials(town.authority, { cluster: 'ponmlkjihgfedcba' }),
    ],
    ['that has ended', (town: Town) => new TestCredentials(town.authority, { endsMs: Date.now() - 60_000 })],
    [
      'that names another node',
      (town: Town) => new TestCredentials(town.authority, { peer: IdentityKey.make().peer }),
    ],
  ])('a node with a certificate %s is refused, and hears so', async (_, make) => {
    await using town = new Town()
    const node = await target(town)
    const stranger = await town.node({ credentials: make(town) })
    await expect(stranger.dial(node)).rejects.toMatchObject({
      code: way === 'direct' ? 'peer-refused' : /^peer-/,
    })
    expect(node.untaken).toBe(0)
  })

  test('who dials a node that it does not trust is told peer-refused', async () => {
    await using town = new Town()
    const node = await target(town)
    const credentials = new TestCredentials(town.authority)
    const near = await town.node({ credentials })
    credentials.banned.add(node.transport.peer)
    await expect(near.dial(node)).rejects.toMatchObject({ code: 'peer-refused' })
  })
})

test.each<[string, ConnectionOptions]>([
  ['TLS 1.2', { minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES256-GCM-SHA384' }],
  ['a classical group only', { ecdhCurve: 'X25519' }],
  ['classical signatures only', { sigalgs: 'ed25519:ecdsa_secp256r1_sha256' }],
  ['another cipher', { ciphers: 'TLS_CHACHA20_POLY1305_SHA256' }],
  ['no protocol', { ALPNProtocols: [] }],
  ['another protocol', { ALPNProtocols: ['h2'] }],
])('a client that offers %s is not let in', async (_, offered) => {
  await using town = new Town()
  const refused = Promise.withResolvers<string>()
  const node = await town.node({ refused: ({ reason }) => refused.resolve(reason) })
  const { current } = new TestCredentials(town.authority)
  const socket = connectTls({ host: '127.0.0.1', port: portOf(node), ...clientOptions(current), ...offered })
  socket.on('error', () => {})
  socket.resume()
  await new Promise((resolve) => socket.once('close', resolve))
  expect(await refused.promise).toMatch(/^(?:handshake-failed|protocol-unknown)$/)
  expect([...node.transport.refusals.values()]).toEqual([1])
})

test('a client without a certificate is no member, also where guests are received', async () => {
  await using town = new Town()
  for (const takesGuests of [false, true]) {
    const node = await town.node({ takesGuests })
    const { current } = new TestCredentials(town.authority)
    const { key: _key, cert: _cert, ...bare } = clientOptions(current)
    const socket = connectTls({ host: '127.0.0.1', port: portOf(node), ...bare })
    socket.on('error', () => {})
    socket.resume()
    await new Promise((resolve) => socket.once('close', resolve))
    expect(node.transport.refusals.get('peer-refused')).toBe(1)
    expect(node.untaken).toBe(0)
  }
})

test('the wire shows one group, one signature scheme, one cipher and no resumption', async () => {
  await using town = new Town()
  const [near, far] = [await town.node(), await town.node()]
  const seen: Record<'client' | 'server', Uint8Array[]> = { client: [], server: [] }
  const proxy = createServer((client) => {
    const server = connect(portOf(far), '127.0.0.1')
    client.on('data', (bytes: Uint8Array) => seen.client.push(bytes)).on('error', () => {})
    server.on('data', (bytes: Uint8Array) => seen.server.push(bytes)).on('error', () => {})
    client.pipe(server).pipe(client)
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  const address = `/ip4/127.0.0.1/tcp/${(proxy.address() as AddressInfo).port}`
  const stream = await near.transport.dial(
    { peer: far.transport.peer, addresses: [address] },
    'main',
    never(),
  )
  const ear = new StreamEar(stream)
  stream.close()
  await ear.closing
  proxy.close()
  const client = helloOf(Buffer.concat(seen.client))
  const server = helloOf(Buffer.concat(seen.server))
  expect(client.ciphers).toEqual([0x1302])
  expect(client.groups).toEqual([0x11ec])
  expect(client.signatures).toEqual([0x0905])
  expect(client.shares).toEqual([0x11ec])
  expect(server.ciphers).toEqual([0x1302])
  expect(server.shares).toEqual([0x11ec])
  expect(constants.SSL_OP_NO_TICKET).toBeGreaterThan(0)
})

test('certificates and authorities change under traffic, and no stream is dropped', async () => {
  await using town = new Town()
  const [near, far] = [await town.node(), await town.node()]
  const [writer, reader] = (await town.pair(near, far)).map((stream) => new StreamEar(stream)) as [
    StreamEar,
    StreamEar,
  ]
  const next = new TestAuthority('next')
  const roots = [town.authority.root, next.root]
  let sent = 0
  const talk = async (): Promise<void> => {
    await writer.write(new Uint8Array(10_000).fill(++sent))
    await reader.untilBytes(sent * 10_000)
  }
  await talk()
  // First everybody believes both, then each shows a certificate of the new one, then the old one is forgotten.
  for (const { credentials } of [near, far]) credentials.change({ ...credentials.current, roots })
  await talk()
  for (const { credentials } of [near, far]) {
    credentials.change(next.certify(credentials.identity, { roots }))
    await talk()
    const [, again] = await town.pair(near, far)
    expect(again.peer).toBe(near.transport.peer)
  }
  for (const { credentials } of [near, far])
    credentials.change({ ...credentials.current, roots: [next.root] })
  await talk()
  const late = await town.node()
  await expect(late.dial(far)).rejects.toMatchObject({ code: 'peer-refused' })
  const [, fresh] = await town.pair(far, near)
  expect(fresh.peer).toBe(far.transport.peer)
  await talk()
  expect(reader.isOver).toBe(false)
})

test('credentials that cannot be used are told, and those before stay in use', async () => {
  await using town = new Town()
  const told: Error[] = []
  const near = await town.node({ untrusted: (error) => told.push(error) })
  const far = await town.node()
  near.credentials.change({ ...near.credentials.current, key: 'no key' })
  expect(told).toHaveLength(1)
  const [, taken] = await town.pair(near, far)
  const [, back] = await town.pair(far, near)
  expect([taken.peer, back.peer]).toEqual([near.transport.peer, far.transport.peer])
})

test('a stream ends when the certificate of its peer does', async () => {
  await using town = new Town()
  const far = await town.node()
  const endsMs = Math.ceil(Date.now() / 1_000) * 1_000 + 2_000
  const brief = await town.node({ credentials: new TestCredentials(town.authority, { endsMs }) })
  const [, taken] = await town.pair(brief, far)
  expect(far.transport.certificateEndsMs(taken)).toBe(endsMs)
  expect(await new StreamEar(taken).closing).toMatchObject({ code: 'stream-broken' })
  expect(Date.now()).toBeGreaterThanOrEqual(endsMs)
  expect(far.transport.refusals.get('certificate-dropped')).toBe(1)
})

test('a peer that is not admitted any more loses its relayed streams as well', async () => {
  await using town = new Town()
  const relay = await town.node({ isRelay: true })
  const local = await town.node({ listen: [], relays: [relay.address] })
  const near = await town.node()
  const [, taken] = await town.pair(near, local)
  const ear = new StreamEar(taken)
  local.credentials.banned.add(near.transport.peer)
  local.credentials.change()
  expect(await ear.closing).toMatchObject({ code: 'stream-broken' })
  expect(local.transport.refusals.get('certificate-dropped')).toBe(1)
})

test('a peer that is not admitted any more loses its connections at once, and gets no new one', async () => {
  await using town = new Town()
  const [near, far, other] = [await town.node(), await town.node(), await town.node()]
  const ears = (await town.pair(near, far)).map((stream) => new StreamEar(stream))
  const [kept] = await town.pair(other, far)
  far.credentials.banned.add(near.transport.peer)
  far.credentials.change()
  for (const { closing } of ears) expect(await closing).toBeInstanceOf(Error)
  expect(far.transport.refusals.get('certificate-dropped')).toBe(1)
  await expect(near.dial(far)).rejects.toMatchObject({ code: 'peer-refused' })
  await new StreamEar(kept).write(Uint8Array.of(1))
})

test('the protocol that members speak has a name of its own', () => {
  expect(peerProtocol).toBe('troupe/1')
})

interface Hello {
  readonly ciphers: readonly number[]
  readonly groups: readonly number[]
  readonly signatures: readonly number[]
  readonly shares: readonly number[]
}

/** The first message of a side, as it stands on the wire: in TLS 1.3 it is not encrypted. */
function helloOf(bytes: Buffer): Hello {
  const isClient = bytes[5] === 1
  // Record header, handshake header, version, random.
  let at = 5 + 4 + 2 + 32
  at += 1 + bytes[at]!
  const ciphers = isClient ? wordsAt(bytes, at + 2, bytes.readUInt16BE(at)) : [bytes.readUInt16BE(at)]
  at += isClient ? 2 + bytes.readUInt16BE(at) : 2
  at += isClient ? 1 + bytes[at]! : 1
  const extensions = new Map<number, Buffer>()
  const end = at + 2 + bytes.readUInt16BE(at)
  for (at += 2; at < end;) {
    const length = bytes.readUInt16BE(at + 2)
    extensions.set(bytes.readUInt16BE(at), bytes.subarray(at + 4, at + 4 + length))
    at += 4 + length
  }
  const listOf = (type: number): number[] => {
    const list = extensions.get(type)
    return list === undefined ? [] : wordsAt(list, 2, list.readUInt16BE(0))
  }
  return {
    ciphers,
    groups: listOf(10),
    signatures: listOf(13),
    shares: sharesOf(extensions.get(51)!, isClient),
  }
}

function sharesOf(bytes: Buffer, isClient: boolean): number[] {
  const shares: number[] = []
  for (let at = isClient ? 2 : 0; at < bytes.length; at += 4 + bytes.readUInt16BE(at + 2))
    shares.push(bytes.readUInt16BE(at))
  return shares
}

function wordsAt(bytes: Buffer, at: number, length: number): number[] {
  return Array.from({ length: length / 2 }, (_, index) => bytes.readUInt16BE(at + 2 * index))
}
