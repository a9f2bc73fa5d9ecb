// Neighbours: nodes on the same network that say so by multicast DNS. Nothing of it is believed: who they are they prove when they are dialled.
import { mdns } from '@libp2p/mdns'
import { addressesMax, isDirect } from './node-address.ts'
import type { PeerInfo } from '@libp2p/interface'
import type { Components } from './components.ts'
import type { NeighbourListener } from './neighbour-listener.ts'

/** How often a node asks who is there. */
export const neighbourMsDefault: number = 10_000

/** What is asked of mdns; its own type has nothing but a tag. */
interface Discovery extends EventTarget {
  start(): Promise<void>
  stop(): Promise<void>
}

export class Neighbours {
  readonly #discovery: Discovery

  /** @param cluster its id: other clusters on the same network are not heard */
  constructor(components: Components, cluster: string, found: NeighbourListener) {
    const make = mdns({ interval: neighbourMsDefault, serviceTag: `_${cluster}._troupe._udp.local` })
    this.#discovery = make(components) as unknown as Discovery
    this.#discovery.addEventListener('peer', (event) => {
      const { id, multiaddrs } = (event as CustomEvent<PeerInfo>).detail
      const direct = multiaddrs.filter((address) => isDirect(address)).slice(0, addressesMax)
      if (direct.length > 0) found(id.toString(), direct.map(String))
    })
  }

  async start(): Promise<void> {
    await this.#discovery.start()
  }

  async stop(): Promise<void> {
    await this.#discovery.stop()
  }
}
