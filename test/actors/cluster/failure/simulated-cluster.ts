// A simulated cluster: sentinels over links that jitter, lose and break, with a small council of their own; watches that nobody acts too late.
import { Sentinel } from '../../../../actors/cluster/failure/sentinel.ts'
import { seededRandom } from '../../../../runtime/random.ts'
import { EventLoop, SimulatedProcess } from './event-loop.ts'
import { SmallCouncil } from './small-council.ts'
import type { FailureDecision } from '../../../../actors/cluster/failure/decision.ts'
import type { FailureMessage } from '../../../../actors/cluster/failure/failure-message.ts'
import type { LeaseTiming } from '../../../../actors/cluster/failure/timing.ts'
import type { Random } from '../../../../runtime/random.ts'
import type { CouncilMessage, Roll } from './small-council.ts'

export interface ClusterOptions {
  readonly count: number
  /** How many of them vote; default all. */
  readonly voters?: number
  readonly seed: string
  readonly latencyMs?: number
  readonly jitterMs?: number
  /** The part of packets that are lost; each costs a retransmission, and holds up what comes behind it. */
  readonly loss?: number
  /** Clocks run up to so much fast or slow, as a part of the time. */
  readonly drift?: number
  readonly timing?: LeaseTiming
  readonly roundMs?: number
  readonly electionMs?: number
}

const retransmitMs = 200

interface Node {
  readonly process: SimulatedProcess
  readonly sentinel: Sentinel
  readonly council: SmallCouncil
}

export class SimulatedCluster {
  readonly loop: EventLoop = new EventLoop()
  readonly nodes: Map<number, Node> = new Map()
  /** When the council committed the removal of each, in true time. */
  readonly removals: Map<number, number> = new Map()
  readonly decisions: FailureDecision[] = []
  /** Who acted after its removal was committed: must stay empty. */
  readonly trespasses: string[] = []
  frozenCount = 0
  readonly #options: ClusterOptions
  readonly #random: Random
  readonly #cut = new Set<number>()
  readonly #lastArrival = new Map<number, number>()

  constructor(options: ClusterOptions) {
    this.#options = options
    this.#random = seededRandom(options.seed)
    const members = Array.from({ length: options.count }, (_, index) => index + 1)
    const voters = members.slice(0, options.voters ?? options.count)
    const roll: Roll = { view: 1, members, voters }
    for (const member of members) this.#add(member, roll)
    for (const { sentinel, council } of this.nodes.values()) {
      sentinel.start()
      council.start()
    }
  }

  get leader(): number | undefined {
    const leading = [...this.nodes].filter(
      ([, { council, process }]) => council.isLeading && process.isRunning,
    )
    return leading.toSorted((a, b) => b[1].council.term - a[1].council.term)[0]?.[0]
  }

  run(ms: number): void {
    this.loop.until(this.loop.nowMs + ms)
  }

  /** Runs until the member is removed. @returns how long that took; Infinity if it is not within a minute */
  untilRemoved(member: number): number {
    const fromMs = this.loop.nowMs
    while (!this.removals.has(member) && this.loop.nowMs < fromMs + 60_000) this.run(10)
    return (this.removals.get(member) ?? Infinity) - fromMs
  }

  kill(member: number): void {
    this.nodes.get(member)!.process.kill()
    for (const [other, { process, sentinel }] of this.nodes) {
      // The end of the connection and the refusal of a new one each take a way.
      if (other === member || this.isCut(member, other) || this.isCut(other, member)) continue
      const atMs = this.loop.nowMs + this.#delayMs() + 2 * this.#delayMs()
      this.loop.at(atMs, () => process.arrive(() => sentinel.redialFailed(member, 'refused')))
    }
  }

  stop(member: number, ms: number): void {
    const { process } = this.nodes.get(member)!
    process.stop()
    if (ms < Infinity) this.loop.at(this.loop.nowMs + ms, () => process.go())
  }

  /** Nothing gets from one to the other any more; the other way stays as it is. */
  cut(from: number, to: number): void {
    this.#cut.add(from * 1_000 + to)
  }

  isolate(member: number): void {
    for (const other of this.nodes.keys()) {
      this.cut(member, other)
      this.cut(other, member)
    }
  }

  heal(): void {
    this.#cut.clear()
  }

  isCut(from: number, to: number): boolean {
    return this.#cut.has(from * 1_000 + to)
  }

  #add(member: number, roll: Roll): void {
    const { drift = 0, timing, roundMs = 100, electionMs = 500, seed } = this.#options
    const random = seededRandom(`${seed}/${member}`)
    const process = new SimulatedProcess(this.loop, drift * (2 * random.next() - 1), random.next() * 1e6)
    const council: SmallCouncil = new SmallCouncil({
      self: member,
      clock: process,
      random,
      roundMs,
      electionMs,
      roll,
      send: (to, message) => this.#carry(member, to, { council: message }),
      leads: (leadership) => sentinel.leads(leadership),
      follows: (leader) => sentinel.follows(leader),
      confirmed: (beganMs) => sentinel.confirmed(beganMs),
      applied: (applied) => this.#applied(member, applied),
    })
    const sentinel: Sentinel = new Sentinel({
      self: member,
      clock: process,
      random,
      timing,
      send: (to, message) => this.#carry(member, to, { failure: message }),
      onFrozen: () => void this.frozenCount++,
      onThawed: () => this.#inspect(member),
      onDecision: (decision) => {
        this.decisions.push(decision)
        if (!council.remove(decision.subject)) sentinel.refused(decision.subject)
      },
    })
    this.nodes.set(member, { process, council, sentinel })
    this.#applied(member, roll)
  }

  #applied(member: number, { view, members, voters }: Roll): void {
    for (const removed of this.nodes.keys()) {
      if (members.includes(removed) || this.removals.has(removed)) continue
      this.removals.set(removed, this.loop.nowMs)
      this.#inspect(removed)
    }
    const watched = members.map((one) => ({ member: one, name: `n${one}`, isVoter: voters.includes(one) }))
    this.nodes.get(member)!.sentinel.view({ view, members: watched })
  }

  #carry(from: number, to: number, what: { council?: CouncilMessage; failure?: FailureMessage }): void {
    const receiver = this.nodes.get(to)
    if (receiver === undefined || receiver.process.isDead || this.isCut(from, to)) return
    const link = from * 1_000 + to
    // In order, as a stream is: a packet that was lost holds up the others.
    const atMs = Math.max(this.#lastArrival.get(link) ?? 0, this.loop.nowMs + this.#delayMs())
    this.#lastArrival.set(link, atMs)
    this.loop.at(atMs, () => {
      if (this.isCut(from, to)) return
      receiver.process.arrive(() => {
        if (what.failure !== undefined) receiver.sentinel.receive(from, what.failure)
        if (what.council !== undefined) receiver.council.receive(from, what.council)
        this.#inspect(to)
      })
    })
  }

  #delayMs(): number {
    const { latencyMs = 0.5, jitterMs = 0, loss = 0 } = this.#options
    let delayMs = latencyMs + jitterMs * this.#random.next()
    for (let tries = 0; tries < 6 && this.#random.next() < loss; tries++) delayMs += retransmitMs * 2 ** tries
    return delayMs
  }

  /** A member that acts after the council has committed its removal: what must never be. */
  #inspect(member: number): void {
    if (!this.removals.has(member)) return
    const node = this.nodes.get(member)!
    if (node.sentinel.lease.isValid && !node.process.isDead)
      this.trespasses.push(`${member} may act at ${this.loop.nowMs}`)
  }
}
