// A cluster desk: a console on each node of a test cluster, with everything they say kept.
import { Console } from '../../../node/console/console.ts'
import { Style } from '../../../node/console/style.ts'
import { commands } from '../../../node/console/table.ts'
import { CrashDisk } from '../../../scenarios/testing/crash-disk.ts'
import { TestCluster } from '../../../scenarios/testing/test-cluster.ts'
import { castFiles } from './desk.ts'
import { MemoryDisk } from '../memory-disk.ts'
import type { Answer } from '../../../node/console/envelope.ts'
import type { ClusterNode, ClusterNodeOptions } from '../../../scenarios/testing/test-cluster.ts'
import type { Node } from '../../../node/node.ts'
import type { Outcome } from '../../../node/console/outcome.ts'

/** The console of one node. */
export class NodeDesk {
  readonly node: Node
  readonly console: Console
  readonly out: string[] = []
  readonly notices: string[] = []
  readonly style: Style = new Style({
    env: { LANG: 'C.UTF-8' },
    isTerminal: false,
    columns: 200,
    color: false,
  })
  readonly #cluster: TestCluster

  constructor({ node }: ClusterNode, cluster: TestCluster) {
    this.node = node
    this.#cluster = cluster
    this.console = new Console({
      node,
      disk: new MemoryDisk(),
      durableDisk: new CrashDisk(),
      commands,
      style: this.style,
      output: {
        write: (text) => void this.out.push(text),
        notice: (text) => void this.notices.push(text),
        takeScreen: () => undefined,
        takeLine: () => undefined,
      },
    })
  }

  /** Runs lines one after the other; returns what the last one wrote, or the fault that it met. */
  async run(...lines: readonly string[]): Promise<string> {
    let written: readonly string[] = []
    for (const line of lines) {
      const from = this.out.length
      const { fault } = await this.#cluster.through(this.console.execute(line))
      written = fault === undefined ? this.out.slice(from) : [`${fault.code}: ${fault.message}`]
    }
    return written.join('\n')
  }

  /** Runs a line with `--json`; returns the envelopes that it wrote. */
  async answers(line: string): Promise<Answer[]> {
    return (await this.run(`${line} --json`)).split('\n').map((text) => JSON.parse(text) as Answer)
  }

  /** The data of a line with one answer. */
  async data(line: string): Promise<unknown> {
    return (await this.answers(line))[0]?.data
  }

  /** Begins a line that goes on. */
  begin(line: string): Promise<Outcome> {
    return this.console.execute(line)
  }
}

export class ClusterDesks implements AsyncDisposable {
  readonly cluster: TestCluster
  readonly #desks = new Map<string, NodeDesk>()

  constructor(cluster: TestCluster) {
    this.cluster = cluster
  }

  desk(name: string): NodeDesk {
    const known = this.#desks.get(name)
    if (known !== undefined) return known
    const desk = new NodeDesk(this.cluster.node(name), this.cluster)
    this.#desks.set(name, desk)
    return desk
  }

  /** Forgets the console of a node whose process has ended. */
  drop(name: string): void {
    this.#desks.delete(name)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { console } of this.#desks.values()) await this.cluster.through(console.close())
    await this.cluster[Symbol.asyncDispose]()
  }
}

/** Starts nodes that know the cast, and waits until all of them may act. */
export async function openDesks(
  names: readonly string[],
  options: ClusterNodeOptions = {},
): Promise<ClusterDesks> {
  const cluster = new TestCluster()
  const load = castFiles.map((file) => new URL(file).pathname)
  const nodes = await cluster.startAll(names, { load, ...options })
  await cluster.until(() =>
    nodes.every(({ cluster: own }) => own.mayAct && own.facts.memberCount === names.length),
  )
  return new ClusterDesks(cluster)
}
