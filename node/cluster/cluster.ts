// A cluster as one of its nodes takes part in it: it finds the others, is a member, agrees with them and carries messages to them.
import { Agreement } from './agreement.ts'
import { Bindings } from './bindings.ts'
import { ClusterGuide } from './cluster-guide.ts'
import { Fault } from '../../runtime/fault.ts'
import type { EventKind } from '../../runtime/event-log.ts'
import { founderKey, mayPropose } from './proposal-gate.ts'
import { GroupDesk } from './group-desk.ts'
import { NodeDesk } from './node-desk.ts'
import { Company } from './company.ts'
import { Reactions } from './reactions.ts'
import { refAt } from '../../runtime/ref.ts'
import { RootClaims } from './root-claims.ts'
import { seatOf } from './seat.ts'
import { shardOf } from '../../actors/cluster/placement/shard-of.ts'
import { spawnInCluster } from './cluster-spawn.ts'
import { Shards } from './shards.ts'
import { Standing } from './standing.ts'
import { Voters, votersEveryMs } from './voters.ts'
import type { Alarm } from '../../runtime/clock.ts'
import type { ClusterParts } from './cluster-parts.ts'
import type { ClusterFacts } from '../../actors/cluster/state/cluster-facts.ts'
import type { ClusterRequest } from './cluster-spawn.ts'
import type { LocalRef } from '../../runtime/ref.ts'
import type { Member } from '../../actors/cluster/state/member.ts'
import type { PeerTalk } from './peer-talk.ts'
import type { Vigil } from './vigil.ts'
import type { VerbOrder } from '../verbs/verb-order.ts'

export class Cluster {
  readonly agreement: Agreement = new Agreement()
  readonly company: Company
  readonly #parts: ClusterParts
  readonly #bindings: Bindings
  readonly #guide: ClusterGuide
  readonly #claims: RootClaims
  readonly #shards: Shards
  /** Named sets of actors all over the cluster. */
  readonly groups: GroupDesk
  readonly #standing: Standing
  readonly #voters: Voters
  #tick: Alarm | undefined = undefined
  readonly #closers: (() => Promise<void>)[] = []
  /** Calls of other nodes that were refused, and words of nobody, by reason. */
  readonly refused: Map<string, number> = new Map()

