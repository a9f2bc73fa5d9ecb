// info: tells what one actor is.
import { actorAt } from './actor-at.ts'
import { entityView } from '../entities/entity-view.ts'
import { path } from './parameter.ts'
import { placedAt } from './spot.ts'
import type { Overflow } from '../../runtime/actor.ts'
import type { ActorView } from '../../runtime/inspect.ts'
import type { DurableLife } from '../../runtime/durable/durable-life.ts'
import type { RestartType } from '../../runtime/supervision.ts'
import type { EntityView } from '../entities/entity-view.ts'
import type { Placed } from './spot.ts'
import type { Verb } from './verb.ts'

export interface InfoInput {
  readonly actor: string
}

export interface Info extends ActorView, Placed {
  /** Empty for a root. */
  readonly parent: string
  readonly messages: readonly string[]
  readonly behaviours: readonly string[]
  readonly restart: RestartType
  readonly significant: boolean
  /** Null: it may take as long as it likes. */
  readonly shutdownMs: number | null
  readonly messagesMax: number
  readonly overflow: Overflow
  readonly timers: number
  /** Those that hear when it ends, actors and others. */
  readonly watchers: number
  /** Actors that it watches. */
  readonly watching: number
  /** How long this life has lasted, in milliseconds; null if the events no longer tell. */
  readonly upMs: number | null
  /** Null of one that is no entity. */
  readonly entity: EntityView | null
  /** Null of one that is not durable, or does not live yet. */
  readonly journal: JournalView | null
}

/** What a durable actor has in the journal. */
export interface JournalView {
  /** Number of the last record. */
  readonly seq: number
  readonly epoch: number
  /** Reliable messages of its own that have not arrived. */
  readonly letters: number
  readonly durableTimers: number
}

export const info: Verb<InfoInput, Info> = {
  name: 'info',
  summary: 'Tells what one actor is: its definition, messages, options and figures.',
  risk: 'low',
  role: 'view',
  answers: 'once',
  parameters: { actor: path('whom') },
  examples: ['info clicks'],
  where: ({ actor }) => ({
    in: 'home',
    path: actor,
    placed: ({ data, ...spot }) => placedAt(data, spot),
  }),
  run(ground, { actor }) {
    const cell = actorAt(ground, actor)
    const { definition, spec, rareIfAny: rare, host } = cell
    const begunMs = ground.operator.begunMs(cell)
    const nowMs = host.clock.wall() - ground.runtime.startedAtWallMs
    return {
      ...ground.operator.describe(cell),
      parent: cell.parent?.path ?? '',
      messages: definition.messages(),
      behaviours: [...definition.behaviours.keys()],
      restart: spec.restart,
      significant: spec.significant,
      shutdownMs: spec.shutdownMs === Infinity ? null : spec.shutdownMs,
      messagesMax: definition.messagesMax,
      overflow: definition.overflow,
      timers: rare?.timers?.size ?? 0,
      watchers: rare?.watchers?.size ?? 0,
      watching: rare?.watching?.size ?? 0,
      journal: journalOf(rare?.durable),
      upMs: begunMs === undefined ? null : Math.max(0, nowMs - begunMs),
      entity: entityView(cell),
    }
  },
}

function journalOf(durable: DurableLife | undefined): JournalView | null {
  if (durable === undefined) return null
  const { seq, epoch, duties } = durable
  return { seq, epoch, letters: duties.lettersCount, durableTimers: duties.timers.size }
}
