// A carrier: moves subtrees between two runtimes on one clock, as threads do, but by hand; it stands for roads and brokers.
import { expect } from 'vitest'
import { Node } from 'troupe'
import { ManualClock } from 'troupe/testing'
import { capture } from '../../../runtime/capture.ts'
import { Envelope } from '../../../runtime/envelope.ts'
import { isRef, LocalRef } from '../../../runtime/ref.ts'
import { payloadFlaw } from '../../../runtime/payload.ts'
import { quiesce } from '../../../runtime/quiesce.ts'
import { restore } from '../../../runtime/restore.ts'
import { deliver, deliverToNobody } from '../../../runtime/router.ts'
import { seededRandom } from '../../../runtime/random.ts'
import { observe, hearFar, watcherOf } from '../../../runtime/watches.ts'
import type { Definition, Exit, SpawnOptions } from 'troupe'
import type { Arrival } from '../../../runtime/arrival.ts'
import type { Audit } from '../../../runtime/accounting.ts'
import type { CaptureContext } from '../../../runtime/capture.ts'
import type { Captured } from '../../../runtime/captured.ts'
import type { Cell } from '../../../runtime/cell.ts'
import type { ActorDefinition } from '../../../runtime/definition.ts'
import type { Departure } from '../../../runtime/departure.ts'
import type { Elsewhere, Watcher } from '../../../runtime/elsewhere.ts'
import type { Origin } from '../../../runtime/envelope.ts'
import type { Fault } from '../../../runtime/fault.ts'
import type { RestoreContext } from '../../../runtime/furnish.ts'

/** Who is to hear of whose end. */
interface Brokered {
  readonly path: string
  readonly watcher: Watcher
}

/** A captured subtree on its way. */
export interface Journey {
  readonly departure: Departure
  readonly data: Captured
  readonly from: Node
  readonly to: Node
}

export class Carrier {
  readonly clock: ManualClock
  readonly a: Node
  readonly b: Node
  /** What else the target knows, instead of what the source has loaded. */
  readonly definitions = new Map<string, ActorDefinition | Fault>()
  readonly #known = new Map<string, ActorDefinition>()
  readonly #origins: Origin[] = []
  readonly #tails = new Map<string, Envelope[]>()
  readonly #watches = new Set<Brokered>()
  /** Takes its reports for itself, as a broker does. */
  readonly #reports = new WeakSet<object>()

  constructor(seed = 1, strict = true) {
    const random = seededRandom(seed)
    this.clock = new ManualClock()
    const make = (fork: string): Node => {
      const own = random.fork(fork)
      return new Node(
        { name: 'local', strict },
        { clock: this.clock, random: own.fork('chance'), shuffle: own.fork('order') },
      )
    }
    this.a = make('a')
    this.b = make('b')
    for (const node of [this.a, this.b]) node.runtime.host.elsewhere = this.#elsewhere(node)
  }

  async spawn(definition: unknown, options?: string | SpawnOptions, ...args: unknown[]): Promise<LocalRef> {
    return (await this.a.spawn(
      definition as Definition<unknown[]>,
      options as never,
      ...args,
    )) as unknown as LocalRef
  }

  /** Watches that are kept for somebody who lives elsewhere. */
  get brokered(): number {
    return this.#watches.size
  }

  cell(path: string): Cell {
    const cell = this.a.runtime.cellAt(path) ?? this.b.runtime.cellAt(path)
    if (cell === undefined) throw new Error(`nobody lives at ${path}`)
    return cell
  }

  other(node: Node): Node {
    return node === this.a ? this.b : this.a
  }

  /** Captures a root that is at rest, or comes to rest while the clock moves. */
  async leave(path: string, deadlineMs = 1_000): Promise<Journey> {
    const root = this.cell(path)
    const from = this.a.runtime.cellAt(path) === root ? this.a : this.b
    const journey = new Promise<Journey>((resolve, reject) => {
      quiesce(root, { deadlineMs }, (result) => {
        if (result !== 'still') reject(result)
        else resolve(this.leaveNow(root, from))
      })
    })
    journey.catch(() => undefined)
    return journey
  }

