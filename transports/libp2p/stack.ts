// The stack: js-libp2p as this transport uses it, with each of its limits set. It has nothing that encrypts but what is ours.
import { privateKeyFromProtobuf } from '@libp2p/crypto/keys'
import { yamux } from '@libp2p/yamux'
import { createLibp2p } from 'libp2p'
import { invariant } from '../../runtime/invariant.ts'
import { circuitTransport } from './circuit-transport.ts'
import { relayDesk } from './relay-desk.ts'
import { tlsEncrypter } from './tls-encrypter.ts'
import { tlsTransport } from './tls-transport.ts'
import type { Libp2p, Logger, StreamMuxerFactory, Transport } from '@libp2p/interface'
import type { ConnectionManagerInit } from 'libp2p'
import type { Components } from './components.ts'
import type { TlsTransportInit } from './tls-transport.ts'

/** Streams of one connection, from each side. Only connections to a relay have more than two. */
export const connectionStreamsMax: number = 1_024
/** What a stream may send before the other side answers, at first and at most. */
export const windowBytesDefault: number = 262_144
export const windowBytesMax: number = 2_097_152
/** What comes and nobody takes: twice the window, or a stream that waits would be reset. */
export const unreadBytesMax: number = 4_194_304
/** What one stream may have queued. Our own writers stay far below; a relay's queue ends here. */
export const queuedBytesMax: number = 16_777_216
/** Streams that come before libp2p looks. */
export const earlyStreamsMax: number = 64
/** Connections of a node, both ways. */
export const connectionsMax: number = 10_000
/** Connections that are being made, both ways. */
export const incomingConnectionsMax: number = 1_024
export const dialsMax: number = 256
export const dialQueueMax: number = 10_000
/** Addresses of one peer that libp2p tries by itself, for relays only. */
export const relayAddressesMax: number = 32
export const dialMsMax: number = 10_000
export const addressMsMax: number = 5_000
/** From a socket to a connection, and from a stream to a protocol. */
export const upgradeMsMax: number = 10_000
export const protocolMsMax: number = 5_000
/** How long a connection may take to close before it is cut. */
export const connectionCloseMsMax: number = 1_000
export interface StackInit extends Omit<TlsTransportInit, 'muxer' | 'log'> {
  readonly identityKey: Uint8Array
  /** What libp2p tells others of this node's addresses; if there are none, those that it listens at. */
  readonly announce: readonly string[]
  /** Bytes a second that the node relays for each peer; left out where it relays nothing. */
  readonly relayBytesPerSecond: number | undefined
}

export interface Stack {
  readonly node: Libp2p
  readonly components: Components
  readonly circuits: Transport
}

/** Makes a stack that has not been started. It listens nowhere until it is told to. */
export async function makeStack(init: StackInit): Promise<Stack> {
  const muxer = makeMuxer()
  const { relayBytesPerSecond } = init
  let circuits: Transport | undefined
  let components: Components | undefined
  const node = await createLibp2p({
    start: false,
    privateKey: privateKeyFromProtobuf(init.identityKey),
    addresses: { listen: [], announce: [...init.announce] },
    transports: [
      (inner: LoggerHolder) => tlsTransport({ ...init, muxer, log: inner.logger.forComponent('troupe:tls') }),
      // libp2p says less of what it hands to a transport than it does.
      (inner) => (circuits = circuitTransport(inner as unknown as Components)),
    ],
    connectionEncrypters: [() => tlsEncrypter({ ...init, muxer })],
    streamMuxers: [() => muxer],
    connectionMonitor: { enabled: false },
    connectionManager,
    services: {
      inside: (inner: Components) => {
        components = inner
        return {}
      },
      ...(relayBytesPerSecond === undefined
        ? {}
        : {
            relay: (inner: Components) => relayDesk(inner, { ...init, bytesPerSecond: relayBytesPerSecond }),
          }),
    },
  })
  invariant(components !== undefined && circuits !== undefined, 'libp2p has not made its parts')
  return { node, components, circuits }
}

interface LoggerHolder {
  readonly logger: { forComponent(name: string): Logger }
}

const connectionManager: ConnectionManagerInit = {
  maxConnections: connectionsMax,
  inboundConnectionThreshold: Infinity,
  maxIncomingPendingConnections: incomingConnectionsMax,
  maxParallelDials: dialsMax,
  maxDialQueueLength: dialQueueMax,
  maxPeerAddrsToDial: relayAddressesMax,
  dialTimeout: dialMsMax,
  addressDialTimeout: addressMsMax,
  inboundUpgradeTimeout: upgradeMsMax,
  inboundStreamProtocolNegotiationTimeout: protocolMsMax,
  outboundStreamProtocolNegotiationTimeout: protocolMsMax,
  connectionCloseTimeout: connectionCloseMsMax,
  reconnectRetries: 0,
}

/** One multiplexer for all connections: it keeps nothing between them. */
function makeMuxer(): StreamMuxerFactory {
  const make = yamux({
    maxInboundStreams: connectionStreamsMax,
    maxOutboundStreams: connectionStreamsMax,
    maxEarlyStreams: earlyStreamsMax,
    // It only writes to a log whether the other side answers.
    enableKeepAlive: false,
    streamOptions: {
      initialStreamWindowSize: windowBytesDefault,
      maxStreamWindowSize: windowBytesMax,
      maxReadBufferLength: unreadBytesMax,
      maxWriteBufferLength: queuedBytesMax,
    },
  })
  return make()
}
