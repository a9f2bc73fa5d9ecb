// An ordeal: one random program of a cluster, its clients and its faults, by one seed; then everything heals, and has to be well again.
import { Fault } from '../../../runtime/fault.ts'
import { Ledger, soul, sprite } from './soul.ts'
import { Nemesis, troubles } from './nemesis.ts'
import { refAt } from '../../../runtime/ref.ts'
import { shardOf } from '../../../actors/cluster/placement/shard-of.ts'
import { seededRandom } from '../../../runtime/random.ts'
import { TestCluster } from '../../../scenarios/testing/test-cluster.ts'
import type { ClusterNode } from '../../../scenarios/testing/test-cluster.ts'
import type { Random } from '../../../runtime/random.ts'
import type { Node } from '../../../node/node.ts'
import type { LocalRef } from '../../../runtime/ref.ts'
import type { OnLoss } from '../../../actors/cluster/state/home.ts'
import type { Trouble } from './nemesis.ts'

const load = [new URL('soul.ts', import.meta.url).pathname]
const losses: readonly OnLoss[] = ['rehome', 'rehome', 'wait', 'stop']
const roots = ['red', 'green', 'blue', 'house/one', 'house/two', 'sea']
/** How long the cluster may take to be well again. */
const healMs = 12_000
/** What says that a message was not handled. */
const refusals: ReadonlySet<string> = new Set(['actor-unknown', 'mailbox-full', 'wire-full'])
const told: ReadonlySet<string> = new Set([
  'node-joined',
  'node-lost',
  'node-frozen',
  'node-thawed',
  'node-expelled',
  'council-stopped',
])
const keys = ['p', 'q', 'r', 's']

export interface OrdealOptions {
  readonly seed: number
  readonly steps?: number
  readonly kinds?: readonly Trouble[]
}

/** One question of a client. */
export interface Question {
  readonly id: string
  readonly by: ClusterNode
  readonly atMs: number
  readonly timeoutMs: number
  readonly ends: { readonly how: string; readonly atMs: number; readonly isRefused: boolean }[]
}

/** One watch of a client. */
export interface Lookout {
  readonly path: string
  readonly by: ClusterNode
  readonly causes: string[]
}

export class Ordeal {
  readonly cluster: TestCluster
  readonly ledger: Ledger
  readonly questions: Question[] = []
  readonly lookouts: Lookout[] = []
  readonly notes: string[] = []
  /** Processes that were killed. */
  readonly dead = new Set<ClusterNode>()
  /** What each process knew at each index of the council's log, by the index. */
  readonly views = new Map<number, string>()
  readonly flaws: string[] = []
  spawned = 0
  readonly #open = new Set<string>()
  readonly #random: Random
  readonly #names: readonly string[]
  readonly #nemesis: Nemesis
  readonly #options: OrdealOptions
  readonly #threads: number
  #sent = 0

