// watch: waits for an actor's end.
import { Fault } from '../../runtime/fault.ts'
import { info } from './info.ts'
import { perform } from './perform.ts'
import { duration, optionOr, path } from './parameter.ts'
import { durationText } from './usage.ts'
import { expired, within } from './within.ts'
import { inMain } from './where.ts'
import { refAt } from '../../runtime/ref.ts'
import type { Exit } from '../../runtime/exit.ts'
import type { MainVerb } from './verb.ts'

export interface WatchInput {
  readonly actor: string
  readonly for: number
}

export interface Watched {
  readonly path: string
  readonly exit: Exit
}

export const watch: MainVerb<WatchInput, Watched> = {
  name: 'watch',
  summary: 'Waits until an actor has ended for good and tells how.',
  details: 'A restart is not an end.',
  risk: 'low',
  role: 'view',
  answers: 'once',
  parameters: {
    actor: path('whom'),
    for: optionOr(duration('how long to wait; default 1m', { min: 1, max: 86_400_000 }), 60_000),
  },
  examples: ['watch clicks', 'watch clicks --for 10s'],
  where: () => inMain,
  async run(node, input, { signal }) {
    const { path: of } = await perform(node, info, { actor: input.actor }, { signal })
    const { promise, resolve } = Promise.withResolvers<Exit>()
    // A root without a name that lives in another node is in no list of this one, and has answered all the same.
    const unwatch = (node.find(of) ?? refAt(node.runtime.host, of)).watch(resolve)
    try {
      const exit = await within(node.runtime.host.clock, { ms: input.for, signal }, promise)
      if (exit !== expired) return { path: of, exit }
    } finally {
      unwatch()
    }
    throw new Fault(
      'watch-expired',
      `Cannot tell how "${of}" ends: it has lived on for ${durationText(input.for)}`,
      {
        hint: 'Watch it longer with --for.',
      },
    )
  },
}