  private constructor(parts: ClusterParts) {
    this.#parts = parts
    const { agreement } = this
    const { clock, runtime, fleet } = parts
    const facts = (): ClusterFacts => this.facts
    const member = (): number => this.member
    this.#claims = new RootClaims({ ...parts, agreement, member, isLeaving: () => this.#standing.isLeaving })
    const { takeovers } = this.#claims
    this.#guide = new ClusterGuide({
      facts,
      member,
      isEntity: parts.isEntity,
      catchUp: (run) => agreement.applied.catchUp(run),
      takeOver: (top, run) => takeovers.want(top, run),
      claim: (order) => this.#claims.claim(order),
      release: (top, epoch) => this.#claims.release(top, epoch),
      isLeaving: () => this.#standing.isLeaving,
      tellEnd: (node, input) => fleet.resident.station.control(node, 'tell-end', input),
    })
    this.#bindings = new Bindings({
      station: fleet.resident.station,
      office: fleet.office,
      facts,
      member,
      talkTo: ({ peer, uid, addresses }) => this.company.peers.talkTo({ peer, uid, addresses }),
    })
    this.company = new Company({
      ...parts,
      agreement,
      member,
      uid: () => this.#standing.uid,
      vigil: () => this.vigil,
      groups: () => this.groups,
      readdressed: () => void this.#readdressed(),
    })
    this.#standing = this.#makeStanding(parts)
    this.#shards = this.#makeShards(parts)
    this.groups = new GroupDesk({
      ...parts,
      host: runtime.host,
      say: (to, bytes) => this.#bindings.talk(to)?.wire.say('groups', bytes),
    })
    this.#voters = new Voters({ clock, facts, council: () => agreement.council })
    this.#react(parts)
    runtime.host.scheduler.guard(() => this.mayAct)
  }

  #react({ book, transport, clock }: ClusterParts): void {
    const reactions = new Reactions({
      clock,
      directory: this.agreement.directory,
      bindings: this.#bindings,
      guide: this.#guide,
      takeovers: this.#claims.takeovers,
      shards: this.#shards,
      claimed: (home) => this.#claims.claimed(home),
      peers: this.company.peers,
      book,
      peer: transport.peer,
      member: () => this.member,
      uid: () => this.#standing.uid,
      expelled: () => this.#standing.expel(),
      membersChanged: () => {
        this.vigil?.renew()
        this.#membersChanged()
        clock.later(() => this.#voters.look())
      },
      note: (kind, about) => this.note(kind, about),
    })
    void reactions
  }

  /**
   * Takes part: finds the cluster or founds it, becomes a member and is up when it returns.
   * @throws {Fault} `cluster-unreachable` `name-taken` `member-revoked` `cluster-full` `council-damaged` `disk-failed`
   */
  static async open(parts: ClusterParts): Promise<Cluster> {
    const cluster = new Cluster(parts)
    try {
      await cluster.#open()
      return cluster
    } catch (fault) {
      await cluster.close()
      throw fault
    }
  }

  /** What the cluster is called, by chance and for good. */
  get id(): string {
    return this.#parts.cluster
  }

  get facts(): ClusterFacts {
    return this.agreement.facts
  }

  /** This node's number; 0 while it is no member. */
  get member(): number {
    return this.#standing.member
  }

  /** Whether this node may do what must be unique, at this moment. */
  get mayAct(): boolean {
    return this.#standing.mayAct
  }

  get vigil(): Vigil | undefined {
    return this.#standing.vigil
  }

  /** Roots that this node has taken over and that do not run yet. */
  get takingOver(): number {
    return this.#claims.takeovers.count
  }

  /** What is said with a member's process. */
  talk(member: number): PeerTalk | undefined {
    return this.#bindings.talk(member)
  }

  /** Whether the cluster knows somebody at a path, or above it. */
  knows(path: string): boolean {
    return this.facts.under(path) !== undefined
  }

  /** Starts a root where it is to be. @throws {Fault} those of `node.spawn`, and those of `spawnInCluster` */
  spawn(request: ClusterRequest): Promise<LocalRef> {
    const { fleet } = this.#parts
    return spawnInCluster(
      {
        fleet,
        facts: () => this.facts,
        member: () => this.member,
        catchUp: (run) => this.agreement.applied.catchUp(run),
        isDraining: () => this.facts.member(this.member)?.status === 'draining',
        ownerOf: (path) => this.facts.under(path)?.member,
        spawnAt: async (member, wish) => (await this.call(member, 'spawn', wish)) as string,
      },
      request,
    )
  }

  /** Asks another node itself. @throws {Fault} `node-lost`, and what it refuses with */
  call(member: number, verb: string, input: unknown): Promise<unknown> {
    return this.#parts.fleet.resident.station.call(-member, verb, input)
  }

  /** From now on this node takes no new roots; ends with `up`. @throws {Fault} `council-unreachable` */
  async drain(number: number): Promise<void> {
    await this.agreement.proposals.order({ type: 'drain', number })
  }

  /**
   * From now on names are kept although their actors end: the others take them over. Where this node may not act its actors end at once,
   * without a last word: to wait for their turns could take for ever.
   */
  beginLeave(): void {
    this.#standing.beginLeave()
    this.#disownFrozen()
  }

  /** Ends as a member: its roots go elsewhere, wait, or are forgotten, each as was said. */
  async leave(): Promise<void> {
    await this.#standing.leave()
  }

  async close(): Promise<void> {
    this.#standing.close()
    this.company.rest()
    this.#claims.close()
    this.#shards.close()
    this.groups.close()
    this.#tick?.cancel()
    await this.agreement.close()
    await this.company.close()
    for (const run of this.#closers.splice(0)) await run()
  }

  /** Calls once this node takes no part any more: what was opened for it is closed then. */
  onClosed(run: () => Promise<void>): void {
    this.#closers.push(run)
  }

  async #open(): Promise<void> {
    const { book, founds, clock, random, transport, storage, fleet } = this.#parts
    await book.open()
    await this.company.open()
    this.#parts.listening?.((target) => this.company.found(target))
    if (!founds && book.entries.length === 0) await this.company.met()
    const known = [...book.entries, ...this.company.peers.talks].map(({ peer }) => seatOf(peer))
    await this.agreement.open(
      {
        self: seatOf(transport.peer),
        clock,
        random: random.fork('council'),
        storage,
        found: founds,
        contacts: [...new Set(known)],
        send: (to, bytes) => this.company.peers.sayTo(to, 'council', bytes),
        admits: (from, kind, data) => kind === 'command' && mayPropose(this.facts, from, data),
      },
      { changed: () => this.vigil?.councilChanged(), stopped: (fault) => this.#standing.stopped(fault) },
    )
    fleet.nodeDesk = this.#desk()
    fleet.office.beyond = this.#guide
    fleet.office.homes.ended = (entry) => this.#guide.released(entry)
    fleet.maySpeak = (node, sender) => this.#maySpeak(-node, sender)
    this.#look()
    await this.#standing.enter()
    await this.#markFounder()
  }

  /** Nobody else can be of its kind from now on. */
  async #markFounder(): Promise<void> {
    const { kind, transport } = this.#parts
    if (kind !== 'initial' || this.facts.setting(founderKey) !== undefined) return
    await this.agreement.proposals.order({ type: 'set', key: founderKey, value: transport.peer })
  }

  #desk(): NodeDesk {
    const { fleet, definitions } = this.#parts
    return new NodeDesk({
      office: fleet.office,
      member: (node) => this.facts.member(-node),
      mayTell: (node, path) => this.#mayTell(-node, path),
      spawn: async ({ definition: of, version, name, ...rest }) => {
        const definition = definitions.get(of)
        if (definition.version !== version) throw differs(of, version, definition.version)
        return (await fleet.spawn({ definition, name, wish: 'auto', ...rest })).path
      },
      verb: (order, member) => this.onVerb(order, member),
      refused: () => this.#count('call-refused'),
    })
  }

  /** Runs an operator's verb for another node; whoever has verbs gives it. */
  onVerb: (order: VerbOrder, member: number) => Promise<string> = (order) =>
    Promise.reject(
      new Fault('command-unknown', `Cannot do "${order.act}" for another node: this one has no verbs`, {
        hint: 'Start the node with `startNode`.',
      }),
    )

  #makeStanding(parts: ClusterParts): Standing {
    const { agreement } = this
    const { fleet } = parts
    const { scheduler } = parts.runtime.host
    return new Standing({
      ...parts,
      agreement,
      say: (to, bytes) => this.#bindings.talk(to)?.wire.say('failure', bytes),
      became: (number) => {
        fleet.border.member = number
        this.groups.became(number)
        this.#bindings.renew()
        this.#guide.changed()
        this.#membersChanged()
      },
      leaseChanged: () => {
        fleet.mayActUntil(this.#standing.untilMs)
        this.#disownFrozen()
      },
      thawed: () => scheduler.thaw(),
      expelled: () => this.#disown(),
      note: (kind, detail) => this.note(kind, undefined, detail),
    })
  }

  #makeShards({ clock, fleet, runtime }: ClusterParts): Shards {
    const { office } = fleet
    return new Shards({
      clock,
      facts: () => this.facts,
      member: () => this.member,
      propose: (command) => this.agreement.proposals.propose(command),
      entities: () => [...office.homes.entries()].flatMap(({ isEntity, top }) => (isEntity ? [top] : [])),
      lull: (shards) => fleet.lull(shards),
      stop: (path) => refAt(runtime.host, path).stop(),
    })
  }

  /** What lived here is another node's by now, and nobody knows this process by the number that it had. */
  #disown(): void {
    const { fleet } = this.#parts
    fleet.border.member = 0
    fleet.disown()
    fleet.resident.station.arrivals.lostWays.removed()
    this.#bindings.dropAll()
    this.company.peers.begin()
  }

  #membersChanged(): void {
    if (this.member !== 0) this.groups.renew([...this.facts.members()].map(({ number }) => number))
  }

  #disownFrozen(): void {
    const { isLeaving, mayAct } = this.#standing
    if (isLeaving && !mayAct) this.#parts.fleet.disown()
  }

  async #readdressed(): Promise<void> {
    if (!(await this.#standing.readdress())) this.company.peers.count('update-lost')
  }

  /** A node speaks for those that live in it; of whom nobody knows where he lives anybody may speak. */
  #maySpeak(member: number, sender: string): boolean {
    const home = this.facts.under(sender)
    const born = home === undefined ? this.facts.memberByName(sender.split('/', 1)[0] ?? '') : undefined
    const isBorn = born !== undefined && sender.includes('$')
    const owner = home?.member ?? (isBorn ? born.number : member)
    if (owner === member) return true
    this.#count('sender-forged')
    return false
  }

  /** An entity lives where its shard is, or is about to be. */
  #mayTell(member: number, path: string): boolean {
    if (!this.#maySpeak(member, path)) return false
    if (this.facts.under(path) !== undefined || !this.#parts.isEntity(path)) return true
    const shard = this.facts.shards()[shardOf(path)]
    return shard === undefined || shard.owner === member || shard.from === member
  }

  #look(): void {
    const { clock } = this.#parts
    this.#voters.look()
    this.#tick = clock.alarm(clock.now() + votersEveryMs, () => this.#look())
  }

  /** Tells those who follow the node's events. */
  note(kind: EventKind, about?: Member, detail?: unknown): void {
    this.#parts.runtime.host.events.emit(kind, { path: about?.name ?? this.#parts.name }, detail)
  }

  #count(reason: string): void {
    this.refused.set(reason, (this.refused.get(reason) ?? 0) + 1)
  }
}

function differs(definition: string, version: number, own: number): Fault {
  return new Fault(
    'definition-differs',
    `Cannot spawn "${definition}" of version ${version}: this node has loaded version ${own}`,
    { hint: 'Load the same files on both nodes.' },
  )
}
