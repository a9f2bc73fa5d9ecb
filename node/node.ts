// A node: one Troupe process; it holds the definitions, the runtime and the way in from outside.
import { Definitions } from './definitions.ts'
import { booksOf, mergeBooks } from './threads/books.ts'
import { BodyCodec } from './journal/commit-codec.ts'
import { checkName, checkPath } from '../runtime/path.ts'
import { compiled } from '../runtime/definition.ts'
import { EntityKeeper } from './entities/entity-keeper.ts'
import { Fault } from '../runtime/fault.ts'
import { Fleet } from './threads/fleet.ts'
import { Operator } from './operator.ts'
import { place, readPlace } from './threads/place.ts'
import { Projections } from './projections/projections.ts'
import { QuarantineWatch } from './threads/quarantine-watch.ts'
import { readQuarantine } from './threads/quarantine.ts'
import { refAt } from '../runtime/ref.ts'
import { noThreads } from './threads/no-threads.ts'
import { Waker } from './entities/waker.ts'
import { Runtime } from '../runtime/runtime.ts'
import { checkThreadOptions, threadCount } from './threads/thread-options.ts'
import { Tree } from '../supervisors/tree.ts'
import type { Definition, DefinitionProtocol, Ref, SpawnOptions } from '../runtime/actor.ts'
import type { Audit } from '../runtime/accounting.ts'
import type { Durability } from '../runtime/durable/durable-life.ts'
import type { Journal } from '../runtime/journal.ts'
import type { JournalUpkeep } from './journal/upkeep.ts'
import type { Clock } from '../runtime/clock.ts'
import type { Random } from '../runtime/random.ts'
import type { LocalRef } from '../runtime/ref.ts'
import type { Threads } from '../runtime/threads.ts'
import type { Cluster } from './cluster/cluster.ts'
import type { ClusterOptions } from './cluster/cluster-options.ts'
import type { ClusterPlace } from './cluster/cluster-place.ts'
import type { OnLoss } from '../actors/cluster/state/home.ts'
import type { EntityOptions } from './entities/entity-options.ts'
import type { NodeAudit } from './threads/books.ts'
import type { QuarantinePolicy } from './threads/quarantine.ts'
import type { EventOptions, EventStream } from './projections/event-stream.ts'
import type { MoveStep } from './threads/mover.ts'
import type { Place, Placement, PlaceWish } from './threads/place.ts'
import type { Projection } from './projections/projection.ts'
import type { ProjectionSpec } from './projections/projection-spec.ts'

/** How to start a node. */
export interface NodeOptions {
  /** One path segment; default `local`. Roots without a name carry it in their path. */
  readonly name?: string
  /** Modules whose exported definitions can be spawned by name. */
  readonly load?: readonly string[]
  /** Checks and freezes payloads, so that what works here works across threads and hosts. Default false. */
  readonly strict?: boolean
  /**
   * Worker threads that actors live in besides the main one: a number from 0 to 63, or `auto` for one less than there are cores, at least
   * one. Default 0. They host the definitions that `load` names; any other lives in the main thread.
   */
  readonly threads?: number | 'auto'
  /** How long a thread may take no turn before it is replaced, in milliseconds, from 100 up; default 1,000. */
  readonly threadStallMs?: number
  /** What a thread may have alive in heap and buffers together before it is replaced, in MiB, from 64 up; default 2,048. */
  readonly threadHeapMiBMax?: number
  /** Entities of all definitions that may be awake, 1 to 10,000,000; default 1,000,000. */
  readonly residentMax?: number
  /** The folder of the node's journal, which keeps durable actors; made if it is not there. Without one they cannot be spawned. */
  readonly journal?: string
  /** When a root takes so much of its thread that it goes to one for hogs; default never. */
  readonly quarantine?: QuarantinePolicy
  /** The cluster that the node founds, joins, or has been in before; without it the node is alone. */
  readonly cluster?: ClusterOptions
}