  leaveNow(root: Cell, from: Node): Journey {
    this.#tails.set(root.path, [])
    const departure = capture(root, this.#captureContext(from))
    expect(payloadFlaw(departure.captured, isRef)).toBe(undefined)
    const to = this.other(from)
    return { departure, data: copied(departure.captured, to) as Captured, from, to }
  }

  arrive({ data, to }: Journey): Arrival {
    return restore(to.runtime.host, to.runtime.guardian, data, this.#restoreContext(to))
  }

  commit(journey: Journey, arrival: Arrival): void {
    arrival.activate()
    journey.departure.discard()
    this.#flush(journey.data.path, journey.to)
  }

  abort({ departure, data, from }: Journey, arrival?: Arrival): void {
    arrival?.dispose()
    departure.release()
    this.#flush(data.path, from)
  }

  /** Moves a root all the way. */
  async move(path: string): Promise<void> {
    const journey = await this.leave(path)
    this.commit(journey, this.arrive(journey))
  }

  /** Both audits are balanced; their sum. */
  books(): Pick<Audit, 'accepted' | 'handled' | 'waiting' | 'stashed' | 'dead' | 'refused' | 'actors'> {
    const [a, b] = [this.a.audit(), this.b.audit()]
    expect([...a.differences, ...b.differences]).toEqual([])
    const sum = (
      key: 'accepted' | 'handled' | 'waiting' | 'stashed' | 'dead' | 'refused' | 'actors',
    ): number => a[key] + b[key]
    return {
      accepted: sum('accepted'),
      handled: sum('handled'),
      waiting: sum('waiting'),
      stashed: sum('stashed'),
      dead: sum('dead'),
      refused: sum('refused'),
      actors: sum('actors'),
    }
  }

  async stop(): Promise<void> {
    const stopped = Promise.all([this.a.stop(), this.b.stop()])
    await this.clock.advance(60_000)
    await stopped
  }

  /** Sends a message on to where its receiver lives, or keeps it while that is on its way. */
  #route(node: Node, path: string, envelope: Envelope): void {
    const root = [...this.#tails.keys()].find((one) => path === one || path.startsWith(`${one}/`))
    const tail = root === undefined ? undefined : this.#tails.get(root)
    if (tail !== undefined)
      tail.push(new Envelope({ path }, envelope.name, envelope.payload, envelope.from, envelope.origin))
    else this.#deliver(node, path, envelope)
  }

  #deliver(node: Node, path: string, envelope: Envelope): void {
    const cell = node.runtime.cellAt(path) ?? this.other(node).runtime.cellAt(path)
    const { name, payload, from, origin } = envelope
    if (cell === undefined) deliverToNobody(node.runtime.host, envelope)
    else deliver(cell, new Envelope(cell, name, payload, from, origin))
  }

  #flush(root: string, node: Node): void {
    const tail = this.#tails.get(root) ?? []
    this.#tails.delete(root)
    for (const envelope of tail) this.#deliver(node, envelope.to.path, envelope)
  }

  #captureContext(from: Node): CaptureContext {
    return {
      origin: (origin) => this.#origins.push(origin) - 1,
      watchedBy: (cell, token, hear) => {
        // Its own report is nobody's watch.
        if (this.#reports.has(token)) return () => undefined
        const watcher = watcherOf(token)
        return this.#watch(cell.path, watcher === undefined ? { hear } : { path: watcher.path })
      },
      watches: (path, target) => {
        this.#watch(target.path, { path })
        this.#report(target)
      },
      signal: (path, signal) => {
        if (signal.type === 'down') this.#tell({ path }, signal.ref.path, signal.exit)
      },
      offer: async (envelope) => this.#route(from, envelope.to.path, envelope),
    }
  }

  #restoreContext(node: Node): RestoreContext {
    return {
      definitionOf: (name) =>
        this.definitions.get(name) ??
        this.#known.get(name) ??
        (this.#findDefinition(name) as ActorDefinition),
      origin: (data) => this.#origins[data as number] as Origin,
      party: (path) => ({ path }),
      ref: (path) => new LocalRef(node.runtime.host, node.runtime.cellAt(path), path),
      watches: (cell, path) => this.#watch(path, { path: cell.path }),
      watched: (cell) => this.#report(cell),
    }
  }

  #findDefinition(name: string): ActorDefinition | undefined {
    for (const node of [this.a, this.b]) {
      for (const { subject } of node.runtime.host.events.recent()) {
        const definition = (subject as Partial<Cell>).definition
        if (definition !== undefined) this.#known.set(definition.name, definition)
      }
    }
    return this.#known.get(name)
  }

  #elsewhere(node: Node): Elsewhere {
    return {
      tell: (to, envelope) => this.#route(node, to.path, envelope),
      send: (to, envelope) => this.#route(node, to.path, envelope),
      offer: async (to, envelope) => this.#route(node, to.path, envelope),
      stop: () => undefined,
      kill: () => undefined,
      watch: (path, watcher) => {
        const target = this.other(node).runtime.cellAt(path)
        if (target !== undefined) this.#report(target)
        return this.#watch(path, watcher)
      },
      ended: (path, exit) => this.#ended(path, exit),
    }
  }

  #watch(path: string, watcher: Watcher): () => void {
    const same = [...this.#watches].find(
      (one) => one.path === path && one.watcher.path !== undefined && one.watcher.path === watcher.path,
    )
    const brokered = same ?? { path, watcher }
    this.#watches.add(brokered)
    return () => void this.#watches.delete(brokered)
  }

  #report(target: Cell): void {
    const token = {}
    const { path } = target
    this.#reports.add(token)
    observe(target, token, (exit) => this.#ended(path, exit))
  }

  #ended(path: string, exit: Exit): void {
    for (const brokered of this.#watches) {
      if (brokered.path !== path) continue
      this.#watches.delete(brokered)
      this.#tell(brokered.watcher, path, exit)
    }
  }

  #tell(watcher: Watcher, path: string, exit: Exit): void {
    if (watcher.hear !== undefined) watcher.hear(exit)
    else {
      const cell = this.a.runtime.cellAt(watcher.path) ?? this.b.runtime.cellAt(watcher.path)
      if (cell !== undefined) hearFar(cell, path, exit)
    }
  }
}

/** A deep copy, as a codec makes one: refs arrive as refs of the runtime that reads them. */
export function copied(value: unknown, to: Node): unknown {
  if (isRef(value)) return new LocalRef(to.runtime.host, undefined, value.path)
  if (Array.isArray(value)) return value.map((one) => copied(one, to))
  if (value instanceof Map)
    return new Map([...value].map(([key, member]) => [copied(key, to), copied(member, to)]))
  if (value instanceof Set) return new Set([...value].map((member) => copied(member, to)))
  if (typeof value !== 'object' || value === null) return value
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) return structuredClone(value)
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, copied(member, to)]))
}
