// A room for real nodes: folders with real keys, nodes on loopback in this process, and the ways they are founded, joined and ended.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startNode } from 'troupe'
import { callDesk } from '../../../node/cluster/call-desk.ts'
import { foundCluster, joinCluster, makeToken, revoke } from '../../../node/trust/cluster-verbs.ts'
import { leafLifeMsBounds } from '../../../node/trust/authority.ts'
import { issueOwnLeaf } from '../../../node/trust/leaf.ts'
import { keepGrant, readAuthority, readIdentity, readLeaf, readRoots } from '../../../node/trust/trust.ts'
import { SystemClock } from '../../../node/system-clock.ts'
import { SystemDurableDisk } from '../../../node/system-durable-disk.ts'
import { SystemPathGuard } from '../../../node/trust/path-guard.ts'
import { TrustFolder } from '../../../node/trust/trust-folder.ts'
import type { Cluster } from '../../../node/cluster/cluster.ts'
import type { ClusterFacts } from '../../../actors/cluster/state/cluster-facts.ts'
import type { ClusterOptions } from '../../../node/cluster/cluster-options.ts'
import type { EventKind, LifecycleEvent } from '../../../runtime/event-log.ts'
import type { Founded, TrustVerbOptions } from '../../../node/trust/cluster-verbs.ts'
import type { Ref } from '../../../runtime/actor.ts'
import type { Node } from '../../../node/node.ts'

export const passphrase = 'only for tests, nothing to hide'
export const counterFile: string = new URL('../../../scenarios/hello/counter.ts', import.meta.url).pathname

export class SystemRoom implements AsyncDisposable {
  readonly folder: string
  readonly #nodes = new Set<Node>()

  private constructor(folder: string) {
    this.folder = folder
  }

  static async open(): Promise<SystemRoom> {
    return new SystemRoom(await mkdtemp(join(tmpdir(), 'troupe-system-')))
  }

  /** What the verbs of trust take; a key that is cheap to derive, for who has a passphrase that nobody attacks. */
  trustOptions(): TrustVerbOptions {
    const [disk, guard, clock] = [new SystemDurableDisk(), new SystemPathGuard(), new SystemClock()]
    return { disk, guard, clock, passphrase, scryptPower: 12 }
  }

  folderOf(name: string): string {
    return join(this.folder, name)
  }

  trustFolder(name: string): Promise<TrustFolder> {
    return TrustFolder.open(`${this.folderOf(name)}/trust`, this.trustOptions())
  }

  /** Its certificates live as shortly as they may. */
  found(name: string): Promise<Founded> {
    const [leafLifeMs] = leafLifeMsBounds
    return foundCluster(`${this.folderOf(name)}/trust`, { ...this.trustOptions(), leafLifeMs })
  }

  /** A token of a node that runs. */
  token(by: Node): Promise<string> {
    const addresses = addressesOf(by)
    return makeToken(`${this.folderOf(by.name)}/trust`, { ...this.trustOptions(), addresses })
  }

  async join(name: string, token: string): Promise<Founded> {
    const options = this.trustOptions()
    const call = (read: Parameters<typeof callDesk>[0]): ReturnType<typeof callDesk> =>
      callDesk(read, options.clock)
    return await joinCluster(`${this.folderOf(name)}/trust`, token, { ...options, call })
  }

  async start(name: string, options: Partial<ClusterOptions> = {}): Promise<Node> {
    const node = await startNode({
      name,
      load: [counterFile],
      cluster: { folder: this.folderOf(name), passphrase, ...options },
    })
    this.#nodes.add(node)
    return node
  }

  /** The first founds, the others join; all are up. */
  async startAll(names: readonly string[]): Promise<Node[]> {
    const [first = 'a', ...others] = names
    await this.found(first)
    const founder = await this.start(first)
    const nodes = [founder]
    for (const name of others) {
      await this.join(name, await this.token(founder))
      nodes.push(await this.start(name, { seeds: addressesOf(founder) }))
    }
    return nodes
  }

  /** Gives a node a certificate that ends soon, in the place of the one that it has. */
  async shortenLeaf(name: string, signer: string, leftMs: number): Promise<void> {
    const folder = await this.trustFolder(name)
    const authority = await readAuthority(await this.trustFolder(signer))
    const identity = await readIdentity(folder)
    if (authority === undefined || identity === undefined) throw new Error('There are no keys')
    const nowMs = Date.now() + leftMs - authority.lifeMs
    await keepGrant(folder, { leaf: issueOwnLeaf(authority, identity, nowMs), roots: authority.roots })
  }

  async leafEndsMs(name: string): Promise<number> {
    const folder = await this.trustFolder(name)
    const { peer } = (await readIdentity(folder)) ?? { peer: '' }
    const roots = (await readRoots(folder)) ?? []
    const leaf = await readLeaf(folder, { cluster: folder.cluster, peer, roots, nowMs: Date.now() })
    return leaf?.endsMs ?? 0
  }

  async revoke(by: string, peer: string): Promise<void> {
    const revocation = { kind: 'peer', value: peer, reason: 'a test' } as const
    await revoke(`${this.folderOf(by)}/trust`, revocation, this.trustOptions())
  }

  async stop(...nodes: readonly Node[]): Promise<void> {
    await Promise.all(nodes.map((node) => node.stop()))
    for (const node of nodes) this.#nodes.delete(node)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop(...this.#nodes)
    await rm(this.folder, { recursive: true })
  }
}

export function clusterOf(node: Node): Cluster {
  if (node.cluster === undefined) throw new Error(`${node.name} is in no cluster`)
  return node.cluster
}

export function addressesOf(node: Node): readonly string[] {
  const { facts, member } = clusterOf(node)
  return facts.member(member)?.addresses ?? []
}

/** The ref of a root, as soon as a node has heard where it lives. */
export async function found(node: Node, path: string): Promise<Ref> {
  await until(node, (facts) => facts.under(path) !== undefined)
  const ref = node.find(path)
  if (ref === undefined) throw new Error(`${node.name} does not find ${path}`)
  return ref
}

/** Resolves with the next event of a kind. */
export function happens(node: Node, kind: EventKind): Promise<void> {
  const { events } = node.runtime.host
  return new Promise((resolve) => {
    const follow = (event: LifecycleEvent): void => {
      if (event.kind !== kind) return
      events.unfollow(follow)
      resolve()
    }
    events.follow(follow)
  })
}

/** Resolves once what a node knows of its cluster is so. */
export function until(node: Node, isSo: (facts: ClusterFacts) => boolean): Promise<void> {
  const { agreement } = clusterOf(node)
  return new Promise((resolve) => {
    const look = (): void => {
      if (!isSo(agreement.facts)) return
      end()
      resolve()
    }
    // After the change: a listener must not act while it is applied.
    const end = agreement.directory.watch(() => look(), look)
    look()
  })
}
