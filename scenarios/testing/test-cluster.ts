// A test cluster: several nodes in one process, on one clock that is moved by hand, one memory network and one seed.
import { AddressBook } from '../../node/cluster/address-book.ts'
import { Cluster } from '../../node/cluster/cluster.ts'
import { CrashDisk } from './crash-disk.ts'
import { invariant } from '../../runtime/invariant.ts'
import { ManualClock } from './manual-clock.ts'
import { MemoryThreads } from './memory-threads.ts'
import { MemoryFiles } from './memory-files.ts'
import { MemoryJournal } from '../../node/journal/memory-journal.ts'
import { MemoryNetwork } from '../../transports/memory/memory-network.ts'
import { Node } from '../../node/node.ts'
import { runThread } from '../../node/threads/thread.ts'
import { seededRandom } from '../../runtime/random.ts'
import { serveVerbs } from '../../node/verbs/node-verb-desk.ts'
import { ThreadClock } from './thread-clock.ts'
import type { Journal } from '../../runtime/journal.ts'
import type { MemberKind } from '../../actors/cluster/state/member.ts'
import type { PipeShape } from '../../transports/memory/memory-stream-pipe.ts'
import type { Random } from '../../runtime/random.ts'

/** How long the start of a node may take by the cluster's clock, in milliseconds. */
const startMsMax = 120_000

export interface TestClusterOptions {
  /** Decides all chance; the same seed gives the same run. Default 1. */
  readonly seed?: string | number
  /** Of all ways between nodes. Default 1 ms each way. */
  readonly shape?: PipeShape
}

export interface ClusterNodeOptions {
  /** Modules that the node loads. */
  readonly load?: readonly string[]
  /** Default `trusted`; the first node is `initial`. */
  readonly kind?: MemberKind
  readonly labels?: readonly string[]
  readonly strict?: boolean
  /** Worker threads, which share the cluster's clock; default none. */
  readonly threads?: number
}

/** What of a node outlives its processes. */
interface Remains {
  disk: CrashDisk
  readonly files: MemoryFiles
  readonly journal: Journal
}

/** One process of one node. */
export interface ClusterNode {
  readonly name: string
  readonly node: Node
  readonly clock: ThreadClock
  readonly cluster: Cluster
  /** Its worker threads. */
  readonly threads: MemoryThreads
}

/** A process whose definitions are loaded, and that has not looked for others yet. */
interface Booted {
  readonly name: string
  readonly options: ClusterNodeOptions
  readonly node: Node
  readonly clock: ThreadClock
  readonly threads: MemoryThreads
  readonly random: Random
  readonly remains: Remains
  readonly founds: boolean
}

export class TestCluster implements AsyncDisposable {
  readonly clock: ManualClock = new ManualClock({ stepsMax: 3_000_000 })
  readonly network: MemoryNetwork
  readonly #random: Random
  readonly #remains = new Map<string, Remains>()
  readonly #running = new Map<string, ClusterNode>()
  #starts = 0
  /** What code of a node has thrown where nobody waited. */
  readonly thrown: unknown[] = []

