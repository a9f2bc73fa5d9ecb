// events: reads what actors have persisted, in the order of the journal.
import { count, flag, option, repeated, text } from './parameter.ts'
import { Fault } from '../../runtime/fault.ts'
import { inMain } from './where.ts'
import type { EventStream } from '../projections/event-stream.ts'
import type { Ground } from './ground.ts'
import type { Plain } from '../plain.ts'
import type { StreamingVerb } from './verb.ts'

export interface EventsInput {
  readonly from: number | undefined
  readonly actor: string | undefined
  readonly tag: readonly string[]
  readonly follow: boolean
  readonly count: number | undefined
}

/** One event as data. */
export interface EventLine {
  readonly position: number
  /** Its place among the events of its record, from 0. */
  readonly index: number
  readonly at: string
  readonly actor: string
  readonly seq: number
  readonly event: string
  /** Null where there is none. */
  readonly payload: Plain
  readonly version: number
  readonly tags: readonly string[]
}

export const events: StreamingVerb<EventsInput, EventLine> = {
  name: 'events',
  summary: 'Shows the events that actors have persisted, in the order of the journal.',
  details:
    'An actor is a path in which * stands for any characters of one segment and ** for any segments. ' +
    'With --follow and without --from it begins with what comes next. ' +
    'An actor that was forgotten leaves the event $forgotten.',
  risk: 'medium',
  role: 'view',
  answers: 'stream',
  parameters: {
    from: option(count('begins at this position of the journal', { min: 1, max: Number.MAX_SAFE_INTEGER })),
    actor: option(text("only those of this actor, or of all that a pattern such as 'bank/*' stands for")),
    tag: repeated(text('only those with this tag; of several, with one of them')),
    follow: flag('goes on with what comes next'),
    count: option(count('ends after so many', { min: 1, max: 1_000_000 })),
  },
  examples: [
    'events',
    "events --actor 'bank/*' --tag money",
    'events --from 4711 --count 20',
    'events --follow',
  ],
  where: () => inMain,
  run: (ground, input, { signal }) => lines(ground, input, streamOf(ground, input, signal)),
}

function streamOf(ground: Ground, input: EventsInput, signal: AbortSignal): EventStream {
  const { projections } = ground
  if (projections === undefined) throw noJournal()
  const { actor, tag, follow: live, from = live ? 'now' : 'start' } = input
  return projections.events({ from, actor, live, signal, tags: tag.length === 0 ? undefined : tag })
}

async function* lines(
  ground: Ground,
  input: EventsInput,
  stream: EventStream,
): AsyncGenerator<EventLine, void, void> {
  let left = input.count ?? Infinity
  for await (const { atMs, payload, ...event } of stream) {
    const at = new Date(atMs).toISOString()
    yield { ...event, at, payload: ground.operator.plain(payload) ?? null }
    left--
    if (left === 0) return
  }
}

function noJournal(): Fault {
  return new Fault('journal-missing', 'Cannot read events: this thread has no journal', {
    hint: 'Ask the main thread, which reads the journal for all.',
  })
}
