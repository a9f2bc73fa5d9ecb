// A cluster in namespaces: one node on each host, roots that all of them speak to, and what has been seen of it all.
import { join } from 'node:path'
import { Ear, machineMs, MemberProcess } from './member-process.ts'
import { judge } from './story.ts'
import type { Account, Line } from './story.ts'
import type { ClusterOptions } from '../../node/cluster/cluster-options.ts'
import type { MemberPlan } from './member.ts'
import type { Namespaces } from '../../scenarios/testing/namespaces.ts'
import type { Verdict } from '../../scenarios/testing/checkers/verdict.ts'

const port = 4_001
/** A machine with too much to do may need it. */
const startMs = 45_000
const driveEveryMs = 40
/** That are spoken to at once. */
const rootsMax = 7

export interface Convergence {
  readonly isReached: boolean
  readonly afterMs: number
  /** What was missing at the end. */
  readonly lacks: readonly string[]
}

export class NetCluster implements AsyncDisposable {
  readonly net: Namespaces
  readonly ear: Ear = new Ear()
  readonly roots: string[] = []
  /** Those that run, by name. */
  readonly running: Map<string, MemberProcess> = new Map()
  readonly #plans = new Map<string, { readonly host: number; readonly plan: MemberPlan }>()
  readonly #accounts: (Account & { readonly of: MemberProcess })[] = []
  #added = 100
  readonly #killed = new Set<MemberProcess>()

  constructor(net: Namespaces) {
    this.net = net
  }

  /** All that are to be members, whether they run or not. */
  get names(): string[] {
    return [...this.#plans.keys()].toSorted()
  }

  member(name: string): MemberProcess {
    const found = this.running.get(name)
    if (found === undefined) throw new Error(`${name} does not run`)
    return found
  }

  /** Starts a node that has no keys yet: the first founds the cluster, the others get a token from it. */
  async start(name: string, host: number, options: Partial<ClusterOptions> = {}): Promise<MemberProcess> {
    const [first] = this.running.values()
    const token = first === undefined ? undefined : await this.#token(first)
    const isLocal = options.kind === 'local'
    const seeds = [...this.running.values()].map((one) => this.addressOf(one)).slice(0, 2)
    const listen = [`/ip4/${this.net.address(host)}/tcp/${port}`]
    const cluster = {
      folder: join(this.net.folder, name),
      ...(isLocal ? {} : { listen }),
      seeds,
      ...options,
    }
    const trust = token === undefined ? 'found' : { token }
    return await this.#begin(host, { name, cluster, trust })
  }

  addressOf({ host, peer }: MemberProcess): string {
    return `/ip4/${this.net.address(host)}/tcp/${port}${peer === '' ? '' : `/p2p/${peer}`}`
  }

  /** Starts the process of a node again that has its keys. */
  async restart(name: string): Promise<MemberProcess> {
    const known = this.#plans.get(name)
    if (known === undefined) throw new Error(`${name} never ran`)
    const { trust: _, ...plan } = known.plan
    const member = await this.#begin(known.host, plan)
    await member.ask({ do: 'drive', roots: this.roots, everyMs: driveEveryMs })
    return member
  }

  async kill(name: string): Promise<void> {
    const member = this.member(name)
    this.running.delete(name)
    this.#killed.add(member)
    await member.kill()
  }

  /** Kills a node that is not to come back. */
  async remove(name: string): Promise<void> {
    this.#plans.delete(name)
    await this.kill(name)
  }

  /** Nobody speaks any more; resolves once all that was asked has ended. */
  async rest(): Promise<void> {
    await this.#each({ do: 'rest' })
  }

  /** Spawns roots, as many on each of these nodes, and lets all nodes speak to all of them from now on. */
  async populate(each: number, names: readonly string[] = [...this.running.keys()]): Promise<void> {
    for (const name of names) {
      const { host } = this.member(name)
      for (let index = 1; index <= each; index++) {
        const root = `root-${host}-${index}`
        await this.member(name).ask({ do: 'spawn', root, on: name })
        this.roots.push(root)
      }
    }
    await this.#each({ do: 'drive', roots: this.roots, everyMs: driveEveryMs })
  }

  /** One more root on a node; of those that are spoken to the oldest rests. */
  async add(name: string): Promise<string> {
    const root = `root-${this.member(name).host}-${++this.#added}`
    await this.member(name).ask({ do: 'spawn', root, on: name })
    this.roots.push(root)
    if (this.roots.length > rootsMax) this.roots.shift()
    await this.#each({ do: 'drive', roots: this.roots, everyMs: driveEveryMs })
    await this.converge(machineMs(), startMs)
    return root
  }

  /** Whether each node sees all as up, may act and has had an answer from each root since then. */
  lacks(sinceMs: number): string[] {
    const { names } = this
    const lacks: string[] = []
    for (const name of names) {
      const member = this.running.get(name)
      const { status } = member ?? {}
      if (member === undefined || status === undefined || status.atMs < sinceMs)
        lacks.push(`${name} says nothing`)
      else if (status.up.join() !== names.join()) lacks.push(`${name} sees ${status.up.join() || 'nobody'}`)
      else if (!status.mayAct) lacks.push(`${name} may not act`)
      else {
        const answered = rootsAnswered(member.lines, sinceMs)
        const silent = this.roots.filter((root) => !answered.has(root))
        if (silent.length > 0) lacks.push(`${name} has no answer from ${silent.join(' ')}`)
      }
    }
    return lacks
  }

  async converge(sinceMs: number, ms: number): Promise<Convergence> {
    const isReached = await this.ear.until(() => this.lacks(sinceMs).length === 0, ms)
    return { isReached, afterMs: machineMs() - sinceMs, lacks: this.lacks(sinceMs) }
  }

  /** Who leads, as most say. */
  leader(): string {
    const said = [...this.running.values()].flatMap(({ status }) => status?.leader ?? [])
    const counts = Object.entries(Object.groupBy(said, (name) => name))
    const [most] = counts.toSorted(([, a = []], [, b = []]) => b.length - a.length)
    if (most === undefined) throw new Error('nobody knows who leads')
    return most[0]
  }

  /** Which roots live on a node, as another one sees it. */
  rootsOf(name: string): string[] {
    const other = [...this.running.values()].find((one) => one.name !== name && one.status !== undefined)
    return (other?.status?.homes ?? []).flatMap(([top, node]) => (node === name ? [top] : []))
  }

  /** Lets all that was asked end, and judges what was seen. */
  async judge(stoppedMs: number): Promise<Record<string, Verdict>> {
    await this.rest()
    // What one has handled for another may be written after the other had its answer: what comes before a second answer is all.
    await this.rest()
    const verdicts = judge(this.accounts, stoppedMs)
    await this.#each({ do: 'drive', roots: this.roots, everyMs: driveEveryMs })
    return verdicts
  }

  get accounts(): Account[] {
    return this.#accounts.map((account) => ({ ...account, isKilled: this.#killed.has(account.of) }))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const member of this.running.values()) {
      member.signal('SIGCONT')
      await member.kill()
    }
  }