/** How to spawn a root: as a child, and where. */
export interface RootOptions extends SpawnOptions {
  /** Where it lives; default `auto`: in this node, where most room is. Its children live with it. */
  readonly place?: Place | ClusterPlace
  /**
   * In a cluster, what becomes of it when its node is lost: `rehome` another node starts it again · `wait` it waits for a node of the same
   * name · `stop` its name becomes free. Default `rehome`; `wait` for one that is durable, `stop` for one that is temporary.
   */
  readonly onNodeLoss?: OnLoss
  /** In a cluster: there is to be one of it. Whoever spawns it where it is already is given the ref of that one. Default false. */
  readonly isSingleton?: boolean
}

/** The contracts that a node runs on; tests and the simulator bring their own. */
export interface NodeContracts {
  readonly clock: Clock
  readonly random: Random
  /** Lets a seed decide whose turn it is. */
  readonly shuffle?: Random
  /** Where durable actors are kept; the node closes it when it stops. */
  readonly journal?: Journal
  /** What can be done to that as a whole. */
  readonly journalUpkeep?: JournalUpkeep
  /** Where more threads come from. */
  readonly threads?: Threads
  /** For tests: called at each step of each move in the main thread. */
  readonly failpoint?: (thread: number, step: MoveStep, top: string) => void
}

export class Node implements AsyncDisposable {
  readonly name: string
  readonly runtime: Runtime
  readonly definitions: Definitions = new Definitions()
  /** What the verbs of console and inspector go through. */
  readonly operator: Operator = new Operator()
  /** The entities of the node. */
  readonly entityKeeper: EntityKeeper
  /** What reads the journal. */
  readonly projections: Projections
  readonly #options: NodeOptions
  readonly #contracts: NodeContracts
  readonly #waker: Waker | undefined
  #fleet: Fleet | undefined
  #cluster: Cluster | undefined
  #stopping: Promise<void> | undefined
  #closing: () => void = () => {}

  constructor(options: NodeOptions, contracts: NodeContracts) {
    this.name = options.name ?? 'local'
    this.#options = options
    this.#contracts = contracts
    checkName(this.name)
    readQuarantine(options.quarantine)
    checkThreadOptions(options)
    this.runtime = new Runtime({
      name: this.name,
      supervision: new Tree(),
      isStrict: options.strict ?? false,
      durability: this.#durability(contracts.journal),
      ...contracts,
    })
    this.entityKeeper = new EntityKeeper(this.runtime, options.residentMax)
    this.#waker = this.#wakerOf(contracts.journal)
    this.projections = new Projections({
      clock: contracts.clock,
      durability: () => this.runtime.host.durability,
    })
  }

  #wakerOf(journal: Journal | undefined): Waker | undefined {
    if (journal === undefined) return undefined
    const { host } = this.runtime
    const wake = (path: string): void => {
      if (this.entityKeeper.register.find(path) === undefined) return
      if (this.#fleet === undefined) host.awakener?.awaken(path)
      else this.#fleet.office.awaken(path, 0, () => undefined)
    }
    return new Waker({ clock: host.clock, journal, wake })
  }

