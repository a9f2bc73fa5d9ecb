// top: shows the actors that stand out, again and again.
import { actorsUnder } from './actor-at.ts'
import { choice, count, duration, flag, optional, option, optionOr, path } from './parameter.ts'
import { Scan } from './scan.ts'
import { within } from './within.ts'
import type { Cell } from '../../runtime/cell.ts'
import type { Look, Sample, SampleOrder } from '../sampler.ts'
import type { Node } from '../node.ts'
import type { StreamingVerb } from './verb.ts'

export interface TopInput {
  readonly path: string | undefined
  readonly sort: SampleOrder
  readonly every: number
  readonly count: number | undefined
  readonly limit: number
  readonly once: boolean
}

/** One look at the node. */
export interface Frame {
  readonly at: string
  readonly node: string
  readonly sort: SampleOrder
  /** Actors that were looked at. */
  readonly actors: number
  /** Messages that they handled each second. */
  readonly rate: number
  readonly restarts: number
  readonly deadLetters: number
  readonly rows: readonly Sample[]
}

export const sampleOrders: readonly SampleOrder[] = ['mailbox', 'rate', 'restarts', 'wait']

export const top: StreamingVerb<TopInput, Frame> = {
  name: 'top',
  summary: 'Shows the actors that stand out, once a second.',
  details: 'Rates are those of the last while. Without a terminal it looks once.',
  risk: 'medium',
  role: 'view',
  answers: 'stream',
  parameters: {
    path: optional(path('only this actor and all below it')),
    sort: optionOr(choice('by what; default mailbox', sampleOrders), 'mailbox'),
    every: optionOr(duration('time between two looks; default 1s', { min: 100, max: 60_000 }), 1_000),
    count: option(count('ends after so many looks', { min: 1, max: 1_000_000 })),
    limit: optionOr(count('lines at most; default 20', { min: 1, max: 1_000 }), 20),
    once: flag('looks once'),
  },
  examples: ['top', 'top bank --sort wait', 'top --once --json'],
  run(node, input, { signal }) {
    const sampler = node.operator.sampler()
    const look = (): Look =>
      sampler.look(scanned(node, input.path), node.runtime.host.clock.now(), {
        order: input.sort,
        limit: input.limit,
      })
    // Rates need two looks; the first one is not shown.
    look()
    return frames(node, input, { look, signal })
  },
}

async function* frames(
  node: Node,
  input: TopInput,
  { look, signal }: { readonly look: () => Look; readonly signal: AbortSignal },
): AsyncGenerator<Frame> {
  const { clock, totals, deadLetters } = node.runtime.host
  for (let left = input.once ? 1 : (input.count ?? Infinity); left > 0; left--) {
    await within(clock, { ms: input.every, signal }, new Promise<never>(() => {}))
    const { samples, ...sums } = look()
    yield {
      at: new Date(clock.wall()).toISOString(),
      node: node.name,
      sort: input.sort,
      ...sums,
      restarts: totals.restarts,
      deadLetters: deadLetters.total,
      rows: samples,
    }
  }
}

function* scanned(node: Node, of: string | undefined): Generator<Cell> {
  const scan = new Scan('top')
  for (const cell of actorsUnder(node, of)) {
    scan.step()
    yield cell
  }
}
