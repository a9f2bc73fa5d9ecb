// A resident: what the runtime of one thread does with roots by order of the node: starts them, reports their ends, hears of others'.
import { ended as endedFlag, settling } from '../../runtime/cell-flags.ts'
import { NEVER_EXISTED } from '../../runtime/exit.ts'
import { Fault } from '../../runtime/fault.ts'
import { subtree } from '../../runtime/quiesce.ts'
import { hearFar, lastExit, observe, unobserve, watcherOf, whenEnded } from '../../runtime/watches.ts'
import { shardOf } from '../../actors/cluster/placement/shard-of.ts'
import { activate } from '../../runtime/spawn.ts'
import { Residents } from '../entities/residents.ts'
import { Station } from './station.ts'
import type { ActorDefinition } from '../../runtime/definition.ts'
import type { Cell } from '../../runtime/cell.ts'
import type { Watcher } from '../../runtime/elsewhere.ts'
import type { EventKind } from '../../runtime/event-log.ts'
import type { Exit } from '../../runtime/exit.ts'
import type { Runtime } from '../../runtime/runtime.ts'
import type { Desk } from '../../transports/link/arrivals.ts'
import type { Border } from '../../transports/link/border.ts'
import type { Home } from '../../transports/link/record.ts'
import type { Definitions } from '../definitions.ts'
import type { Office } from './office.ts'
import type { Notes } from './orders.ts'
import type { SpawnOrder } from './spawn-order.ts'
import type { FarWatcher } from './watch-broker.ts'

/** What a resident is made from. */
export interface ResidentParts {
  readonly thread: number
  readonly runtime: Runtime
  readonly definitions: Definitions
  readonly office: Office
  readonly desk: Desk
  readonly border?: Border | undefined
  maySpeak?(node: number, sender: string): boolean
  lost?(thread: number): void
}

/** What says that nobody lives at a path any more. */
const endKinds: ReadonlySet<EventKind> = new Set(['stopped', 'killed', 'passivated'])

/** The token under which the node itself watches an actor, on behalf of those elsewhere. */
const report = {}

export class Resident {
  readonly station: Station
  readonly definitions: Definitions
  /** The entities that are awake here. */
  readonly residents: Residents
  readonly #office: Office
  /** The functions of this thread that watch somebody elsewhere. */
  readonly #hearers = new Map<number, (exit: Exit) => void>()
  #lastHearer = 0

  constructor(parts: ResidentParts) {
    const { thread, runtime, definitions, office, desk } = parts
    this.definitions = definitions
    this.residents = new Residents(runtime.host)
    this.#office = office
    this.station = new Station({
      thread,
      runtime,
      desk,
      guide: {
        resolve: (path, answer) => office.resolve(path, answer),
        awaken: (path, waitMs, answer) => office.awaken(path, waitMs, answer),
        watch: (path, watcher) => this.watch(path, watcher),
        ended: (path, exit) => office.ended(path, exit),
      },
      border: parts.border,
      maySpeak: (node, sender) => parts.maySpeak?.(node, sender) !== false,
      lost: (other) => parts.lost?.(other),
    })
  }

  /**
   * Starts a root and waits until its start has ended.
   * @param given its definition, where that is at hand; else the loaded one of that name
   * @throws {Fault} those of `node.spawn`, `definition-differs`
   */
  async spawn(order: SpawnOrder, given?: ActorDefinition): Promise<void> {
    const { runtime } = this.station
    const definition = given ?? this.definitions.get(order.definition)
    if (definition.version !== order.version) throw differs(order, definition.version)
    if (order.idleMs !== undefined) {
      this.#wake(order, order.idleMs, definition)
      return
    }
    const name = order.number === undefined ? { name: order.path } : {}
    const started = runtime.spawn({
      definition,
      options: { ...order.options, ...name },
      args: order.args,
      number: order.number,
    })
    const cell = runtime.cellAt(order.path)
    if (cell !== undefined)
      this.adopt(cell, { top: order.path, thread: this.station.thread, epoch: order.epoch })
    this.#office.placed(order.path)
    await started
  }

