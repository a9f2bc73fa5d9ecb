// Tests of hostile peers: whatever comes at the port, or from a member gone bad, ends that connection with a counted reason and leaves all others alone.
import { connect, createServer } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { yamux } from '@libp2p/yamux'
import { createLibp2p } from 'libp2p'
import { multiaddr } from '@multiformats/multiaddr'
import { privateKeyFromProtobuf } from '@libp2p/crypto/keys'
import { peerIdFromString } from '@libp2p/peer-id'
import { expect, test } from 'vitest'
import { clientOptions } from '../../../transports/libp2p/identity/tls-options.ts'
import { Refusals } from '../../../transports/libp2p/refusals.ts'
import { SecureContexts } from '../../../transports/libp2p/secure-contexts.ts'
import { connectionStreamsMax } from '../../../transports/libp2p/stack.ts'
import { handshakesPerAddressMax } from '../../../transports/libp2p/tls-door.ts'
import { peerConnectionsMax, tlsTransport } from '../../../transports/libp2p/tls-transport.ts'
import { Tenures } from '../../../transports/libp2p/tenures.ts'
import { StreamEar } from '../../contracts/stream-ear.ts'
import { clock, TestCredentials, Town } from './town.ts'
import type { ComponentLogger, Libp2p } from '@libp2p/interface'
import type { AddressInfo, Socket } from 'node:net'
import type { Refusal } from '../../../transports/libp2p/refusals.ts'
import type { NodeOptions, TestNode } from './town.ts'

function portOf(node: TestNode): number {
  return Number(/\/tcp\/(\d+)/.exec(node.address)![1])
}

/** A node, and a way to wait for what it refuses. */
async function watched(
  town: Town,
  options: NodeOptions = {},
): Promise<{ node: TestNode; until(count: number): Promise<Refusal[]> }> {
  const refusals: Refusal[] = []
  let waiting: (() => void) | undefined
  const node = await town.node({
    ...options,
    refused: (refusal) => {
      refusals.push(refusal)
      waiting?.()
    },
  })
  return {
    node,
    async until(count) {
      while (refusals.length < count) await new Promise<void>((go) => (waiting = go))
      return refusals
    },
  }
}

async function closing(socket: Socket): Promise<void> {
  socket.on('error', () => {})
  socket.resume()
  if (!socket.destroyed) await new Promise((resolve) => socket.once('close', resolve))
}

/** Proves that a node still does what it is there for. */
async function isWell(town: Town, node: TestNode): Promise<boolean> {
  const friend = await town.node({ listen: [] })
  const [one, other] = await town.pair(friend, node)
  const [writer, reader] = [new StreamEar(one), new StreamEar(other)]
  await writer.write(Uint8Array.of(1, 2, 3))
  await reader.untilBytes(3)
  await friend.transport.close()
  return reader.byteCount === 3
}

/** A member whose libp2p does as it likes. */
async function rogue(town: Town): Promise<Libp2p> {
  const credentials = new TestCredentials(town.authority)
  const contexts = new SecureContexts({ source: credentials, clock, refused: () => {} })
  const refusals = new Refusals()
  const muxer = yamux({ maxOutboundStreams: 100_000, maxInboundStreams: 100_000 })()
  return await createLibp2p({
    privateKey: privateKeyFromProtobuf(credentials.identityKey),
    transports: [
      (inner: { readonly logger: ComponentLogger }) =>
        tlsTransport({
          contexts,
          clock,
          muxer,
          refusals,
          tenures: new Tenures(contexts, clock, refusals),
          foyer: undefined,
          log: inner.logger.forComponent('rogue'),
        }),
    ],
    streamMuxers: [() => muxer],
    connectionMonitor: { enabled: false },
  })
}

test('garbage instead of TLS is refused and counted', async () => {
  await using town = new Town()
  const { node, until } = await watched(town)
  const garbage = [
    Buffer.from('GET / HTTP/1.1\r\n\r\n'),
    Buffer.alloc(100_000, 0xff),
    Buffer.from([0x16, 3, 1, 0xff, 0xff, 1]),
  ]
  for (const bytes of garbage) {
    const socket = connect(portOf(node), '127.0.0.1')
    socket.end(bytes)
    await closing(socket)
  }
  const refusals = await until(garbage.length)
  expect(new Set(refusals.map(({ reason }) => reason))).toEqual(new Set(['handshake-failed']))
  expect(await isWell(town, node)).toBe(true)
})

