// state: shows an actor's own data.
import { Fault } from '../../runtime/fault.ts'
import { escapeText } from '../../runtime/escape.ts'
import { actorAt } from './actor-at.ts'
import { option, path, text } from './parameter.ts'
import type { Plain } from '../plain.ts'
import type { Verb } from './verb.ts'

export interface StateInput {
  readonly actor: string
  readonly path: string | undefined
}

export interface Shown {
  readonly path: string
  readonly version: number
  readonly behaviour: string
  /** Left out if there is none. */
  readonly state?: Plain
}

export const state: Verb<StateInput, Shown> = {
  name: 'state',
  summary: `Shows an actor's own data as it is now.`,
  details: 'Large data is cut where it is marked $cut; narrow it with --path.',
  risk: 'low',
  role: 'view',
  answers: 'once',
  parameters: {
    actor: path('whose'),
    path: option(text('a part of it, such as met.0 or byName.ada')),
  },
  examples: ['state clicks', 'state hi --path met.0'],
  where: ({ actor }) => ({ in: 'home', path: actor }),
  run(ground, input) {
    const cell = actorAt(ground, input.actor)
    const value = input.path === undefined ? cell.state : partOf(cell.state, input.path, input.actor)
    const shown = ground.operator.plain(value)
    const { definition, behaviour } = cell
    return {
      path: cell.path,
      version: definition.version,
      behaviour: behaviour.name,
      ...(shown === undefined ? {} : { state: shown }),
    }
  },
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
