// A node: one Troupe process; it holds the definitions, the runtime and the way in from outside.
import { Definitions } from './definitions.ts'
import { booksOf, mergeBooks } from './threads/books.ts'
import { checkName, checkPath } from '../runtime/path.ts'
import { compiled } from '../runtime/definition.ts'
import { Fault } from '../runtime/fault.ts'
import { Fleet } from './threads/fleet.ts'
import { Operator } from './operator.ts'
import { place, readPlace } from './threads/place.ts'
import { QuarantineWatch } from './threads/quarantine-watch.ts'
import { readQuarantine } from './threads/quarantine.ts'
import { refAt } from '../runtime/ref.ts'
import { Runtime } from '../runtime/runtime.ts'
import { checkThreadOptions, threadCount } from './threads/thread-options.ts'
import { Tree } from '../supervisors/tree.ts'
import { SystemClock } from './system-clock.ts'
import { SystemRandom } from './system-random.ts'
import type { Definition, DefinitionProtocol, Ref, SpawnOptions } from '../runtime/actor.ts'
import type { Audit } from '../runtime/accounting.ts'
import type { Clock } from '../runtime/clock.ts'
import type { Random } from '../runtime/random.ts'
import type { LocalRef } from '../runtime/ref.ts'
import type { Threads } from '../runtime/threads.ts'
import type { NodeAudit } from './threads/books.ts'
import type { QuarantinePolicy } from './threads/quarantine.ts'
import type { MoveStep } from './threads/mover.ts'
import type { Place, Placement, PlaceWish } from './threads/place.ts'

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
  /** When a root takes so much of its thread that it goes to one for hogs; default never. */
  readonly quarantine?: QuarantinePolicy
}

/** How to spawn a root: as a child, and where. */
export interface RootOptions extends SpawnOptions {
  /** Where it lives; default `auto`. Its children live with it. */
  readonly place?: Place
}

/** The contracts that a node runs on; tests and the simulator bring their own. */
export interface NodeContracts {
  readonly clock: Clock
  readonly random: Random
  /** Lets a seed decide whose turn it is. */
  readonly shuffle?: Random
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
  readonly #options: NodeOptions
  readonly #contracts: NodeContracts
  #fleet: Fleet | undefined
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
      ...contracts,
    })
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
    const { place: asked, ...options } =
      typeof request.options === 'object' ? request.options : { name: request.options, place: undefined }
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
    return this.#fleet.office.homes.under(path) === undefined ? undefined : refAt(this.runtime.host, path)
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
    if (this.#fleet === undefined) throw noThreads(path)
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

  /** The worker threads and the roots in them; undefined where there are none. */
  get fleet(): Fleet | undefined {
    return this.#fleet
  }

  /** Starts the worker threads, once the definitions are loaded. @throws {Fault} why one is not ready */
  async openThreads(): Promise<void> {
    const { threads } = this.#contracts
    if (threads === undefined) return
    const count = threadCount(this.#options.threads, threads.cores)
    if (count === 0) return
    this.#fleet = new Fleet({
      name: this.name,
      runtime: this.runtime,
      definitions: this.definitions,
      threads,
      strict: this.#options.strict ?? false,
      threadStallMs: this.#options.threadStallMs,
      threadHeapMiBMax: this.#options.threadHeapMiBMax,
      failpoint: this.#contracts.failpoint,
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
    this.#stopping ??= this.#fleet === undefined ? this.runtime.stop() : this.#fleet.stop()
    return this.#stopping
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }
}

/**
 * Starts a node.
 * @throws {Fault} `option-unknown` `name-invalid`
 * @throws {Fault} `file-unloadable` `file-empty` `definition-taken` from `load`
 * @example
 * await using node = await startNode({ name: 'amsterdam' })
 */
export async function startNode(options: NodeOptions = {}): Promise<Node> {
  checkOptions(options)
  const clock = new SystemClock()
  const threads =
    options.threads === undefined || options.threads === 0 ? {} : { threads: await systemThreads(clock) }
  const node = new Node(options, { clock, random: new SystemRandom(), ...threads })
  try {
    for (const file of options.load ?? []) await node.definitions.load(file)
    await node.openThreads()
  } catch (fault) {
    await node.stop()
    throw fault
  }
  return node
}

/** Loaded only by nodes that have some. */
async function systemThreads(clock: Clock): Promise<Threads> {
  const { SystemThreads } = await import('./threads/system-threads.ts')
  return new SystemThreads({ clock })
}

function placeAlone(wish: PlaceWish, path: string | undefined): Placement | Fault {
  return place(wish, { path: path ?? '', isHosted: false, threads: [], kin: [], nearSlot: 0 })
}

function noThreads(path: string): Fault {
  return new Fault('thread-unknown', `Cannot move "${path}": the node has no threads`, {
    hint: 'Start it with the option `threads`.',
  })
}

const optionNames: readonly string[] = [
  'name',
  'load',
  'strict',
  'threads',
  'threadStallMs',
  'threadHeapMiBMax',
  'quarantine',
] satisfies (keyof NodeOptions)[]

function checkOptions(options: object): void {
  for (const key of Object.keys(options)) {
    if (optionNames.includes(key)) continue
    throw new Fault('option-unknown', `Cannot start a node: there is no option "${key}"`, {
      hint: `Use one of: ${optionNames.join(', ')}.`,
    })
  }
}
