// A node's own addresses: what it has announced last, kept so that tokens can name them and a restart listens where the others look.
import type { Cluster } from './cluster.ts'
import type { Disk } from '../../runtime/disk.ts'
import type { PeerId } from '../../runtime/transport.ts'

/** Bytes of the file. */
export const ownAddressesBytesMax = 65_536

export class OwnAddresses {
  readonly #disk: Disk
  readonly #file: string
  #text = ''
  #written: Promise<void> = Promise.resolve()

  constructor(disk: Disk, file: string) {
    this.#disk = disk
    this.#file = file
  }

  /** None where none were kept, or what was kept cannot be read. */
  async read(): Promise<string[]> {
    try {
      const value: unknown = JSON.parse(await this.#disk.read(this.#file, ownAddressesBytesMax))
      return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : []
    } catch {
      return []
    }
  }

  /** Keeps what the cluster knows of this node, until the cluster is closed. */
  follow({ agreement }: Pick<Cluster, 'agreement'>, peer: PeerId): void {
    const keep = (): void => this.#keep(agreement.facts.memberByPeer(peer)?.addresses ?? [])
    agreement.directory.watch((change) => {
      const isOwn = change.type === 'member-joined' || change.type === 'member-changed'
      if (isOwn && change.member.peer === peer) this.#keep(change.member.addresses)
    }, keep)
    keep()
  }

  /** Resolves once what was kept last is written, or cannot be. */
  settled(): Promise<void> {
    return this.#written
  }

  #keep(addresses: readonly string[]): void {
    const text = JSON.stringify(addresses)
    if (addresses.length === 0 || text === this.#text) return
    this.#text = text
    // One after the other; what cannot be written is only missed by who makes a token without addresses.
    this.#written = this.#written.then(() => this.#disk.replace(this.#file, text)).catch(() => undefined)
  }
}

/** Without the peer's id at the end: where a node listens, not who does. */
export function placeOf(address: string): string {
  return address.replace(/\/p2p\/[^/]+$/, '')
}