  /** Wakes an entity: how its start goes is between it and its supervisor. */
  #wake({ path, epoch, args }: SpawnOrder, idleMs: number, definition: ActorDefinition): void {
    const { runtime, thread } = this.station
    const cell = activate(runtime.guardian, { definition, options: path, args })
    const home = { top: path, thread, epoch }
    if ((cell.flags & endedFlag) !== 0) {
      this.#office.gone(home, lastExit(cell))
      return
    }
    this.adopt(cell, home, idleMs)
    this.#office.placed(path)
  }

  /** Sends idle entities to sleep, of one definition or of any; resolves with how many, once they do. */
  async evict(name: string | undefined, count: number): Promise<number> {
    const { now, later } = this.residents.evict(name, count)
    const slept = await Promise.all(later)
    return now + slept.filter((sleeps) => sleeps).length
  }

  /** Sends entities of some shards to sleep, those that may. */
  async lull(shards: readonly number[]): Promise<null> {
    await this.residents.lull((path) => shards.includes(shardOf(path)))
    return null
  }

  /** From now on the root is known to live here, and its end is reported. @param idleMs of an entity: after what time it sleeps */
  adopt(root: Cell, home: Home, idleMs?: number): void {
    const { roads } = this.station
    if (idleMs !== undefined) this.residents.admit(root, idleMs)
    // What was sent from here to one who lived elsewhere under its path may be on its way still.
    if (roads.cameHere(home)) for (const cell of subtree(root)) cell.flags |= settling
    whenEnded(root, (exit) => {
      if (roads.epochs.get(home.top) === home.epoch) roads.gone(home.top)
      this.#office.gone(home, exit)
    })
    roads.placed(home.top)
  }

  /** Carries out an order that needs no answer; says whether it knows the verb. */
  take(verb: string, input: unknown): boolean {
    switch (verb) {
      case 'observe':
        this.observe(input as Notes['observe'])
        return true
      case 'unobserve': {
        const cell = this.station.runtime.cellAt(input as Notes['unobserve'])
        if (cell !== undefined) unobserve(cell, report)
        return true
      }
      case 'hear': {
        const { watcher, path, exit } = input as Notes['hear']
        this.hear(watcher, path, exit)
        return true
      }
      case 'heard': {
        const { id, exit } = input as Notes['heard']
        this.heard(id, exit)
        return true
      }
      case 'lost':
        this.station.threadLost(input as Notes['lost'])
        return true
      default:
        return false
    }
  }

  /** Reports the end of somebody, who may have ended already. */
  observe(path: string): void {
    const cell = this.station.runtime.cellAt(path)
    if (cell === undefined || (cell.flags & endedFlag) !== 0) this.#office.ended(path, this.#lastExitAt(path))
    else this.report(cell)
  }

  report(cell: Cell): void {
    observe(cell, report, (exit) => this.#office.ended(cell.path, exit))
  }

  /** An actor here hears that one elsewhere has ended. */
  hear(watcher: string, path: string, exit: Exit): void {
    const cell = this.station.runtime.cellAt(watcher)
    if (cell !== undefined) hearFar(cell, path, exit)
  }

  /** A function here hears it. */
  heard(id: number, exit: Exit): void {
    const hear = this.#hearers.get(id)
    this.#hearers.delete(id)
    hear?.(exit)
  }

  /** Watches somebody elsewhere; returns the way to take that back. */
  watch(path: string, watcher: Watcher): () => void {
    const { hear } = watcher
    if (hear === undefined) return this.#watchAs(path, { path: watcher.path })
    const id = ++this.#lastHearer
    this.#hearers.set(id, hear)
    const takeBack = this.#watchAs(path, { thread: this.station.thread, id })
    return () => {
      this.#hearers.delete(id)
      takeBack()
    }
  }

  /** An actor that is watched from here goes to live elsewhere: the watch is kept by the main thread from now on. */
  handWatchOver(cell: Cell, token: object, hear: (exit: Exit) => void): () => void {
    if (token === report) return () => undefined
    const watcher = watcherOf(token)
    return this.watch(cell.path, watcher === undefined ? { hear } : { path: watcher.path })
  }

  /** An actor that lives elsewhere now goes on watching one that stays here. */
  watchFor(watcher: string, target: Cell): void {
    this.#watchAs(target.path, { path: watcher })
  }

  /** An actor that lives elsewhere now is to hear of an end. */
  tellEnd(watcher: string, path: string, exit: Exit): void {
    this.#office.tellEnd(watcher, path, exit)
  }

  #watchAs(path: string, watcher: FarWatcher): () => void {
    this.#office.watch(path, watcher)
    return () => this.#office.unwatch(path, watcher)
  }

  /** How the last one ended that lived at a path, as long as the events remember. */
  #lastExitAt(path: string): Exit {
    const { events } = this.station.runtime.host
    const last = events.recent().findLast(({ kind, subject }) => endKinds.has(kind) && subject.path === path)
    // Who sleeps has not ended. The other kinds of event carry the exit.
    return last === undefined || last.kind === 'passivated' ? NEVER_EXISTED : (last.detail as Exit)
  }
}

function differs(order: SpawnOrder, version: number): Fault {
  return new Fault(
    'definition-differs',
    `Cannot spawn "${order.path}": it is "${order.definition}" of version ${order.version}, and version ${version} is loaded in its thread`,
    { hint: 'Start the node again: all threads must load the same files.' },
  )
}
