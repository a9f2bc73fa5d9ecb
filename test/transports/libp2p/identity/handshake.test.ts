// The handshake between nodes, over real sockets: who is let in, who is not, and why.
import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { connect, createServer } from 'node:tls'
import { expect, test } from 'vitest'
import { handshakeFault } from '../../../../transports/libp2p/identity/handshake-fault.ts'
import { IdentityKey } from '../../../../transports/libp2p/identity/identity-key.ts'
import { pemOf } from '../../../../transports/libp2p/identity/certificate-reader.ts'
import { PrivateKey } from '../../../../transports/libp2p/identity/keys.ts'
import { spiffeId } from '../../../../transports/libp2p/identity/node-name.ts'
import {
  channelBindingBytes,
  channelBindingLabel,
  clientOptions,
  contextOptions,
  joinClientOptions,
  joinContextOptions,
  joinProtocol,
  joinServerName,
  serverOptions,
} from '../../../../transports/libp2p/identity/tls-options.ts'
import { verifyByFingerprint } from '../../../../transports/libp2p/identity/verify-peer.ts'
import { meet } from './meeting.ts'
import { readClientHello, readServerHello } from './tls-hello.ts'
import { check, TestCluster, testCluster } from './test-cluster.ts'
import type { AddressInfo } from 'node:net'
import type { TLSSocket } from 'node:tls'
import type { Flaw, TestNode } from './test-cluster.ts'

const nowMs = Date.now()
const hourMs = 3_600_000
const cluster = new TestCluster(nowMs)
const server = cluster.node()
const client = cluster.node()

test('two nodes of one cluster know each other by their peer ids', async () => {
  const met = await meet({
    server: serverOptions(server.credentials),
    client: clientOptions(client.credentials),
  })
  expect(met).toMatchObject({ client: server.peer, server: client.peer })
  expect(met.channel).toEqual({ protocol: 'TLSv1.3', cipher: 'TLS_AES_256_GCM_SHA384', isReused: false })
})

test('the wire shows one group, one version, one signature and one cipher on offer, and that group chosen', async () => {
  const met = await meet({
    server: serverOptions(server.credentials),
    client: clientOptions(client.credentials),
  })
  const x25519MlKem768 = 0x11ec
  expect(readClientHello(met.sent)).toEqual({
    groups: [x25519MlKem768],
    shares: [x25519MlKem768],
    versions: [0x0304],
    // mldsa65
    signatures: [0x0905],
    ciphers: [0x1302, 0x00ff].slice(0, readClientHello(met.sent).ciphers.length),
  })
  expect(readServerHello(met.received)).toEqual({
    group: x25519MlKem768,
    shareBytes: 1_120,
    version: 0x0304,
    cipher: 0x1302,
  })
})

test('a peer that offers X25519 alone gets no connection, on neither side', async () => {
  const classical = { ...clientOptions(client.credentials), ecdhCurve: 'X25519' }
  const dialled = await meet({ server: serverOptions(server.credentials), client: classical })
  expect(dialled.server).toBe('group-classical')
  expect(dialled.channel).toBeUndefined()
  const listens = { ...serverOptions(server.credentials), ecdhCurve: 'X25519' }
  const asked = await meet({ server: listens, client: clientOptions(client.credentials) })
  expect(asked).toMatchObject({ client: expect.not.stringContaining('12D3'), server: 'group-classical' })
})

test('a peer that prefers X25519 is moved to the only group there is', async () => {
  const both = { ...clientOptions(client.credentials), ecdhCurve: 'X25519:X25519MLKEM768' }
  const met = await meet({ server: serverOptions(server.credentials), client: both })
  expect(readClientHello(met.sent).shares).toContain(0x1d)
  expect(met).toMatchObject({ client: server.peer, server: client.peer })
})

