// top: shows the actors that stand out, again and again.
import { actorsUnder } from './actor-at.ts'
import { acrossNodes, choice, count, duration, flag, optional, option, optionOr, path } from './parameter.ts'
import { Scan } from './scan.ts'
import { inRounds } from './rounds.ts'
import { locatedAt, placedAt } from './spot.ts'
import { within } from './within.ts'
import type { Cell } from '../../runtime/cell.ts'
import { sampleKey } from '../sampler.ts'
import type { Look, Sample, SampleOrder } from '../sampler.ts'
import type { Ground } from './ground.ts'
import type { Part, Placed } from './spot.ts'
import type { StreamingVerb } from './verb.ts'

export interface TopInput {
  readonly path: string | undefined
  readonly sort: SampleOrder
  readonly every: number
  readonly count: number | undefined
  readonly limit: number
  readonly once: boolean
  readonly node: string | undefined
}

/** One look at the node. */
export interface Frame {
  readonly at: string
  /** Of several, this one. */
  readonly node: string
  /** The nodes that are in it; left out where one node alone was asked. */
  readonly nodes?: readonly string[]
  readonly sort: SampleOrder
  /** Actors that were looked at. */
  readonly actors: number
  /** Messages that they handled each second. */
  readonly rate: number
  readonly restarts: number
  readonly deadLetters: number
  readonly rows: readonly (Sample & Placed)[]
}

export const sampleOrders: readonly SampleOrder[] = ['mailbox', 'rate', 'restarts', 'wait', 'cpu']

export const top: StreamingVerb<TopInput, Frame> = {
  name: 'top',
  summary: 'Shows the actors that stand out, once a second.',
  details:
    'Rates and CPU are those of the last while; CPU is the part of the thread that an actor took, without what its async handlers do after an await. Without a terminal it looks once.',
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
    node: acrossNodes('all'),
  },
  examples: ['top', 'top bank --sort wait', 'top --sort cpu', 'top --once --json'],
  where: ({ path: of, sort, limit }) => {
    const merge = (parts: readonly Part<Frame>[]): Frame => mergeFrames(parts, { sort, limit })
    if (of !== undefined) return { in: 'home', path: of, placed: (part) => merge([part]) }
    return { in: 'all', merge: (sources) => inRounds(sources, merge) }
  },
  across: {
    unasked: ({ path: of }) => (of === undefined ? 'all' : 'own'),
    merge: (sources, { sort, limit }) => inRounds(sources, (parts) => framesOfNodes(parts, { sort, limit })),
  },
  run(ground, input, { signal }) {
    const sampler = ground.operator.sampler()
    const look = (): Look =>
      sampler.look(scanned(ground, input.path), ground.runtime.host.clock.now(), {
        order: input.sort,
        limit: input.limit,
      })
    // Rates need two looks; the first one is not shown.
    look()
    return frames(ground, input, { look, signal })
  },
}

/** One frame of those that all threads made at about the same time. */
export function mergeFrames(
  parts: readonly Part<Frame>[],
  { sort, limit }: Pick<TopInput, 'sort' | 'limit'>,
): Frame {
  return summed(
    parts.map(({ data, ...spot }) => ({ ...data, rows: data.rows.map((row) => placedAt(row, spot)) })),
    { sort, limit },
  )
}

/** The same of the nodes that were asked, whose frames say where they come from. */
function framesOfNodes(parts: readonly Part<Frame>[], order: Pick<TopInput, 'sort' | 'limit'>): Frame {
  const all = parts.map(({ data }) => ({
    ...data,
    rows: data.rows.map((row) => locatedAt(row, data.node)),
  }))
  return { ...summed(all, order), nodes: all.map(({ node }) => node) }
}

function summed(all: readonly Frame[], { sort, limit }: Pick<TopInput, 'sort' | 'limit'>): Frame {
  const sum = (of: (frame: Frame) => number): number => all.reduce((total, frame) => total + of(frame), 0)
  const rows = all.flatMap((frame) => frame.rows)
  return {
    at:
      all
        .map(({ at }) => at)
        .toSorted()
        .at(-1) ?? '',
    node: all[0]?.node ?? '',
    sort,
    actors: sum(({ actors }) => actors),
    rate: sum(({ rate }) => rate),
    restarts: sum(({ restarts }) => restarts),
    deadLetters: sum(({ deadLetters }) => deadLetters),
    rows: rows.toSorted((a, b) => sampleKey(b, sort) - sampleKey(a, sort)).slice(0, limit),
  }
}

async function* frames(
  ground: Ground,
  input: TopInput,
  { look, signal }: { readonly look: () => Look; readonly signal: AbortSignal },
): AsyncGenerator<Frame> {
  const { clock, totals, deadLetters } = ground.runtime.host
  for (let left = input.once ? 1 : (input.count ?? Infinity); left > 0; left--) {
    await within(clock, { ms: input.every, signal }, new Promise<never>(() => {}))
    const { samples, ...sums } = look()
    yield {
      at: new Date(clock.wall()).toISOString(),
      node: ground.name,
      sort: input.sort,
      ...sums,
      restarts: totals.restarts,
      deadLetters: deadLetters.total,
      rows: samples,
    }
  }
}

function* scanned(ground: Ground, of: string | undefined): Generator<Cell> {
  const scan = new Scan('top')
  for (const cell of actorsUnder(ground, of)) {
    scan.step()
    yield cell
  }
}