  async #begin(host: number, plan: MemberPlan): Promise<MemberProcess> {
    const member = new MemberProcess(this.net, host, plan, this.ear.heard)
    this.#plans.set(plan.name, { host, plan })
    this.running.set(plan.name, member)
    this.#accounts.push({
      process: `${plan.name}.${this.#accounts.length}`,
      lines: member.lines,
      isKilled: false,
      of: member,
    })
    const isUp = await this.ear.until(() => member.isUp || member.isOver, startMs)
    if (!isUp || member.isOver) {
      const broken = member.lines.flatMap((line) => (line.type === 'broken' ? [line.why] : []))
      throw new Error(`${plan.name} is not up: ${broken.join(' ')} ${member.trouble}`)
    }
    return member
  }

  async #token(first: MemberProcess): Promise<string> {
    const address = this.addressOf(first).replace(/\/p2p\/.*/, '')
    return (await first.ask({ do: 'token', addresses: [address] })) as string
  }

  async #each(order: Parameters<MemberProcess['ask']>[0]): Promise<void> {
    await Promise.all([...this.running.values()].map((member) => member.ask(order)))
  }
}

function rootsAnswered(lines: readonly Line[], sinceMs: number): Set<string> {
  const asked = new Map<string, string>()
  const answered = new Set<string>()
  // What was said last is at the end: from there it is never far.
  for (let index = lines.length - 1; index >= 0; index--) {
    const line = lines[index]
    if (line === undefined || line.atMs < sinceMs) break
    if (line.type === 'answered' && line.how === 'reply') asked.set(line.id, line.id)
    if (line.type === 'asked' && asked.has(line.id)) answered.add(line.to)
  }
  return answered
}
