// A register: the entity definitions of a node, with the rules for each and what has happened to its entities.
import { Fault } from '../../runtime/fault.ts'
import { checkName, checkPath } from '../../runtime/path.ts'
import { checkResidentMax, readEntityOptions } from './entity-options.ts'
import { roomFor } from './room.ts'
import type { ActorDefinition } from '../../runtime/definition.ts'
import type { Exit } from '../../runtime/exit.ts'
import type { EntityOptions, EntityRules } from './entity-options.ts'

/** Entities of all definitions that may be awake in a node, unless its option `residentMax` says otherwise: about 1 GB. */
export const nodeResidentMaxDefault = 1_000_000
/** Entity definitions of a node. */
export const entityKindsMax = 10_000

/** How often each thing has happened to the entities of one definition. */
export interface EntityTally {
  activated: number
  passivated: number
  /** Of those, to make room. */
  evicted: number
  /** Ends that were none of these, of lives that have failed for good. */
  failed: number
  /** Wakings refused because too many are awake. */
  refusedFull: number
  /** Wakings refused because the entity has just failed for good. */
  refusedCooling: number
}

/** One entity definition. */
export class EntityKind {
  readonly definition: ActorDefinition
  rules: EntityRules
  /** Awake or being woken, in all threads. */
  resident = 0
  readonly tally: EntityTally = {
    activated: 0,
    passivated: 0,
    evicted: 0,
    failed: 0,
    refusedFull: 0,
    refusedCooling: 0,
  }

  constructor(definition: ActorDefinition, rules: EntityRules) {
    this.definition = definition
    this.rules = rules
  }
}

export class EntityRegister {
  readonly residentMax: number
  readonly #kinds = new Map<string, EntityKind>()
  #resident = 0

  /** @throws {Fault} `entity-invalid` */
  constructor(residentMax: number = nodeResidentMaxDefault) {
    this.residentMax = checkResidentMax('all definitions', residentMax)
  }

  kinds(): IterableIterator<EntityKind> {
    return this.#kinds.values()
  }

  /** Awake or being woken, of all definitions. */
  get resident(): number {
    return this.#resident
  }

  /** Makes a definition one of entities; with options its rules are these from now on. @throws {Fault} `entity-invalid` `entity-taken` */
  define(definition: ActorDefinition, options: EntityOptions | undefined): EntityKind {
    const { name } = definition
    const known = this.#kinds.get(name)
    if (known !== undefined && known.definition !== definition) throw taken(name)
    if (known === undefined) {
      if (this.#kinds.size >= entityKindsMax) throw kindsFull(name, this.#kinds.size)
      const kind = new EntityKind(definition, readEntityOptions(name, options ?? {}))
      this.#kinds.set(name, kind)
      return kind
    }
    if (options !== undefined) known.rules = readEntityOptions(name, options)
    return known
  }

  /** Whose entity a path names; undefined if it is no entity's. */
  find(path: string): EntityKind | undefined {
    const cut = path.indexOf('/')
    const kind = cut < 0 ? undefined : this.#kinds.get(path.slice(0, cut))
    if (kind === undefined || path.includes('/', cut + 1) || path.includes('$')) return undefined
    try {
      checkPath(path)
      return kind
    } catch {
      return undefined
    }
  }

  get(name: string): EntityKind | undefined {
    return this.#kinds.get(name)
  }

  /** @param falling those that are counted and about to sleep: of this definition, and of all */
  roomFor(
    kind: EntityKind,
    falling: { readonly ofKind: number; readonly ofAll: number } = { ofKind: 0, ofAll: 0 },
  ): ReturnType<typeof roomFor> {
    return roomFor({
      resident: kind.resident - falling.ofKind,
      residentMax: kind.rules.residentMax,
      nodeResident: this.#resident - falling.ofAll,
      nodeResidentMax: this.residentMax,
    })
  }

  /** One more is awake, or one less. */
  add(kind: EntityKind, by: 1 | -1): void {
    kind.resident += by
    this.#resident += by
  }

  /** A life has ended: what that was. */
  ended({ tally }: EntityKind, exit: Exit): void {
    if (exit.cause === 'superseded') tally.passivated++
    else if (exit.cause === 'failed') tally.failed++
  }
}

/** The path of an entity. @throws {Fault} `name-invalid` */
export function entityPath(definition: ActorDefinition, key: unknown): string {
  checkName(key)
  const path = `${definition.name}/${key}`
  checkPath(path)
  return path
}

/** What the state factory of an entity is given. */
export function keyOf(path: string): string {
  return path.slice(path.indexOf('/') + 1)
}

function taken(name: string): Fault {
  return new Fault(
    'entity-taken',
    `Cannot keep entities of "${name}": another definition of that name has some already`,
    { hint: 'Give one of the two definitions another name.' },
  )
}

function kindsFull(name: string, count: number): Fault {
  return new Fault(
    'entity-invalid',
    `Cannot keep entities of "${name}": the node has ${count} of ${entityKindsMax} entity definitions`,
    { hint: 'Use one definition for many keys.' },
  )
}