test('a handshake that breaks off after each of its first bytes is counted, and nothing stays', async () => {
  await using town = new Town()
  const { node, until } = await watched(town)
  const hello = await helloOf(town)
  const cuts = [1, 5, 6, 50, 500, hello.length - 1, hello.length]
  for (const cut of cuts) {
    const socket = connect(portOf(node), '127.0.0.1')
    socket.write(hello.subarray(0, cut), () => socket.destroy())
    await closing(socket)
  }
  await until(cuts.length)
  expect([...node.transport.refusals]).toEqual([['handshake-failed', cuts.length]])
  expect(await isWell(town, node)).toBe(true)
})

test('a thousand connections that say nothing leave room for nobody else from there, and go when they are closed', async () => {
  await using town = new Town()
  const { node, until } = await watched(town)
  const sockets = Array.from({ length: 1_000 }, () => connect(portOf(node), '127.0.0.1'))
  const ends = sockets.map(async (socket) => await closing(socket))
  const refusals = await until(1_000 - handshakesPerAddressMax)
  expect(new Set(refusals.map(({ reason }) => reason))).toEqual(new Set(['handshakes-full']))
  for (const socket of sockets) socket.destroy()
  await Promise.all(ends)
  await until(1_000)
  expect(await isWell(town, node)).toBe(true)
})

test('a connection that says nothing is closed when the time of a handshake is over', async () => {
  await using town = new Town()
  const { node, until } = await watched(town)
  const socket = connect(portOf(node), '127.0.0.1')
  await closing(socket)
  expect((await until(1))[0]!.reason).toBe('handshake-failed')
})

test('a member has so many connections and no more', async () => {
  await using town = new Town()
  const { node } = await watched(town)
  const { current } = new TestCredentials(town.authority)
  const sockets: Socket[] = []
  const verdicts: number[] = []
  for (let count = 0; count < peerConnectionsMax + 3; count++) {
    const socket = connectTls({ host: '127.0.0.1', port: portOf(node), ...clientOptions(current) })
    socket.on('error', () => {})
    sockets.push(socket)
    verdicts.push(
      await new Promise((resolve) => socket.once('data', (bytes: Uint8Array) => resolve(bytes[0]!))),
    )
  }
  expect(verdicts.filter((verdict) => verdict === 1)).toHaveLength(peerConnectionsMax)
  expect(node.transport.refusals.get('peer-connections-full')).toBe(3)
  for (const socket of sockets) socket.destroy()
  expect(await isWell(town, node)).toBe(true)
})

test('a member that sends garbage after the handshake loses its connection', async () => {
  await using town = new Town()
  const { node } = await watched(town)
  const { current } = new TestCredentials(town.authority)
  const socket = connectTls({ host: '127.0.0.1', port: portOf(node), ...clientOptions(current) })
  socket.once('secureConnect', () => socket.write(Buffer.alloc(100_000, 0xfe)))
  await closing(socket)
  expect(await isWell(town, node)).toBe(true)
})

test('of ten thousand streams that a member opens at once so many as its bound stand, the others are reset, and peers go on', async () => {
  await using town = new Town()
  const { node } = await watched(town)
  const { current } = new TestCredentials(town.authority)
  const socket = connectTls({ host: '127.0.0.1', port: portOf(node), ...clientOptions(current) })
  socket.on('error', () => {})
  const streams = 10_000
  // Yamux: version, type (1: window), flags (1: opens it, 8: resets it), stream, length.
  const frames = Buffer.alloc(streams * 12)
  for (let index = 0; index < streams; index++) {
    frames.writeUInt8(1, index * 12 + 1)
    frames.writeUInt16BE(1, index * 12 + 2)
    frames.writeUInt32BE(index * 2 + 1, index * 12 + 4)
  }
  socket.once('secureConnect', () => socket.write(frames))
  const resets = new Set<number>()
  const answered = Promise.withResolvers<void>()
  let rest: Buffer = Buffer.alloc(0)
  let isWelcome = false
  socket.on('data', (bytes: Buffer) => {
    rest = Buffer.concat([rest, isWelcome ? bytes : bytes.subarray(1)])
    isWelcome = true
    let at = 0
    for (; rest.length - at >= 12; at += 12) {
      if ((rest.readUInt16BE(at + 2) & 8) !== 0) resets.add(rest.readUInt32BE(at + 4))
    }
    rest = rest.subarray(at)
    if (resets.size >= streams - connectionStreamsMax) answered.resolve()
  })
  await answered.promise
  expect(resets.size).toBe(streams - connectionStreamsMax)
  expect(await isWell(town, node)).toBe(true)
  socket.destroy()
})

