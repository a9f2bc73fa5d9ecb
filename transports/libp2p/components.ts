// The components: what libp2p hands to its services, by the type that it gives away for them.
import type { Connection, Stream } from '@libp2p/interface'
import type { ServiceFactoryMap } from 'libp2p'

export type Components = Parameters<ServiceFactoryMap[string]>[0]
export type ConnectionManager = Components['connectionManager']

/** The same components with some in place of others. They are a Proxy that knows no list of them, so that a copy cannot be made. */
export function withParts(components: Components, parts: Partial<Components>): Components {
  const names = Object.keys(parts)
  const own = names.map((name) => [name, { value: parts[name] as unknown, enumerable: true }] as const)
  return Object.create(components, Object.fromEntries(own)) as Components
}

const ownProtocols = '/troupe/'

/** Whether it carries, or is about to carry, what nodes say to each other; then nothing is relayed over it. */
export function isOwn(connection: Connection): boolean {
  return claimed.has(connection) || connection.streams.some((stream) => isOwnStream(stream))
}

/** A connection that was dialled for a stream of ours. */
export function claim(connection: Connection): void {
  claimed.add(connection)
}

const claimed = new WeakSet<Connection>()

function isOwnStream({ protocol }: Stream): boolean {
  return protocol.startsWith(ownProtocols)
}
