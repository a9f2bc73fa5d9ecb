// A near awakener: wakes the entities of a node without threads, in the turn in which a message finds nobody.
import { Cell } from '../../runtime/cell.ts'
import { absent, ended } from '../../runtime/cell-flags.ts'
import { Fault } from '../../runtime/fault.ts'
import { failedExit, STOPPED } from '../../runtime/exit.ts'
import { activate } from '../../runtime/spawn.ts'
import { deathFault } from '../../runtime/router.ts'
import { lastExit, whenEnded } from '../../runtime/watches.ts'
import { evictLooksMax } from './residents.ts'
import { keyOf } from './register.ts'
import { offersFull } from './offers-full.ts'
import type { Awakener } from '../../runtime/awakener.ts'
import type { DeadReason } from '../../runtime/dead-letters.ts'
import type { Exit } from '../../runtime/exit.ts'
import type { Runtime } from '../../runtime/runtime.ts'
import type { Cooldowns } from './cooldown.ts'
import type { EntityKind, EntityRegister } from './register.ts'
import type { Residents } from './residents.ts'
import type { WaitingRoom } from './waiting-room.ts'

export interface NearAwakenerParts {
  readonly runtime: Runtime
  readonly register: EntityRegister
  readonly residents: Residents
  readonly cooldowns: Cooldowns
  readonly waiting: WaitingRoom
}

export class NearAwakener implements Awakener<Cell> {
  readonly #parts: NearAwakenerParts

  constructor(parts: NearAwakenerParts) {
    this.#parts = parts
  }

  awaken(path: string): Cell | DeadReason | undefined {
    const kind = this.#parts.register.find(path)
    if (kind === undefined) return undefined
    const found = this.#attempt(kind, path)
    if (found === 'entities-full') kind.tally.refusedFull++
    else if (found === 'entity-cooling') kind.tally.refusedCooling++
    return found
  }

  async awakenLater(path: string, timeoutMs: number, found: (awake: Cell) => Promise<void>): Promise<void> {
    const { waiting, register, runtime } = this.#parts
    const kind = register.find(path)
    const now = kind !== undefined && waiting.has(path) ? 'entities-full' : kind && this.#attempt(kind, path)
    if (now instanceof Cell) return await found(now)
    const message = { to: { path }, name: 'offer' }
    if (kind === undefined || now !== 'entities-full') throw deathFault(message, now ?? 'actor-unknown')
    if (waiting.isFull) throw offersFull(path, waiting.count)
    return await new Promise<void>((resolve, reject) => {
      waiting.add({
        path,
        dueMs: runtime.host.clock.now() + timeoutMs,
        attempt: () => {
          const next = this.#attempt(kind, path)
          if (next === 'entities-full') return false
          if (next instanceof Cell) resolve(found(next))
          else reject(deathFault(message, next))
          return true
        },
        expire: () => {
          kind.tally.refusedFull++
          reject(deathFault(message, 'entities-full'))
        },
      })
    })
  }

  #attempt(kind: EntityKind, path: string): Cell | DeadReason {
    const { cooldowns, runtime } = this.#parts
    const { host } = runtime
    const living = host.registry.get(path)
    if (living !== undefined && (living.flags & absent) === 0) return living
    if (cooldowns.isCooling(path, host.clock.now())) return 'entity-cooling'
    if (!this.#makeRoom(kind)) return 'entities-full'
    return this.#activate(kind, path)
  }

  #activate(kind: EntityKind, path: string): Cell | DeadReason {
    const { register, residents, runtime } = this.#parts
    const { definition, rules, tally } = kind
    let cell: Cell
    register.add(kind, 1)
    try {
      cell = activate(runtime.guardian, { definition, options: path, args: [keyOf(path)] })
    } catch (error) {
      const fault = Fault.wrap(error, 'start-failed', `Cannot wake "${path}"`)
      this.#ended(kind, path, fault.code === 'actor-stopped' ? STOPPED : failedExit(fault))
      return fault.code === 'actor-stopped' ? 'actor-stopped' : 'actor-failed'
    }
    tally.activated++
    if ((cell.flags & ended) !== 0) {
      this.#ended(kind, path, lastExit(cell))
      return 'actor-failed'
    }
    whenEnded(cell, (exit) => this.#ended(kind, path, exit))
    residents.admit(cell, rules.idleMs)
    // Whoever has waited for it goes before what is offered from now on.
    this.#parts.waiting.serve(path)
    return cell
  }

  #ended(kind: EntityKind, path: string, exit: Exit): void {
    const { register, cooldowns, runtime, waiting } = this.#parts
    register.add(kind, -1)
    register.ended(kind, exit)
    cooldowns.note(path, exit, runtime.host.clock.now())
    waiting.stir()
  }

  /** Sends the longest unused idle one to sleep if need be. */
  #makeRoom(kind: EntityKind): boolean {
    const { register, residents } = this.#parts
    const { name } = kind.definition
    // One that has something to do after all does not make room.
    for (let tries = evictLooksMax; tries > 0; tries--) {
      const room = register.roomFor(kind, residents.fallingOf(name))
      if (room === 'room') return true
      const { now, later } = residents.evict(room === 'kind-full' ? name : undefined, 1)
      if (now + later.length === 0) return false
      kind.tally.evicted++
    }
    return false
  }
}