test.each([
  ['unknown', '/nobody/knows/1'],
  ['ten kilobytes long', `/${'x'.repeat(10_240)}`],
  ['that of a relay, where there is none', '/libp2p/circuit/relay/0.2.0/hop'],
])('a stream for a protocol that is %s is refused, and the connection goes on', async (_, protocol) => {
  await using town = new Town()
  const { node } = await watched(town)
  const member = await rogue(town)
  const connection = await member.dial(multiaddr(node.address))
  await expect(connection.newStream(protocol)).rejects.toBeInstanceOf(Error)
  const stream = await connection.newStream('/troupe/main/1')
  expect(stream.status).toBe('open')
  expect((await node.next()).peer).toBe(member.peerId.toString())
  await member.stop()
})

test.each([
  ['no question', ''],
  ['another purpose', 'foyer\n/ip4/127.0.0.1/tcp/1'],
  ['no address', 'main'],
  ['something that is no address', 'main\nlocalhost:1'],
  ['too many addresses', `main${'\n/ip4/127.0.0.1/tcp/1'.repeat(9)}`],
  ['too many bytes', `main\n${'x'.repeat(20_000)}`],
])('a connect-back with %s is not answered', async (_, question) => {
  await using town = new Town()
  const { node } = await watched(town)
  const member = await rogue(town)
  const connection = await member.dial(multiaddr(node.address))
  const stream = await connection.newStream('/troupe/connect-back/1')
  const closed = new Promise<Error | undefined>((resolve) =>
    stream.addEventListener('close', ({ error }) => resolve(error)),
  )
  if (question !== '') stream.send(new TextEncoder().encode(question))
  await stream.close().catch(() => {})
  expect(await closed).toBeInstanceOf(Error)
  expect(await isWell(town, node)).toBe(true)
  await member.stop()
})

test('a member that pours into a circuit whose other end takes nothing is cut before it fills the relay', async () => {
  await using town = new Town()
  const { node: relay, until } = await watched(town, { isRelay: true })
  const sockets: Socket[] = []
  const proxy = createServer((client) => {
    const server = connect(portOf(relay), '127.0.0.1')
    for (const socket of [client, server]) sockets.push(socket.on('error', () => {}))
    client.pipe(server).pipe(client)
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  const { port } = proxy.address() as AddressInfo
  const local = await town.node({
    listen: [],
    relays: [`/ip4/127.0.0.1/tcp/${port}/p2p/${relay.transport.peer}`],
  })
  const member = await rogue(town)
  const connection = await member.dial(multiaddr(relay.address))
  const stream = await connection.newStream('/libp2p/circuit/relay/0.2.0/hop')
  const answered = new Promise((resolve) => stream.addEventListener('message', resolve, { once: true }))
  // libp2p's HopMessage: its length, type 1 (connect), and whom to reach.
  const id = peerIdFromString(local.transport.peer).toMultihash().bytes
  stream.send(Uint8Array.of(id.length + 6, 0x08, 1, 0x12, id.length + 2, 0x0a, id.length, ...id))
  await answered
  for (const socket of sockets) {
    socket.unpipe()
    socket.pause()
  }
  const cut = new Promise((resolve) => stream.addEventListener('close', resolve))
  const pour = (): void => {
    if (stream.status === 'open') stream.send(new Uint8Array(65_536))
  }
  stream.addEventListener('idle', () => setImmediate(pour))
  pour()
  await cut
  expect((await until(1))[0]!.reason).toBe('relay-overrun')
  for (const socket of sockets) socket.destroy()
  proxy.close()
  expect(await isWell(town, relay)).toBe(true)
  await member.stop()
})

/** The first bytes of a member's handshake. */
async function helloOf(town: Town): Promise<Buffer> {
  const { current } = new TestCredentials(town.authority)
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const bytes = new Promise<Buffer>((resolve) =>
    server.once('connection', (socket) => {
      socket.on('error', () => {})
      socket.once('data', (first: Buffer) => {
        socket.destroy()
        resolve(first)
      })
    }),
  )
  const { port } = server.address() as { readonly port: number }
  await closing(connectTls({ host: '127.0.0.1', port, ...clientOptions(current) }))
  server.close()
  return await bytes
}
