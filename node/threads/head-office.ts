// The head office: what the main thread knows of all roots of the node, and does for every runtime in it.
import { threadEpochs } from './beyond.ts'
import { Decisions } from './decisions.ts'
import { Homes } from './homes.ts'
import { isNode } from '../../transports/link/border.ts'
import { NEVER_EXISTED, NODE_LOST } from '../../runtime/exit.ts'
import { WatchBroker } from './watch-broker.ts'
import type { DeadReason } from '../../runtime/dead-letters.ts'
import type { Exit } from '../../runtime/exit.ts'
import type { Home } from '../../transports/link/record.ts'
import type { FarAwakener } from '../entities/far-awakener.ts'
import type { Beyond } from './beyond.ts'
import type { HomeEntry } from './homes.ts'
import type { Office } from './office.ts'
import type { Notes } from './orders.ts'
import type { Resident } from './resident.ts'
import type { FarWatcher } from './watch-broker.ts'

export class HeadOffice implements Office {
  readonly homes: Homes = new Homes()
  readonly decisions: Decisions = new Decisions()
  /** Who wakes entities; undefined where there are none. */
  sleepers: FarAwakener<Home> | undefined = undefined
  /** The other nodes; undefined on a node alone. */
  beyond: Beyond | undefined = undefined
  readonly #resident: () => Resident
  #wakings = 0
  readonly #broker: WatchBroker = new WatchBroker({
    observe: (path) => this.#observe(path),
    tell: (watcher, path, exit) => this.#tell(watcher, path, exit),
  })

  /** The threads that were told to report the end of somebody, by the path. */
  readonly #observing = new Map<string, number>()

  /** @param resident the main thread's own, made after this */
  constructor(resident: () => Resident) {
    this.#resident = resident
  }

  resolve(path: string, answer: (home: Home | undefined) => void): void {
    if (this.beyond === undefined || this.homes.under(path) !== undefined) this.homes.resolve(path, answer)
    else
      this.beyond.resolve(path, (home) => {
        // It may have come here while that was found out.
        if (home === undefined) this.homes.resolve(path, answer)
        else answer(home)
      })
  }

  awaken(path: string, waitMs: number, answer: (found: Home | DeadReason | undefined) => void): void {
    const { sleepers } = this
    const isHere = this.beyond?.keeps(path) !== false
    // Below a root that is no entity, or where nobody sleeps, there is nobody to wake.
    if (isHere && sleepers?.owns(path) === true && (this.homes.under(path)?.top ?? path) === path)
      sleepers.awaken(path, waitMs, (found) => {
        // Another node may have got it while there was no room for it here.
        if (found === undefined && this.beyond?.keeps(path) === false) this.resolve(path, answer)
        else answer(found)
      })
    else this.resolve(path, answer)
  }

  /**
   * The epoch of an entity's next home. In a cluster it is that of its shard: whoever remembers that it lived in another node knows which is
   * the newer.
   */
  epochFor(path: string): number {
    const { beyond, homes } = this
    return beyond === undefined ? homes.nextEpoch : beyond.epochOf(path) + (++this.#wakings % threadEpochs)
  }

  watch(path: string, watcher: FarWatcher): void {
    this.#broker.watch(path, watcher)
  }

  /** Another node wants to hear of an end. If it is the one that was to report it, it has nobody there: who has is found out anew. */
  watchFor(node: number, path: string): void {
    this.watch(path, { thread: node, id: 0 })
    if (this.#observing.get(path) !== node) return
    this.#observing.delete(path)
    this.#observe(path)
  }

  unwatch(path: string, watcher: FarWatcher): void {
    this.#broker.unwatch(path, watcher)
    if (!this.#broker.has(path)) this.#unobserve(path)
  }

  /** Watches that have not ended. */
  get watches(): number {
    return this.#broker.count
  }

  ended(path: string, exit: Exit): void {
    // It fell asleep before it could be observed: whoever watches it wakes it.
    if (exit.cause === 'never-existed' && this.sleepers?.owns(path) === true) this.#observe(path)
    else this.#ended(path, exit)
  }

  #ended(path: string, exit: Exit): void {
    this.#observing.delete(path)
    this.#broker.ended(path, exit)
  }

  tellEnd(watcher: string, path: string, exit: Exit): void {
    const entry = this.homes.under(watcher)
    if (entry === undefined) this.beyond?.tellEnd(watcher, path, exit)
    // While it moves its home may change before the word gets there: so the word waits until that is decided.
    entry?.whenSettled(() => this.#order(entry.thread, 'hear', { watcher, path, exit }))
  }

  placed(top: string): void {
    const entry = this.homes.get(top)
    if (entry !== undefined && entry.state !== 'moving') entry.settle()
  }

  gone({ top, thread, epoch }: Home, exit: Exit): void {
    const entry = this.homes.get(top)
    if (entry === undefined) return
    // A root that has ended in the target of its move has moved, though its end is known before the move is.
    if (thread === entry.move?.target && epoch === entry.epoch + 1)
      this.homes.change(entry, entry.epoch, thread)
    if (entry.epoch === epoch && entry.thread === thread) this.homes.release(entry, exit)
  }

  /** Takes what another thread tells. */
  note(verb: string, input: unknown): void {
    switch (verb) {
      case 'watch': {
        const { path, watcher } = input as Notes['watch']
        this.watch(path, watcher)
        return
      }
      case 'unwatch': {
        const { path, watcher } = input as Notes['unwatch']
        this.unwatch(path, watcher)
        return
      }
      case 'ended': {
        const { path, exit } = input as Notes['ended']
        this.ended(path, exit)
        return
      }
      case 'tell-end': {
        const { watcher, path, exit } = input as Notes['tell-end']
        this.tellEnd(watcher, path, exit)
        return
      }
      case 'placed':
        this.placed(input as Notes['placed'])
        return
      case 'gone':
        this.gone((input as Notes['gone']).home, (input as Notes['gone']).exit)
    }
  }

  /** A thread is no more: its actors have ended with it, but for the roots that come back, and nobody in it watches any more. */
  threadLost(thread: number, lost: readonly HomeEntry[]): void {
    this.#broker.forgetThread(thread)
    const tops = new Set(lost.map(({ top }) => top))
    const wasThere = (path: string): boolean => tops.has(this.homes.under(path)?.top ?? '')
    this.#broker.forgetActors(wasThere)
    for (const path of this.#observing.keys()) if (!this.#broker.has(path)) this.#unobserve(path)
    for (const path of this.#broker.watched((watched) => wasThere(watched) && !tops.has(watched)))
      this.ended(path, NODE_LOST)
    // Actors whose end it was to report, and that are nowhere any more.
    for (const [path, reporter] of this.#observing)
      if (reporter === thread && this.homes.under(path) === undefined) this.ended(path, NODE_LOST)
  }

  /** A root whose thread was lost lives again: whoever watched it goes on watching. */
  cameBack(top: string): void {
    if (this.#broker.watched((path) => path === top).length > 0) this.#observe(top)
  }

  /** A root had left its thread when that was lost; what that thread had yet to report of it is asked for again. */
  outlived(top: string): void {
    const isHere = (path: string): boolean => this.homes.under(path)?.top === top
    for (const path of this.#broker.watched(isHere)) this.#observe(path)
  }

  /** A root is not started again. */
  ends(entry: HomeEntry, exit: Exit): void {
    const isBelow = (path: string): boolean => path !== entry.top && this.homes.under(path) === entry
    const below = this.#broker.watched(isBelow)
    // Before it is forgotten: who asks for it then finds that nobody was ever there.
    this.ended(entry.top, exit)
    for (const path of below) this.ended(path, NODE_LOST)
    this.homes.release(entry, exit)
  }

  #observe(path: string): void {
    const entry = this.homes.under(path)
    if (entry === undefined) this.#observeBeyond(path)
    else if (entry.state === 'settled') {
      this.#observing.set(path, entry.thread)
      this.#order(entry.thread, 'observe', path)
    }
    // It may have ended by then, and another may live under its path.
    else entry.whenSettled(() => this.#observe(path))
  }

  /** In another node, if one has it. */
  #observeBeyond(path: string): void {
    if (this.beyond === undefined) {
      this.#observeAsleep(path)
      return
    }
    this.beyond.resolve(path, (home) => {
      if (!this.#broker.has(path)) return
      if (this.homes.under(path) !== undefined) this.#observe(path)
      else if (home === undefined) this.#observeAsleep(path)
      else {
        this.#observing.set(path, home.thread)
        this.#order(home.thread, 'observe', path)
      }
    })
  }

  /** A node says that somebody has ended whose end it was to report. */
  reported(node: number, path: string, exit: Exit): void {
    if (this.#observing.get(path) === node) this.ended(path, exit)
  }

  /** A node is no more: nobody in it watches, and whom it was to report on lives elsewhere by now, or nowhere. */
  nodeLost(node: number): void {
    this.#broker.forgetThread(node)
    for (const [path, reporter] of this.#observing) {
      if (reporter !== node) continue
      this.#observing.delete(path)
      if (this.beyond?.outlives(path) === true) this.#observeBeyond(path)
      else this.ended(path, NODE_LOST)
    }
  }

  /** Who is watched stays awake: so an entity has to hear that nobody watches it any more. */
  #unobserve(path: string): void {
    const reporter = this.#observing.get(path) ?? 0
    this.#observing.delete(path)
    if (isNode(reporter)) this.#order(reporter, 'unobserve', path)
    if (this.sleepers?.owns(path) !== true) return
    const entry = this.homes.get(path)
    entry?.whenSettled(() => {
      const isHere = this.homes.get(path) === entry && !this.#broker.has(path)
      if (isHere) this.#order(entry.thread, 'unobserve', path)
    })
  }

  /** Only who is awake can end: so a watch wakes, or is told at once that there is nobody. */
  #observeAsleep(path: string): void {
    const { sleepers } = this
    if (sleepers?.owns(path) !== true) this.#ended(path, NEVER_EXISTED)
    else
      sleepers.awaken(path, 0, (found) => {
        if (typeof found === 'object') this.#observe(path)
        else this.#ended(path, NEVER_EXISTED)
      })
  }

  #tell(watcher: FarWatcher, path: string, exit: Exit): void {
    if (watcher.path !== undefined) this.tellEnd(watcher.path, path, exit)
    else if (isNode(watcher.thread)) this.#order(watcher.thread, 'ended', { path, exit })
    else this.#order(watcher.thread, 'heard', { id: watcher.id, exit })
  }

  /** Gives an order to a thread, which may be the main one. */
  #order<V extends 'observe' | 'unobserve' | 'ended' | 'hear' | 'heard'>(
    thread: number,
    verb: V,
    input: Notes[V],
  ): void {
    const resident = this.#resident()
    if (thread === 0) resident.take(verb, input)
    else resident.station.control(thread, verb, input)
  }
}
