// A far awakener: the main thread's, which wakes the entities of a node with threads: each gets a home, and its thread the order to start it.
import { escapeText } from '../../runtime/escape.ts'
import { failedExit } from '../../runtime/exit.ts'
import { Fault } from '../../runtime/fault.ts'
import type { Host } from '../../runtime/cell.ts'
import type { DeadReason } from '../../runtime/dead-letters.ts'
import type { Exit } from '../../runtime/exit.ts'
import type { Cooldowns } from './cooldown.ts'
import type { EntityKind, EntityRegister } from './register.ts'
import type { WaitingRoom } from './waiting-room.ts'

/** How often a waking begins anew whose thread was lost. */
export const wakeTriesMax = 3

/** What a far awakener needs; `H` says where an entity lives. */
export interface FarAwakenerParts<H> {
  readonly host: Host
  readonly register: EntityRegister
  readonly cooldowns: Cooldowns
  readonly waiting: WaitingRoom
  /** Answers where a path leads once that is settled; undefined where nobody lives. */
  resolve(path: string, answer: (home: H | undefined) => void): void
  /** Whether it has a home, settled or not. */
  hasHome(path: string): boolean
  /** Whether it may be woken in this node now; absent where it always may. */
  keeps?(path: string): boolean
  /** Gives an entity a home at once, and starts it there; rejects if it cannot be. @throws {Fault} if there is no home for it */
  start(path: string, kind: EntityKind): Promise<void>
  /** Sends idle ones to sleep, of one definition or of any; resolves with how many have gone. */
  evict(name: string | undefined, count: number): Promise<number>
}

/** One who waits for an answer. */
interface Wish<H> {
  readonly path: string
  readonly kind: EntityKind
  readonly dueMs: number
  readonly answer: (found: H | DeadReason | undefined) => void
}

export class FarAwakener<H> {
  readonly #parts: FarAwakenerParts<H>
  /** Those for whom room is being made. */
  #crowd: Wish<H>[] = []
  #isMakingRoom = false

  constructor(parts: FarAwakenerParts<H>) {
    this.#parts = parts
  }

  /** Whether a path is an entity's. */
  owns(path: string): boolean {
    return this.#parts.register.find(path) !== undefined
  }

  /**
   * Answers where an entity lives from now on, or why it cannot be woken; undefined where the path is no entity's. While too many are awake
   * the answer takes up to `waitMs`.
   */
  awaken(path: string, waitMs: number, answer: (found: H | DeadReason | undefined) => void): void {
    const { host, register } = this.#parts
    const kind = register.find(path)
    if (kind === undefined) answer(undefined)
    else this.#wake({ path, kind, dueMs: host.clock.now() + waitMs, answer }, wakeTriesMax)
  }

  /** One that was awake or was to be is not any more. */
  released(path: string, exit: Exit | undefined): void {
    const { host, register, cooldowns, waiting } = this.#parts
    const kind = register.find(path)
    if (kind === undefined) return
    register.add(kind, -1)
    if (exit !== undefined) register.ended(kind, exit)
    if (exit !== undefined) cooldowns.note(path, exit, host.clock.now())
    waiting.stir()
  }

  #wake(wish: Wish<H>, triesLeft: number): void {
    const { host, cooldowns, register, hasHome } = this.#parts
    const { path, kind, answer } = wish
    if (hasHome(path)) this.#resolve(wish, triesLeft)
    else if (cooldowns.isCooling(path, host.clock.now())) {
      kind.tally.refusedCooling++
      answer('entity-cooling')
    } else if (triesLeft === 0) answer('actor-failed')
    else if (this.#crowd.length === 0 && register.roomFor(kind) === 'room') this.#start(wish, triesLeft)
    else {
      this.#crowd.push(wish)
      void this.#makeRoom()
    }
  }

  #start(wish: Wish<H>, triesLeft: number): void {
    const { register, start, keeps } = this.#parts
    const { path, kind } = wish
    if (keeps?.(path) === false) {
      wish.answer(undefined)
      return
    }
    register.add(kind, 1)
    kind.tally.activated++
    // It has a home when this returns, though nobody lives there yet.
    void start(path, kind).catch((error: unknown) => this.#notStarted(path, error))
    if (this.#parts.hasHome(path)) this.#resolve(wish, triesLeft)
    else this.#wake(wish, triesLeft - 1)
  }

  /** A thread that was lost with the order is no fault of the entity's. */
  #notStarted(path: string, error: unknown): void {
    const { host, cooldowns } = this.#parts
    const fault = Fault.wrap(error, 'start-failed', `Cannot wake "${escapeText(path, 120)}"`)
    if (fault.code === 'thread-lost') return
    host.events.emit('failed', { path }, fault)
    cooldowns.note(path, failedExit(fault), host.clock.now())
  }

  #resolve(wish: Wish<H>, triesLeft: number): void {
    this.#parts.resolve(wish.path, (home) => {
      if (home === undefined) this.#wake(wish, triesLeft - 1)
      else wish.answer(home)
    })
  }

  async #makeRoom(): Promise<void> {
    if (this.#isMakingRoom) return
    this.#isMakingRoom = true
    while (this.#serve()) {
      const [first] = this.#crowd
      if (first === undefined) break
      const isKindFull = this.#parts.register.roomFor(first.kind) === 'kind-full'
      const name = isKindFull ? first.kind.definition.name : undefined
      const wanted = isKindFull ? this.#crowd.filter(({ kind }) => kind === first.kind) : this.#crowd
      const evicted = await this.#parts.evict(name, wanted.length)
      first.kind.tally.evicted += evicted
      if (evicted === 0) this.#refuse(wanted)
    }
    this.#isMakingRoom = false
  }

  /** Wakes those for whom there is room; says whether some are left. */
  #serve(): boolean {
    const crowd = this.#crowd
    this.#crowd = []
    const left = crowd.filter((wish) => {
      const { hasHome, register } = this.#parts
      if (hasHome(wish.path)) this.#resolve(wish, wakeTriesMax)
      else if (register.roomFor(wish.kind) === 'room') this.#start(wish, wakeTriesMax)
      else return true
      return false
    })
    this.#crowd = [...left, ...this.#crowd]
    return this.#crowd.length > 0
  }

  /** None is idle: who may wait does. */
  #refuse(wishes: readonly Wish<H>[]): void {
    const { host, waiting } = this.#parts
    const nowMs = host.clock.now()
    const refused = new Set(wishes)
    this.#crowd = this.#crowd.filter((wish) => !refused.has(wish))
    for (const wish of wishes) {
      const { path, kind, dueMs, answer } = wish
      const expire = (): void => {
        kind.tally.refusedFull++
        answer('entities-full')
      }
      if (dueMs <= nowMs || waiting.isFull) expire()
      else
        waiting.add({
          path,
          dueMs,
          // It joins the crowd again, and comes back here if there is still no room.
          attempt: () => {
            this.#wake(wish, wakeTriesMax)
            return true
          },
          expire,
        })
    }
  }
}
