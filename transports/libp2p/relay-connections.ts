// Relay connections: the connections that circuits go over, which are never those that carry streams between the two nodes at their ends.
import { isOwn } from './components.ts'
import type { Connection } from '@libp2p/interface'
import type { Components, ConnectionManager } from './components.ts'

/**
 * What libp2p's circuits see of the connections. On a shared one a circuit would stand in front of the heartbeats of the relay itself, and end
 * with the stream beside it.
 */
export function relayConnections({ connectionManager }: Components): ConnectionManager {
  const view: Pick<ConnectionManager, 'getConnections' | 'openConnection'> = {
    getConnections: (peer) => free(connectionManager.getConnections(peer)),
    async openConnection(target, options) {
      const first = Array.isArray(target) ? target[0] : target
      const id =
        first === undefined || 'getComponents' in first
          ? first?.getComponents().at(-1)?.value
          : first.toString()
      const standing = free(connectionManager.getConnections()).find(
        ({ remotePeer }) => remotePeer.toString() === id,
      )
      return standing ?? (await connectionManager.openConnection(target, { ...options, force: true }))
    },
  }
  return Object.assign(Object.create(connectionManager) as ConnectionManager, view)
}

function free(connections: Connection[]): Connection[] {
  return connections.filter((one) => one.status === 'open' && one.direct && !isOwn(one))
}