test('a peer that speaks TLS 1.2 alone gets no connection, on neither side', async () => {
  const old = { minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2', ciphers: 'DEFAULT' } as const
  const dialled = await meet({
    server: serverOptions(server.credentials),
    client: { ...clientOptions(client.credentials), ...old },
  })
  expect([dialled.server, dialled.channel]).toEqual([expect.not.stringContaining('12D3'), undefined])
  const asked = await meet({
    server: { ...serverOptions(server.credentials), ...old },
    client: clientOptions(client.credentials),
  })
  expect([asked.client, asked.channel]).toEqual(['group-classical', undefined])
})

test('a channel over a classical group is refused also where both ends have agreed on it', async () => {
  const met = await meet({
    server: { ...serverOptions(server.credentials), ecdhCurve: 'X25519' },
    client: { ...clientOptions(client.credentials), ecdhCurve: 'X25519' },
  })
  expect(met.client).toBe('group-classical')
})

const stranger = IdentityKey.make()
const bad: readonly (readonly [string, () => TestNode, string])[] = [
  ['of another authority', () => new TestCluster(nowMs).node(), 'certificate-invalid'],
  ['of another cluster', () => flawed({ cluster: 'strangers2345677' }), 'cluster-foreign'],
  ['that is over', () => flawed({ endsMs: nowMs - 1_000 }), 'certificate-expired'],
  [
    'that begins later',
    () => flawed({ startsMs: nowMs + hourMs, endsMs: nowMs + 2 * hourMs }),
    'certificate-expired',
  ],
  [
    'with two names, the first its own',
    () =>
      flawed({
        identity: stranger,
        uris: [stranger.peer, client.peer].map((peer) => spiffeId({ cluster: testCluster, peer })),
      }),
    'certificate-invalid',
  ],
  ['with the name of another peer', () => flawed({ peer: client.peer }), 'certificate-invalid'],
  [
    'with the stolen proof of another',
    () => flawed({ peer: client.peer, proof: client.identity.proof(client.key.publicKey) }),
    'certificate-invalid',
  ],
  ['without a libp2p key', () => flawed({ proof: undefined }), 'certificate-invalid'],
]

function flawed(flaw: Flaw): TestNode {
  return cluster.node(flaw)
}

/** Believes the real authority, whoever signed its own certificate. */
function credentialsOf(node: TestNode): TestNode['credentials'] {
  return { ...node.credentials, roots: [cluster.root] }
}

test.each(bad)('a client with a certificate %s is refused by the server', async (_, make, code) => {
  const met = await meet({
    server: serverOptions(server.credentials),
    client: clientOptions(credentialsOf(make())),
  })
  expect(met.server).toBe(code)
})

test.each(bad)('a server with a certificate %s is refused by the client', async (_, make, code) => {
  const met = await meet({
    server: serverOptions(credentialsOf(make())),
    client: clientOptions(client.credentials),
  })
  expect(met.client).toBe(code)
})

test.each(bad)(
  'a server that takes joiners refuses a client with a certificate %s all the same',
  async (_, make, code) => {
    const takes = serverOptions(server.credentials, { takesJoiners: true })
    const met = await meet({ server: takes, client: clientOptions(credentialsOf(make())) })
    expect(met.server).toBe(code)
  },
)

test('a client without a certificate is refused, with or without a door for joiners', async () => {
  const { key: _key, cert: _cert, ...bare } = clientOptions(client.credentials)
  for (const takesJoiners of [true, false]) {
    const met = await meet({ server: serverOptions(server.credentials, { takesJoiners }), client: bare })
    expect(met.server).toBe('certificate-invalid')
  }
})

test('a certificate with an Ed25519 key does not get through the handshake', async () => {
  const pair = generateKeyPairSync('ed25519')
  const publicKey = Uint8Array.from(pair.publicKey.export({ type: 'spki', format: 'der' }))
  const { credentials } = flawed({ publicKey, identity: stranger, proof: stranger.proof(publicKey) })
  const key = pemOf(Uint8Array.from(pair.privateKey.export({ type: 'pkcs8', format: 'der' })), 'PRIVATE KEY')
  const classical = { ...clientOptions({ ...credentials, key }), sigalgs: 'ed25519:mldsa65' }
  const met = await meet({ server: serverOptions(server.credentials), client: classical })
  // It has no certificate that the server would take, and shows none.
  expect(met.server).toBe('certificate-invalid')
})

test('the key of another node does not fit a stolen certificate', () => {
  const stolen = { ...client.credentials, key: pemOf(PrivateKey.make('ml-dsa-65').pkcs8(), 'PRIVATE KEY') }
  expect(() => connect({ host: '127.0.0.1', port: 1, ...clientOptions(stolen) })).toThrow(
    /key values mismatch/,
  )
})

test('a revoked peer is refused, and so is another than the expected one', async () => {
  const options = { server: serverOptions(server.credentials), client: clientOptions(client.credentials) }
  const admits = (peer: string): boolean => peer !== client.peer
  const met = await meet({
    ...options,
    serverCheck: check({ admits }),
    clientCheck: check({ expected: stranger.peer }),
  })
  expect(met).toMatchObject({ server: 'peer-revoked', client: 'peer-unexpected' })
})

test('no session is resumed: every connection proves its certificate', async () => {
  const options = { server: serverOptions(server.credentials), client: clientOptions(client.credentials) }
  const first = await meet(options)
  const second = await meet({
    ...options,
    client: { ...options.client, ...(first.session === undefined ? {} : { session: first.session }) },
  })
  expect(second.channel?.isReused).toBe(false)
  expect(second.server).toBe(client.peer)
})

test('who joins knows the server by the fingerprint of its authority alone', async () => {
  const seen: unknown[] = []
  const met = await meet({
    server: serverOptions(server.credentials, { takesJoiners: true }),
    joinContext: joinContextOptions(server.credentials, cluster.root),
    client: joinClientOptions(),
    look: (socket) => {
      seen.push(socket.alpnProtocol)
      return verifyByFingerprint(socket, { cluster: testCluster, fingerprint: cluster.fingerprint, nowMs })
        .peer
    },
  })
  expect(seen).toEqual([joinProtocol])
  // What the server would do with it as a member.
  expect(met).toMatchObject({ client: server.peer, server: 'certificate-invalid' })
  expect(readClientHello(met.sent).groups).toEqual([0x11ec])
})

const impostors: readonly (readonly [string, () => TestNode, () => string, string])[] = [
  ['of another authority', () => new TestCluster(nowMs).node(), () => cluster.root, 'certificate-invalid'],
  [
    'of another cluster',
    () => flawed({ cluster: 'strangers2345677' }),
    () => cluster.root,
    'cluster-foreign',
  ],
  ['that shows another authority', () => server, () => new TestCluster(nowMs).root, 'authority-foreign'],
]

test.each(impostors)('who joins refuses a server %s', async (_, make, root, code) => {
  const { credentials } = make()
  const met = await meet({
    server: serverOptions(credentials, { takesJoiners: true }),
    // As an impostor would build it; OpenSSL sends what it is given.
    joinContext: { ...contextOptions(credentials), cert: `${credentials.certificate}${root()}` },
    client: joinClientOptions(),
    look: (socket) =>
      verifyByFingerprint(socket, { cluster: testCluster, fingerprint: cluster.fingerprint, nowMs }).peer,
  })
  expect(met.client).toBe(code)
})

test('who joins refuses a server that does not show its authority', async () => {
  const met = await meet({
    // OpenSSL would complete the chain from the roots that are believed.
    server: serverOptions(
      { ...server.credentials, roots: [new TestCluster(nowMs, 'unrelated').root] },
      { takesJoiners: true },
    ),
    client: joinClientOptions(),
    look: (socket) =>
      verifyByFingerprint(socket, { cluster: testCluster, fingerprint: cluster.fingerprint, nowMs }).peer,
  })
  expect(met.client).toBe('certificate-invalid')
})

test('a connection stands while the server changes its certificate and its authority, and the next one gets the new ones', async () => {
  const next = new TestCluster(nowMs, 'the next one')
  const roots = [cluster.root, next.root]
  const listens = createServer(serverOptions({ ...server.credentials, roots }))
  const renewed = next.node({ identity: server.identity })
  const sockets: TLSSocket[] = []
  listens.on(
    'secureConnection',
    (socket) => void sockets.push(socket.on('data', (bytes) => socket.write(bytes))),
  )
  listens.listen(0, '127.0.0.1')
  await once(listens, 'listening')
  const { port } = listens.address() as AddressInfo
  const dial = async (): Promise<TLSSocket> => {
    const socket = connect({ host: '127.0.0.1', port, ...clientOptions({ ...client.credentials, roots }) })
    await once(socket, 'secureConnect')
    return socket
  }
  const echo = async (socket: TLSSocket, text: string): Promise<string> => {
    socket.write(text)
    const [bytes] = (await once(socket, 'data')) as [Buffer]
    return bytes.toString()
  }
  const before = await dial()
  expect(await echo(before, 'one')).toBe('one')
  listens.setSecureContext(contextOptions({ ...renewed.credentials, roots }))
  const after = await dial()
  expect(await echo(before, 'two')).toBe('two')
  expect(await echo(after, 'three')).toBe('three')
  const serials = [before, after].map((socket) => socket.getPeerX509Certificate()?.issuer)
  expect(serials).toEqual(['CN=test authority', 'CN=the next one'])
  for (const socket of [before, after, ...sockets]) socket.destroy()
  await new Promise((resolve) => listens.close(resolve))
})

test('both ends derive the same bytes from a channel, and other bytes from another channel', async () => {
  const listens = createServer(serverOptions(server.credentials))
  const bindings: string[] = []
  const binding = (socket: TLSSocket): string =>
    socket.exportKeyingMaterial(channelBindingBytes, channelBindingLabel, Buffer.alloc(0)).toString('hex')
  listens.listen(0, '127.0.0.1')
  await once(listens, 'listening')
  const { port } = listens.address() as AddressInfo
  for (let times = 0; times < 2; times++) {
    const accepted = once(listens, 'secureConnection') as Promise<[TLSSocket]>
    const socket = connect({ host: '127.0.0.1', port, ...clientOptions(client.credentials) })
    const [[other]] = await Promise.all([accepted, once(socket, 'secureConnect')])
    bindings.push(binding(socket), binding(other))
    socket.destroy()
    other.destroy()
  }
  await new Promise((resolve) => listens.close(resolve))
  const [near, far, nextNear, nextFar] = bindings
  expect(near).toBe(far)
  expect(nextNear).toBe(nextFar)
  expect(near).not.toBe(nextNear)
})

test('a handshake that ends for no reason of ours says so', () => {
  expect(handshakeFault(Object.assign(new Error('reset'), { code: 'ECONNRESET' }))).toMatchObject({
    code: 'handshake-failed',
    details: { code: 'ECONNRESET' },
  })
  expect(handshakeFault('whatever').code).toBe('handshake-failed')
  expect(joinServerName).toMatch(/\.invalid$/)
})
