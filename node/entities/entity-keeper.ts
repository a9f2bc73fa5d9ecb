// An entity keeper: what a node knows of its entity definitions, and how their entities are woken in its main thread.
import { compiled } from '../../runtime/definition.ts'
import { Cooldowns } from './cooldown.ts'
import { EntityRegister, entityPath } from './register.ts'
import { NearAwakener } from './near-awakener.ts'
import { Residents } from './residents.ts'
import { WaitingRoom } from './waiting-room.ts'
import type { Runtime } from '../../runtime/runtime.ts'
import type { EntityOptions } from './entity-options.ts'

export class EntityKeeper {
  readonly register: EntityRegister
  readonly cooldowns: Cooldowns = new Cooldowns()
  readonly waiting: WaitingRoom
  /** Those that are awake in the main thread. */
  readonly residents: Residents
  readonly #runtime: Runtime
  #isFar = false

  /** @param residentMax of all definitions together */
  constructor(runtime: Runtime, residentMax: number | undefined) {
    this.#runtime = runtime
    this.register = new EntityRegister(residentMax)
    this.waiting = new WaitingRoom(runtime.host)
    this.residents = new Residents(runtime.host)
  }

  /** From now on the threads of the node see to it who is woken where. */
  goFar(): void {
    this.#isFar = true
    this.#runtime.host.awakener = undefined
  }

  /** @throws {Fault} `definition-invalid` `entity-invalid` `entity-taken` `place-invalid` */
  define(definition: unknown, options: EntityOptions | undefined): void {
    this.register.define(compiled(definition), options)
    if (!this.#isFar) this.#runtime.host.awakener ??= this.#near()
  }

  /** The path of an entity, whose definition is one of entities from now on. @throws {Fault} `name-invalid` and those of `define` */
  pathOf(definition: unknown, key: unknown, options: EntityOptions | undefined): string {
    const path = entityPath(compiled(definition), key)
    this.define(definition, options)
    return path
  }

  #near(): NearAwakener {
    const { register, residents, cooldowns, waiting } = this
    return new NearAwakener({ runtime: this.#runtime, register, residents, cooldowns, waiting })
  }
}