  #durability(journal: Journal | undefined): Durability | undefined {
    if (journal === undefined) return undefined
    return { journal, codec: new BodyCodec((path) => refAt(this.runtime.host, path)) }
  }

  /**
   * Starts a root actor and waits until its `started` hook has ended.
   * @param definition what to spawn
   * @param options its path, such as `bank/ada`, or a path and what its supervisor should know; without a path one is given
   * @param args for the definition's state factory
   * @throws {Fault} `start-failed` the state factory or `started` threw; nothing is left behind
   * @throws {Fault} `name-invalid` `name-taken` `supervision-invalid` `actors-full` `actor-stopped`
   */
  async spawn<A extends unknown[], S, H, B>(
    definition: Definition<A, S, H, B>,
    options?: string | RootOptions,
    ...args: A
  ): Promise<Ref<DefinitionProtocol<H, B>>> {
    // A definition's types are those of its table: the compiled form cannot carry them.
    return (await this.spawnRoot({ definition, options, args })) as unknown as Ref<DefinitionProtocol<H, B>>
  }

  /** The same for whoever knows no more of the definition than that it is one. */
  async spawnRoot(request: {
    readonly definition: unknown
    readonly options: string | RootOptions | undefined
    readonly args: readonly unknown[]
  }): Promise<LocalRef> {
    const { place: asked, onNodeLoss, isSingleton, ...options } = optionsOf(request.options)
    const { cluster } = this
    if (cluster !== undefined) {
      const { args } = request
      return await cluster.spawn({
        definition: compiled(request.definition),
        place: asked,
        onNodeLoss,
        isSingleton,
        options,
        args,
      })
    }
    const wish = readPlace(asked)
    if (this.#fleet === undefined) {
      const placement = placeAlone(wish, options.name)
      if (Fault.is(placement)) throw placement
      return await this.runtime.spawn({ ...request, options })
    }
    const { name, ...rest } = options
    const definition = compiled(request.definition)
    if (name !== undefined) checkPath(name)
    return await this.#fleet.spawn({ definition, name, wish, options: rest, args: request.args })
  }

  /**
   * The ref of the actor that lives at a path now. Of an actor in another thread only the root is known for sure: below one that lives, a
   * ref is given whether there is somebody or not.
   */
  find(path: string): Ref | undefined {
    const here = this.runtime.find(path)
    if (here !== undefined || this.#fleet === undefined) return here
    const isKnown = this.#fleet.office.homes.under(path) !== undefined || this.cluster?.knows(path) === true
    return isKnown ? refAt(this.runtime.host, path) : undefined
  }

  /**
   * Gives the ref of an entity: an actor that is woken by the first message for it and sleeps when it is idle. Nothing is started here.
   * @param key one path segment; the entity's path is `<name of the definition>/<key>`, and its state factory is given the key
   * @param options the rules for all entities of this definition, from now on; see `entities`
   * @throws {Fault} `name-invalid` `entity-invalid` `entity-taken` `place-invalid`
   */
  entity<A extends [] | [key: string], S, H, B>(
    definition: Definition<A, S, H, B>,
    key: string,
    options?: EntityOptions,
  ): Ref<DefinitionProtocol<H, B>> {
    const path = this.entityKeeper.pathOf(definition, key, options)
    this.#waker?.start()
    return refAt(this.runtime.host, path) as unknown as Ref<DefinitionProtocol<H, B>>
  }

  /**
   * Makes a definition one of entities, whose refs need not come from here: a path of one may have been stored.
   * @throws {Fault} `entity-invalid` `entity-taken` `place-invalid`
   */
  entities(definition: Pick<Definition, 'name'>, options?: EntityOptions): void {
    this.entityKeeper.define(definition, options)
    this.#waker?.start()
  }

  /**
   * Moves a root actor and all below it to another thread while messages flow: its refs, its mail, its timers and who watches it go along.
   * @param to `thread` from 0, the main thread; `deadlineMs` how long its handlers may run on, default 5,000
   * @throws {Fault} `move-refused` `state-unmovable` `move-busy` it cannot go; nothing has changed
   * @throws {Fault} `actor-unknown` `thread-unknown` `moves-full`
   */
  async move(
    ref: Pick<Ref, 'path'>,
    to: { readonly thread: number; readonly deadlineMs?: number },
  ): Promise<void> {
    const { path } = ref
    if (this.#fleet === undefined) throw aloneInMain(path)
    await this.#fleet.move(path, to.thread, to.deadlineMs)
  }

  /**
   * Loads a module of definitions in all threads: none can be spawned before all of them have it.
   * @returns the names found, sorted
   * @throws {Fault} `file-unloadable` `file-empty` `definition-taken` here or in a thread; nothing can be spawned then that could not before
   */
  async load(file: string): Promise<string[]> {
    if (this.#fleet === undefined) return await this.definitions.load(file)
    return await this.#fleet.load(file)
  }

  /** The cluster that it is in; undefined where it is in none, or not yet. */
  get cluster(): Cluster | undefined {
    return this.#cluster
  }

  /** From now on the node is in a cluster, which ends with it. */
  enter(cluster: Cluster): void {
    this.#cluster = cluster
  }

  /** What can be done to the journal as a whole; undefined where there is none on a disk. */
  get journalUpkeep(): JournalUpkeep | undefined {
    return this.#contracts.journalUpkeep
  }

  /** The worker threads and the roots in them; undefined where there are none. */
  get fleet(): Fleet | undefined {
    return this.#fleet
  }

  /** Starts the worker threads, once the definitions are loaded. @throws {Fault} why one is not ready */
  async openThreads(): Promise<void> {
    const isAlone = this.#options.cluster === undefined
    const threads = this.#contracts.threads ?? (isAlone ? undefined : noThreads)
    if (threads === undefined) return
    const count = threadCount(this.#options.threads, threads.cores)
    // In a cluster the main thread stands on the border between nodes as it does between threads.
    if (count === 0 && isAlone) return
    this.#fleet = new Fleet({
      name: this.name,
      runtime: this.runtime,
      definitions: this.definitions,
      threads,
      strict: this.#options.strict ?? false,
      threadStallMs: this.#options.threadStallMs,
      threadHeapMiBMax: this.#options.threadHeapMiBMax,
      failpoint: this.#contracts.failpoint,
      entities: this.entityKeeper,
      isLeased: !isAlone,
    })
    await this.#fleet.open(count)
    this.#watchHogs(this.#fleet)
  }

  #watchHogs(fleet: Fleet): void {
    const policy = readQuarantine(this.#options.quarantine)
    if (policy === undefined) return
    const watch = new QuarantineWatch({
      host: this.runtime.host,
      crew: fleet.crew,
      policy,
      shares: (thread) => fleet.call(thread, 'shares', null),
      move: (path, slot) => fleet.move(path, slot),
    })
    this.#closing = () => watch.close()
  }

  /**
   * Reads the events that actors have persisted, in the order of the journal; read on demand, so a slow reader slows only itself.
   * @param options whose, with which tags, from where on, and whether to wait for what comes next
   * @throws {Fault} `journal-missing` `position-invalid` `filter-invalid`; `event-streams-full` `upcast-failed` while it is iterated
   * @example
   * for await (const { actor, event, payload } of node.events({ actor: 'bank/*' })) console.log(actor, event, payload)
   */
  events(options: EventOptions = {}): EventStream {
    return this.projections.events(options)
  }

  /**
   * Starts a read model that follows the journal and survives a restart: each event is applied to its state exactly once.
   * @returns it once it has its place in the journal; it has applied nothing yet, `reached()` waits for that
   * @throws {Fault} `projection-invalid` `name-invalid` `filter-invalid` `position-invalid` `projection-taken` `projections-full`
   * @throws {Fault} `projection-outdated` newer code has written its state · `journal-missing` `journal-failed`
   */
  project<S, E>(spec: ProjectionSpec<S, E>): Promise<Projection<S>> {
    return this.projections.project(spec)
  }

  /** Adds up every message of the node; `isBalanced` is false if one is unaccounted for. */
  audit(): Audit {
    return this.runtime.audit()
  }

  /**
   * Adds up every message in all threads, and those on their way between them. Each thread's sums are of one moment, which is not the same
   * for all. A thread that gives no answer within two seconds is left out and named.
   */
  async auditAll(): Promise<NodeAudit> {
    const { runtime } = this
    const books = await this.#fleet?.books()
    return (
      books ?? mergeBooks([booksOf(0, runtime)], new Map(), { lostThreads: 0, silent: [], slotOf: () => 0 })
    )
  }

  /** Ends all actors kindly, the last started root first, and then the node. Calling it again waits for the same end. */
  stop(): Promise<void> {
    this.#closing()
    this.#waker?.close()
    this.#stopping ??= this.#stop()
    return this.#stopping
  }

  async #stop(): Promise<void> {
    // Its actors end before the others hear that they may start them: at no time are there two of one.
    this.#cluster?.beginLeave()
    await (this.#fleet === undefined ? this.runtime.stop() : this.#fleet.stop())
    await this.#cluster?.leave()
    await this.#cluster?.close()
    await this.projections.close()
    // Last: what actors write when they end is still kept.
    await this.#contracts.journal?.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }
}

function optionsOf(options: string | RootOptions | undefined): RootOptions {
  return typeof options === 'object' ? options : { name: options }
}

function placeAlone(wish: PlaceWish, path: string | undefined): Placement | Fault {
  return place(wish, { path: path ?? '', isHosted: false, threads: [], kin: [], nearSlot: 0 })
}

function aloneInMain(path: string): Fault {
  return new Fault('thread-unknown', `Cannot move "${path}": the node has no threads`, {
    hint: 'Start it with the option `threads`.',
  })
}
