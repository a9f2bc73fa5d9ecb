// replay: goes through the events of an actor, one after the other, with the state after each.
import { escapeText } from '../../runtime/escape.ts'
import { archiveOf } from './archive-of.ts'
import { dateText } from './date-text.ts'
import { recordUnknown, seqBounds } from './journal-show.ts'
import { count, definition, option, path } from './parameter.ts'
import { Past, pastOf } from './past.ts'
import { inMain } from './where.ts'
import type { Plain } from '../plain.ts'
import type { Ground } from './ground.ts'
import type { Step } from './past.ts'
import type { StreamingVerb, VerbContext } from './verb.ts'

export interface ReplayInput {
  readonly actor: string
  readonly from: number | undefined
  readonly to: number | undefined
  readonly definition: string | undefined
}

/** One step: an event, or a record that says the state itself. */
export interface ReplayStep {
  readonly seq: number
  readonly at: string
  /** Null where the record says the state itself. */
  readonly event: string | null
  readonly payload?: Plain
  /** After it; left out if there is none. */
  readonly state?: Plain
}

export const replay: StreamingVerb<ReplayInput, ReplayStep> = {
  name: 'replay',
  summary: 'Goes through the events of an actor in the journal, with the state after each.',
  details:
    'The state is made again beside the actor, with the code that is loaded now; the actor is not touched and need not live.',
  risk: 'medium',
  role: 'view',
  answers: 'stream',
  parameters: {
    actor: path('whose events'),
    from: option(count('begins with the record of this number', seqBounds)),
    to: option(count('ends with the record of this number', seqBounds)),
    definition: option(definition('what the actor is, where it does not live')),
  },
  examples: ['replay bank/ada', 'replay bank/ada --from 100 --to 120'],
  where: () => inMain,
  subject: ({ actor }) => actor,
  run: steps,
}

async function* steps(
  ground: Ground,
  { actor, from = 1, to = Infinity, definition: name }: ReplayInput,
  { signal }: VerbContext,
): AsyncGenerator<ReplayStep, void, void> {
  const attempt = `replay "${escapeText(actor, 120)}"`
  const archive = archiveOf(ground, attempt)
  const past = new Past(archive, pastOf(ground, actor, name, attempt))
  let last = 0
  for await (const step of past.steps(to)) {
    if (signal.aborted) return
    last = step.record.seq
    if (last < from) past.apply(step)
    else yield* stepsOf(ground, past, step)
  }
  if (last < from) throw await recordUnknown(archive, actor, from)
}

/** A record that changes no state takes no step. */
function stepsOf(ground: Ground, past: Past, step: Step): ReplayStep[] {
  const { record, commit } = step
  const { seq, kind } = record
  const at = dateText(record.atMs)
  const isNews = kind !== 'snapshot' || past.seq < seq
  const found: ReplayStep[] = []
  const { events = [] } = commit
  past.applyEach(step, (index) => {
    const [event = '', payload] = events[index] ?? []
    found.push({
      seq,
      at,
      event,
      ...shown(ground, 'payload', payload),
      ...shown(ground, 'state', past.state),
    })
  })
  const saysState = isNews && (commit.state !== undefined || kind === 'end')
  if (saysState && events.length === 0)
    found.push({ seq, at, event: null, ...shown(ground, 'state', past.state) })
  return found
}

function shown<K extends string>(
  { operator }: Ground,
  key: K,
  value: unknown,
): { readonly [P in K]?: Plain } {
  const copy = operator.plain(value)
  // The one key that there is.
  return (copy === undefined ? {} : { [key]: copy }) as { readonly [P in K]?: Plain }
}
