// state: shows an actor's own data.
import { Fault } from '../../runtime/fault.ts'
import { escapeText } from '../../runtime/escape.ts'
import { actorAt } from './actor-at.ts'
import { archiveOf } from './archive-of.ts'
import { recordUnknown, seqBounds } from './journal-show.ts'
import { count, definition, option, path, text } from './parameter.ts'
import { Past, pastOf } from './past.ts'
import { inMain } from './where.ts'
import type { Plain } from '../plain.ts'
import type { Ground } from './ground.ts'
import type { Verb } from './verb.ts'

export interface StateInput {
  readonly actor: string
  readonly path: string | undefined
  readonly at: number | undefined
  readonly definition: string | undefined
}

export interface Shown {
  readonly path: string
  readonly version: number
  /** Left out of a state of the past. */
  readonly behaviour?: string
  /** The record after which it was so; left out of the state as it is now. */
  readonly seq?: number
  /** Left out if there is none. */
  readonly state?: Plain
}

export const state: Verb<StateInput, Shown> = {
  name: 'state',
  summary: `Shows an actor's own data as it is now.`,
  details:
    'Large data is cut where it is marked $cut; narrow it with --path. With --at it is the state as it was after that record of the journal, ' +
    'made again beside the actor, which is not touched; the actor need not live.',
  risk: 'low',
  role: 'view',
  answers: 'once',
  parameters: {
    actor: path('whose'),
    path: option(text('a part of it, such as met.0 or byName.ada')),
    at: option(count('as it was after the record with this number', seqBounds)),
    definition: option(definition('what the actor is, with --at and where it does not live')),
  },
  examples: ['state clicks', 'state hi --path met.0', 'state bank/ada --at 120'],
  where: ({ actor, at }) => (at === undefined ? { in: 'home', path: actor } : inMain),
  subject: ({ actor, at }) => (at === undefined ? undefined : actor),
  run(ground, input) {
    if (input.at !== undefined) return stateAt(ground, input, input.at)
    const cell = actorAt(ground, input.actor)
    const { definition: of, behaviour } = cell
    return {
      path: cell.path,
      version: of.version,
      behaviour: behaviour.name,
      ...shownState(ground, input, cell.state),
    }
  },
}

/** The state after a record. @throws {Fault} `journal-missing` `record-unknown` and those of `pastOf` and of a recovery */
async function stateAt(ground: Ground, input: StateInput, at: number): Promise<Shown> {
  const attempt = `show the state of "${escapeText(input.actor, 120)}" at ${at}`
  const archive = archiveOf(ground, attempt)
  const of = pastOf(ground, input.actor, input.definition, attempt)
  const past = new Past(archive, of)
  for await (const step of past.steps(at)) past.apply(step)
  if (past.seq !== at) throw await recordUnknown(archive, input.actor, at)
  return {
    path: input.actor,
    version: of.definition.version,
    seq: at,
    ...shownState(ground, input, past.state),
  }
}

function shownState(ground: Ground, input: StateInput, value: unknown): Pick<Shown, 'state'> {
  const shown = ground.operator.plain(
    input.path === undefined ? value : partOf(value, input.path, input.actor),
  )
  return shown === undefined ? {} : { state: shown }
}

/** Own data alone: no getter is run, and nothing that a class or the language adds can be reached. */
function partOf(whole: unknown, steps: string, actor: string): unknown {
  let part = whole
  for (const step of steps.split('.')) {
    const next = stepInto(part, step)
    if (next === undefined) {
      throw new Fault(
        'state-missing',
        `Cannot show "${escapeText(steps, 120)}" of "${escapeText(actor, 120)}": there is no "${escapeText(step, 60)}"`,
        {
          hint: 'See the whole with "state", and name its parts from the top, joined by dots.',
        },
      )
    }
    part = next.value
  }
  return part
}

function stepInto(part: unknown, step: string): { readonly value: unknown } | undefined {
  if (part instanceof Map) return part.has(step) ? { value: part.get(step) } : undefined
  if (typeof part !== 'object' || part === null) return undefined
  const property = Object.getOwnPropertyDescriptor(part, step)
  return property !== undefined && 'value' in property ? { value: property.value } : undefined
}