  constructor(options: OrdealOptions) {
    this.#options = options
    const random = seededRandom(`ordeal ${options.seed}`)
    this.#random = random
    const latencyMs = [0.5, 1, 3][random.integer(3)] ?? 1
    const jitterMs = random.next() < 0.5 ? 0 : 2
    this.cluster = new TestCluster({ seed: options.seed, shape: { latencyMs, jitterMs } })
    this.ledger = new Ledger(() => this.cluster.clock.now())
    this.#names = ['a', 'b', 'c', 'd', 'e'].slice(0, 3 + random.integer(3))
    this.#threads = random.next() < 0.3 ? 1 : 0
    const drawn = troubles.filter(() => random.next() < 0.6)
    const { kinds = drawn } = options
    this.#nemesis = new Nemesis({
      cluster: this.cluster,
      random: random.fork('nemesis'),
      names: this.#names,
      kinds,
      restart: (name) => void this.#restart(name),
      killed: () => undefined,
      note: (what) => this.#note(what),
    })
  }

  async run(): Promise<void> {
    const nodes = await this.cluster.startAll(this.#names, { load, threads: this.#threads })
    for (const { name, node } of nodes) this.#prepare(name, node)
    await this.cluster.until(() => this.#isWell(), 60_000)
    const { steps = 150 } = this.#options
    for (let step = 0; step < steps; step++) {
      for (const { name } of this.cluster.running)
        if (this.#nemesis.down.has(name)) this.flaws.push(`${name} runs although it was killed`)
      this.#nemesis.step(0.08)
      for (let acts = this.#random.integer(4); acts > 0; acts--) this.#act()
      await this.cluster.advance(this.#random.integer(120))
      this.#look()
    }
    await this.#heal()
    await this.#end()
  }

  async close(): Promise<void> {
    await this.cluster[Symbol.asyncDispose]()
  }

  /** Clients of nodes that run and are not frozen. */
  #act(): void {
    const able = this.cluster.running.filter(({ name }) => !this.#nemesis.frozen.has(name))
    const by = able[this.#random.integer(Math.max(1, able.length))]
    if (by === undefined) return
    const roll = this.#random.integer(20)
    if (roll < 4) void this.#spawn(by)
    else if (roll < 8) this.#tell(by)
    else if (roll < 13) void this.#ask(by, this.#ref(by))
    else if (roll < 15) void this.#ask(by, this.#entity(by))
    else if (roll < 17) this.#watch(by)
    else if (roll < 18) this.#ref(by).stop()
    else if (roll < 19) this.#quietly(() => this.#ref(by).tell('crash', undefined))
    else void this.#ask(by, this.#ref(by), refAt(by.node.runtime.host, this.#name()))
  }

  async #spawn(by: ClusterNode): Promise<void> {
    const name = this.#name()
    const on = this.#names[this.#random.integer(this.#names.length)] ?? ''
    const place = this.#random.next() < 0.5 ? ('anywhere' as const) : { node: on }
    const onNodeLoss = losses[this.#random.integer(losses.length)] ?? 'rehome'
    const key = `spawn ${++this.#sent} ${name} by ${by.name}`
    this.#begin(key, by)
    try {
      await by.node.spawn(soul, { name, place, onNodeLoss })
      this.spawned++
    } catch (fault) {
      if (!Fault.is(fault)) this.flaws.push(`spawn of "${name}" threw ${String(fault)}`)
    }
    this.#open.delete(key)
  }

  #tell(by: ClusterNode): void {
    const ref = this.#random.next() < 0.3 ? this.#entity(by) : this.#ref(by)
    this.#quietly(() => ref.tell('note', this.#id(by, ref.path)))
  }

  async #ask(by: ClusterNode, ref: LocalRef, through?: LocalRef): Promise<void> {
    const id = this.#id(by, ref.path)
    const timeoutMs = 500 + this.#random.integer(4_000)
    const question: Question = { id, by, atMs: this.cluster.clock.now(), timeoutMs, ends: [] }
    this.questions.push(question)
    const end = (how: string, isRefused: boolean): void =>
      void question.ends.push({ how, atMs: this.cluster.clock.now(), isRefused })
    try {
      const reply =
        through === undefined
          ? await ref.ask('echo', id, { timeoutMs })
          : await ref.ask('pass', [through, id], { timeoutMs })
      if (reply !== id) this.flaws.push(`the reply to ${id} was ${String(reply)}`)
      end('reply', false)
    } catch (fault) {
      if (!Fault.is(fault)) this.flaws.push(`ask ${id} threw ${String(fault)}`)
      else end(fault.code, through === undefined && fault.outcome === 'known' && refusals.has(fault.code))
    }
  }

  #watch(by: ClusterNode): void {
    const { path } = this.#ref(by)
    const lookout: Lookout = { path, by, causes: [] }
    this.lookouts.push(lookout)
    refAt(by.node.runtime.host, path).watch(({ cause }) => lookout.causes.push(cause))
  }

  #quietly(run: () => void): void {
    try {
      run()
    } catch (fault) {
      if (!Fault.is(fault)) this.flaws.push(`a tell threw ${String(fault)}`)
    }
  }

  #begin(key: string, by: ClusterNode): void {
    this.#open.add(key)
    this.#openBy.set(key, by)
  }

  readonly #openBy = new Map<string, ClusterNode>()

  async #restart(name: string): Promise<void> {
    this.#note(`restarts ${name}`)
    try {
      const { node } = await this.cluster.begin(name, { load, threads: this.#threads })
      this.#prepare(name, node)
      this.#note(`${name} is up again`)
    } catch (fault) {
      this.#note(`${name} did not start: ${String(fault)}`)
      void this.#restart(name)
    }
  }

  #prepare(name: string, node: Node): void {
    node.entities(sprite, { idleMs: 2_000 })
    node.runtime.host.events.follow(({ kind, subject, detail }) => {
      if (told.has(kind))
        this.#note(
          `${name}: ${kind} ${subject.path} ${detail === undefined ? '' : `${String(detail)} ${String((Object(detail) as Error).cause)}`}`,
        )
    })
  }

  #look(): void {
    for (const { name, cluster: own } of this.cluster.running) {
      const { facts, agreement } = own
      const { index } = agreement.directory
      const text = JSON.stringify([
        facts.view,
        [...facts.members()].map(({ number, status, uid }) => [number, status, uid]),
        [...facts.homes()].map(({ top, member, epoch, isSettled }) => [top, member, epoch, isSettled]),
        facts.shards().map(({ owner, from, epoch }) => [owner, from, epoch]),
      ])
      const known = this.views.get(index)
      if (known !== undefined && known !== text)
        this.flaws.push(`${name} knows at ${index}: ${text}, and another ${known}`)
      this.views.set(index, text)
    }
  }

  async #heal(): Promise<void> {
    this.#note('heal')
    this.#nemesis.healAll()
    // Who was cut off may lose its lease after that, and be removed: nobody knows at once that all is healed.
    await this.cluster.advance(healMs)
    await this.#until('the cluster is well', () => this.#isWell())
    await this.cluster.advance(3_000)
    this.#look()
    if (!this.#isWell()) this.flaws.push('the cluster was well, and then not')
  }

  /** Whoever is there answers everybody; and all ends that anybody waits for come. */
  async #end(): Promise<void> {
    const [first] = this.cluster.running
    if (first === undefined) return
    const homes = [...first.cluster.facts.homes()].map(({ top }) => top)
    for (const by of this.cluster.running) {
      for (const top of homes) await this.#mustAnswer(by, top)
      for (const key of keys) await this.#mustAnswer(by, `sprite/${key}`)
      const fresh = `fresh/${by.name}`
      await this.#must(`spawn ${fresh}`, by.node.spawn(soul, fresh))
    }
    for (const name of roots) refAt(first.node.runtime.host, name).stop()
    await this.cluster.advance(8_000)
    for (const top of first.cluster.facts.homes())
      if (!top.top.startsWith('fresh')) this.flaws.push(`"${top.top}" has a home after it was stopped`)
    for (const key of this.#open)
      if (this.cluster.running.includes(this.#openBy.get(key) as ClusterNode))
        this.flaws.push(`${key} has not ended`)
    this.flaws.push(
      ...this.cluster.thrown.map((thrown) => `thrown: ${String((thrown as Error).stack ?? thrown)}`),
    )
  }

  async #mustAnswer(by: ClusterNode, path: string): Promise<void> {
    const ref = refAt(by.node.runtime.host, path)
    await this.#must(
      `${by.name} asks "${path}", ${this.#whereabouts(path)}`,
      ref.ask('echo', this.#id(by, path), { timeoutMs: 4_000 }),
    )
  }

  async #must(what: string, work: Promise<unknown>): Promise<void> {
    try {
      await this.cluster.through(work)
    } catch (fault) {
      this.flaws.push(`${what}: ${String(fault)}`)
    }
  }

  async #until(what: string, isSo: () => boolean): Promise<void> {
    try {
      await this.cluster.until(isSo, 90_000)
    } catch {
      this.flaws.push(`not so in 90 s: ${what}; ${this.#picture()}`)
      throw new Error(`not so in 90 s: ${what}; ${this.#picture()}`)
    }
  }

  #isWell(): boolean {
    const { running } = this.cluster
    if (running.length !== this.#names.length) return false
    const [first] = running
    return running.every(({ cluster: own }) => {
      const { facts } = own
      return (
        own.mayAct &&
        own.takingOver === 0 &&
        facts.memberCount === running.length &&
        [...facts.members()].every(({ status }) => status === 'up') &&
        [...facts.homes()].every(({ member, isSettled }) => member !== 0 && isSettled) &&
        facts.view === first?.cluster.facts.view
      )
    })
  }

  /** Who should have it, and who has. */
  #whereabouts(path: string): string {
    const homes = this.cluster.running.map(({ name, node, cluster: own }) => {
      const entry = node.fleet?.office.homes.under(path)
      const { owner, from } = own.facts.shards()[shardOf(path)] ?? {}
      const home = own.facts.under(path)
      return `${name}=${own.member}: ${path.startsWith('sprite') ? `${owner} from ${from}` : `${home?.member} ${home?.epoch} ${home?.isSettled}`}, has ${entry?.state} in ${entry?.thread}`
    })
    return homes.join(' · ')
  }

  #picture(): string {
    return JSON.stringify(
      this.cluster.running.map(({ name, cluster: own }) => ({
        name,
        member: own.member,
        mayAct: own.mayAct,
        takingOver: own.takingOver,
        role: own.agreement.council.role,
        leader: own.agreement.council.leader,
        term: own.agreement.council.term,
        applied: own.agreement.council.applied,
        voters: own.agreement.council.voters,
        members: [...own.facts.members()].map(({ number, name: of, status }) => `${number} ${of} ${status}`),
        homes: [...own.facts.homes()].map(({ top, member, isSettled }) => `${top} ${member} ${isSettled}`),
      })),
    )
  }

  #note(what: string): void {
    this.notes.push(`${this.cluster.clock.now().toFixed(1)} ${what}`)
  }

  #name(): string {
    return roots[this.#random.integer(roots.length)] ?? ''
  }

  #ref(by: ClusterNode): LocalRef {
    return refAt(by.node.runtime.host, this.#name())
  }

  #entity(by: ClusterNode): LocalRef {
    const key = keys[this.#random.integer(keys.length)] ?? ''
    return refAt(by.node.runtime.host, `sprite/${key}`)
  }

  /** Rises with each message; says who sent it, and to whom. */
  #id(by: ClusterNode, path: string): string {
    return `${++this.#sent} ${by.name}.${by.cluster.member} ${path}`
  }
}