  constructor({ seed = 1, shape = { latencyMs: 1 } }: TestClusterOptions = {}) {
    this.#random = seededRandom(seed)
    this.network = new MemoryNetwork({ clock: this.clock, random: this.#random.fork('network'), shape })
  }

  get running(): ClusterNode[] {
    return [...this.#running.values()]
  }

  node(name: string): ClusterNode {
    const found = this.#running.get(name)
    invariant(found !== undefined, 'A test asked for a node that does not run')
    return found
  }

  /** Starts nodes of these names, one after the other; the first of the cluster founds it. */
  async startAll(names: readonly string[], options: ClusterNodeOptions = {}): Promise<ClusterNode[]> {
    const nodes: ClusterNode[] = []
    for (const name of names) nodes.push(await this.start(name, options))
    return nodes
  }

  /** Starts a process of a node; it is up when this resolves. */
  async start(name: string, options: ClusterNodeOptions = {}): Promise<ClusterNode> {
    // Modules come from the real disk, in real time: the clock stands still meanwhile.
    return await this.through(this.#enter(await this.#boot(name, options)))
  }

  /** The same without moving the time: the test does, and may have to heal something first. @throws {Fault} those of `Cluster.open` */
  async begin(name: string, options: ClusterNodeOptions = {}): Promise<ClusterNode> {
    return await this.#enter(await this.#boot(name, options))
  }

  /** Ends a process at once, as a power cut would: what was not safe on its disk may be lost. */
  kill(name: string): void {
    const { clock } = this.node(name)
    this.#running.delete(name)
    this.network.crash(name)
    clock.silence()
    const remains = this.#remains.get(name)
    if (remains !== undefined) remains.disk = remains.disk.crash(this.#random.fork(`fall ${this.#starts}`))
  }

  /** Stops a process in the middle of whatever it does, as SIGSTOP would. */
  freeze(name: string): void {
    this.node(name).clock.freeze()
    this.network.stop(name)
  }

  thaw(name: string): void {
    this.node(name).clock.thaw()
    this.network.resume(name)
  }

  /** Cuts some nodes off from all others. @returns what heals it */
  cutOff(names: readonly string[], flavour: 'drop' | 'reset' = 'drop'): () => void {
    const others = [...this.#remains.keys()].filter((name) => !names.includes(name))
    return this.network.partition({ from: names, to: others, flavour })
  }

  advance(ms: number): Promise<void> {
    return this.clock.advance(ms)
  }

  /** Waits for what may need time; one alarm after the other, so that its end is not overshot. */
  async through<T>(work: Promise<T>): Promise<T> {
    let isOver = false
    const over = work.finally(() => {
      isOver = true
    })
    over.catch(() => undefined)
    await this.clock.settle()
    const lastMs = this.clock.now() + startMsMax
    while (!isOver && this.clock.nextAlarmMs <= lastMs)
      await this.clock.advance(Math.max(0, this.clock.nextAlarmMs - this.clock.now()))
    invariant(isOver, 'What a test waited for did not end within two minutes of its clock')
    return await over
  }

  /** Moves the time on until something is so. */
  async until(isSo: () => boolean, msMax: number = startMsMax): Promise<void> {
    await this.clock.settle()
    const lastMs = this.clock.now() + msMax
    while (!isSo() && this.clock.nextAlarmMs <= lastMs)
      await this.clock.advance(Math.max(0, this.clock.nextAlarmMs - this.clock.now()))
    invariant(isSo(), 'What a test waited for did not become so in time')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { clock } of this.running) clock.thaw()
    const ends = this.running.map(({ node }) => node.stop())
    await this.through(Promise.all(ends))
  }

  async #boot(name: string, options: ClusterNodeOptions): Promise<Booted> {
    const founds = this.#remains.size === 0
    const remains = this.#remainsOf(name)
    const clock = new ThreadClock(this.clock, (thrown) => this.thrown.push(thrown))
    const random = this.#random.fork(`${name} ${++this.#starts}`)
    const { load = [], strict = true, threads: count = 0 } = options
    const settings = { name, load, strict, threads: count, cluster: { folder: name } }
    const threads = new MemoryThreads({
      clock,
      random: random.fork('threads'),
      run: (inside, contracts) =>
        runThread(inside, {
          ...contracts,
          shuffle: contracts.random.fork('order'),
          definitions: node.definitions,
        }),
    })
    const shuffle = random.fork('order')
    const node = new Node(settings, { clock, random, shuffle, threads, journal: remains.journal })
    for (const file of load) await node.definitions.load(file)
    return { name, options, node, clock, threads, random, remains, founds }
  }

  async #enter({
    name,
    options,
    node,
    clock,
    threads,
    random,
    remains,
    founds,
  }: Booted): Promise<ClusterNode> {
    await node.openThreads()
    const { fleet } = node
    invariant(fleet !== undefined, 'A node of a cluster has no fleet')
    const others = [...this.#remains.keys()].filter((other) => other !== name)
    const cluster = await Cluster.open({
      name,
      cluster: 'test',
      kind: options.kind ?? (founds ? 'initial' : 'trusted'),
      labels: options.labels ?? [],
      runtime: node.runtime,
      fleet,
      definitions: node.definitions,
      clock,
      random: random.fork('cluster'),
      transport: this.network.node(name),
      storage: { disk: remains.disk, folder: 'council' },
      book: new AddressBook(remains.files, 'peers'),
      seeds: others.map((other) => ({ addresses: [`memory/${other}`] })),
      founds,
      isEntity: (path) => node.entityKeeper.register.find(path) !== undefined,
    })
    node.enter(cluster)
    serveVerbs(node, cluster)
    const started = { name, node, clock, cluster, threads }
    this.#running.set(name, started)
    return started
  }

  #remainsOf(name: string): Remains {
    const known = this.#remains.get(name)
    if (known !== undefined) return known
    const remains = {
      disk: new CrashDisk(),
      files: new MemoryFiles(),
      journal: new MemoryJournal(this.clock),
    }
    this.#remains.set(name, remains)
    return remains
  }
}
