// A bench cluster: its first node in this process, the others in processes of their own, with real keys and real disks.
import { join } from 'node:path'
import { callDesk } from '../../node/cluster/call-desk.ts'
import { foundCluster, joinCluster, makeToken } from '../../node/trust/cluster-verbs.ts'
import { Partner } from './partner.ts'
import { scryptPowerBounds } from '../../node/trust/seal.ts'
import { startBenchNode } from './bench-node.ts'
import { SystemClock } from '../../node/system-clock.ts'
import { SystemDurableDisk } from '../../node/system-durable-disk.ts'
import { SystemPathGuard } from '../../node/trust/path-guard.ts'
import { temporaryFolder } from '../journal/folder.ts'
import type { BenchNode } from './bench-node.ts'
import type { Cluster } from '../../node/cluster/cluster.ts'
import type { Node } from 'troupe'

type CallOfToken = Parameters<typeof joinCluster>[2]['call']

const passphrase = 'a passphrase of the benchmarks'
/** How long something in the cluster may take, in milliseconds. */
const untilMsMax = 60_000

/** How a node that joins is reached. */
export interface JoinOptions {
  readonly listen?: readonly string[]
  /** In a network namespace of its own; the hook is called when that is there, and connects it. */
  readonly connect?: (pid: number) => void
}

/** Of the folders; to guess is not made dear, which would only make each start slow. */
function trustOptions() {
  return {
    clock: new SystemClock(),
    disk: new SystemDurableDisk(),
    guard: new SystemPathGuard(),
    passphrase,
    scryptPower: scryptPowerBounds[0],
  }
}

export class BenchCluster {
  readonly node: Node
  readonly cluster: Cluster
  readonly #base: string
  readonly #joined = new Set<string>()

  private constructor(base: string, { node, cluster }: BenchNode) {
    this.#base = base
    this.node = node
    this.cluster = cluster
  }

  /** @param listen default a free port of this machine */
  static async found(listen?: readonly string[]): Promise<BenchCluster> {
    const base = temporaryFolder()
    await foundCluster(join(base, 'a', 'trust'), trustOptions())
    const options = { name: 'a', folder: join(base, 'a'), passphrase, seeds: [] }
    return new BenchCluster(base, await startBenchNode({ ...options, ...(listen && { listen }) }))
  }

  /** Starts a process of a node; it is up, as the first node sees it, when this resolves. */
  async join(name: string, { listen, connect }: JoinOptions = {}): Promise<Partner> {
    const folder = join(this.#base, name)
    const seeds = this.#addresses()
    if (!this.#joined.has(name)) {
      const token = await makeToken(join(this.#base, 'a', 'trust'), { ...trustOptions(), addresses: seeds })
      const options = trustOptions()
      const call: CallOfToken = (read) => callDesk(read, options.clock)
      await joinCluster(join(folder, 'trust'), token, { ...options, call })
      this.#joined.add(name)
    }
    const isApart = connect !== undefined
    const partner = await Partner.start({
      entry: 'node-entry',
      input: { name, folder, passphrase, seeds, ...(listen && { listen }) },
      isApart,
      ...(connect && { prepared: connect }),
    })
    const number = await partner.next<number>()
    await this.until(() => this.cluster.facts.member(number)?.status === 'up')
    return partner
  }

  /** Resolves once something is so, of what the cluster agrees on. @throws if that takes too long */
  async until(isSo: () => boolean): Promise<void> {
    if (isSo()) return
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const look = (): void => {
      if (isSo()) resolve()
    }
    const unwatch = this.cluster.agreement.directory.watch(look, look)
    const late = setTimeout(() => reject(new Error('the cluster takes too long to agree')), untilMsMax)
    try {
      await promise
    } finally {
      clearTimeout(late)
      unwatch()
    }
  }

  /** The number of the node that has a name now. */
  numberOf(name: string): number {
    const member = this.cluster.facts.memberByName(name)
    if (member === undefined) throw new Error(`there is no node "${name}"`)
    return member.number
  }

  #addresses(): readonly string[] {
    return this.cluster.facts.member(this.cluster.member)?.addresses ?? []
  }
}
