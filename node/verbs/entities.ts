// entities: lists the entity definitions of the node, and what has happened to their entities.
import { Fault } from '../../runtime/fault.ts'
import { sumCounts } from '../threads/books.ts'
import { within } from '../threads/within-time.ts'
import { wardFacts } from '../entities/ward-facts.ts'
import { acrossNodes } from './parameter.ts'
import { inMain } from './where.ts'
import { locatedAt } from './spot.ts'
import type { Node } from '../node.ts'
import type { EntityKind } from '../entities/register.ts'
import type { WardFacts } from '../entities/ward-facts.ts'
import type { Located, NodePart } from './spot.ts'
import type { MainVerb } from './verb.ts'

export interface EntitiesInput {
  readonly node: string | undefined
}

/** One entity definition. */
export interface EntityLine extends Located {
  readonly definition: string
  /** Awake or being woken, in all threads. */
  readonly resident: number
  readonly residentMax: number
  readonly idleMs: number
  readonly activated: number
  readonly passivated: number
  /** Of those, to make room. */
  readonly evicted: number
  /** Lives that have failed for good. */
  readonly failed: number
  readonly refusedFull: number
  readonly refusedCooling: number
  /** How often each reason has kept one awake that would have slept. */
  readonly keptAwake: Readonly<Record<string, number>>
}

export interface EntityList {
  readonly entities: readonly EntityLine[]
  readonly resident: number
  readonly residentMax: number
  /** Offers that wait until one more may be awake. */
  readonly waiting: number
}

/** How long a thread may take to say what is awake in it, in milliseconds. */
const wardsMsMax = 500

export const entities: MainVerb<EntitiesInput, EntityList> = {
  name: 'entities',
  summary: 'Lists the entity definitions: how many entities are awake, and how often they woke and slept.',
  details:
    'What has kept them awake is summed over all looks. A thread that is silent is left out of that sum.',
  risk: 'low',
  role: 'view',
  answers: 'once',
  parameters: { node: acrossNodes('this one') },
  examples: ['entities', 'entities --node all'],
  where: () => inMain,
  across: { unasked: () => 'own', merge: entitiesOfNodes },
  async run(node) {
    const { register, waiting } = node.entityKeeper
    const wards = await wardsOf(node)
    const lines = [...register.kinds()].map((kind) => lineOf(kind, wards))
    return {
      entities: lines.toSorted((a, b) => (a.definition < b.definition ? -1 : 1)),
      resident: register.resident,
      residentMax: register.residentMax,
      waiting: waiting.count,
    }
  },
}

function entitiesOfNodes(parts: readonly NodePart<EntityList>[]): EntityList {
  const sum = (of: (list: EntityList) => number): number =>
    parts.reduce((total, { data }) => total + of(data), 0)
  return {
    entities: parts.flatMap(({ data, node }) => data.entities.map((line) => locatedAt(line, node))),
    resident: sum(({ resident }) => resident),
    residentMax: sum(({ residentMax }) => residentMax),
    waiting: sum(({ waiting }) => waiting),
  }
}

async function wardsOf({ fleet, runtime, entityKeeper }: Node): Promise<readonly WardFacts[]> {
  if (fleet === undefined) return [...entityKeeper.residents.wards()].map(wardFacts)
  const threads = [0, ...fleet.crew.serving.map(({ id }) => id)]
  const answers = await Promise.all(
    threads.map(async (thread) => {
      try {
        return await within(runtime.host, wardsMsMax, fleet.call(thread, 'wards', null))
      } catch (error) {
        if (Fault.is(error)) return []
        throw error
      }
    }),
  )
  return answers.flat()
}

function lineOf({ definition, rules, resident, tally }: EntityKind, wards: readonly WardFacts[]): EntityLine {
  const own = wards.filter(({ name }) => name === definition.name)
  const revived = own.reduce((sum, ward) => sum + ward.revived, 0)
  return {
    definition: definition.name,
    resident,
    residentMax: rules.residentMax,
    idleMs: rules.idleMs,
    ...tally,
    // Those that were put to sleep and woken in the same moment are known to their thread alone.
    activated: tally.activated + revived,
    passivated: tally.passivated + revived,
    keptAwake: sumCounts(own.map(({ kept }) => kept)),
  }
}
