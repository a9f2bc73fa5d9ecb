// trace: shows the messages that pass through one actor.
import { actorAt } from './actor-at.ts'
import { Feed } from './feed.ts'
import { clockText } from './moment.ts'
import { count, duration, optionOr, path } from './parameter.ts'
import type { TraceStep } from '../../runtime/trace.ts'
import type { Ground } from './ground.ts'
import type { StreamingVerb } from './verb.ts'

export interface TraceInput {
  readonly actor: string
  readonly count: number
  readonly for: number
}

/** One thing that happened to a message on its way. */
export interface Step {
  readonly at: string
  readonly kind: 'sent' | 'handled'
  /** The sending actor's path; empty for others. */
  readonly from: string
  readonly path: string
  readonly message: string
  readonly isAsk: boolean
  /** `handled`, `stashed`, a fault's code or the reason of a dead letter; empty for a sent one. */
  readonly outcome: string
}

export const trace: StreamingVerb<TraceInput, Step> = {
  name: 'trace',
  summary: 'Shows the messages that pass through one actor, for a while.',
  details: 'Always bounded: it ends after --count steps or after --for, whichever comes first.',
  risk: 'medium',
  role: 'trace',
  answers: 'stream',
  parameters: {
    actor: path('through whom'),
    count: optionOr(count('steps at most; default 50', { min: 1, max: 10_000 }), 50),
    for: optionOr(duration('how long at most; default 10s', { min: 1, max: 600_000 }), 10_000),
  },
  examples: ['trace clicks', 'trace clicks --count 4 --for 1m'],
  where: ({ actor }) => ({ in: 'home', path: actor }),
  run(ground, input, { signal }) {
    const cell = actorAt(ground, input.actor)
    const feed = new Feed<TraceStep>(() => {
      end()
      signal.removeEventListener('abort', end)
    })
    const end = ground.runtime.traces.start(
      cell,
      { stepsMax: input.count, forMs: input.for },
      { onStep: (step) => feed.push(step), onEnd: () => feed.end() },
    )
    if (signal.aborted) end()
    signal.addEventListener('abort', end, { once: true })
    return steps(ground, feed)
  },
}

async function* steps(ground: Ground, feed: Feed<TraceStep>): AsyncGenerator<Step> {
  for await (const { atMs, to, ...step } of feed) yield { at: clockText(ground, atMs), path: to, ...step }
}
