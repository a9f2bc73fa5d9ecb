// tail: follows what happens to actors.
import { isUnder } from './actor-at.ts'
import { Feed } from './feed.ts'
import { following } from './following.ts'
import { happeningOf } from './happening.ts'
import { interleaved } from './interleave.ts'
import { acrossNodes, choice, count, duration, option, optional, path } from './parameter.ts'
import { eventKinds } from '../../runtime/event-log.ts'
import type { EventKind, LifecycleEvent } from '../../runtime/event-log.ts'
import type { Happening } from './happening.ts'
import type { Ground } from './ground.ts'
import { placedAt } from './spot.ts'
import type { SourceBatch } from './source.ts'
import type { StreamingVerb } from './verb.ts'

export interface TailInput {
  readonly path: string | undefined
  readonly kind: EventKind | undefined
  readonly since: number | undefined
  readonly for: number | undefined
  readonly count: number | undefined
  readonly node: string | undefined
}

const dayMs = 86_400_000

export const tail: StreamingVerb<TailInput, Happening> = {
  name: 'tail',
  summary: 'Follows what happens to actors, until it is cancelled or its bounds are reached.',
  details:
    'Lines that actors write with self.log are events of the kind "log". With an actor it follows all nodes of a cluster.',
  risk: 'medium',
  role: 'view',
  answers: 'stream',
  parameters: {
    path: optional(path('only this actor and all below it')),
    kind: option(choice('only events of this kind', eventKinds)),
    since: option(duration('begins with those of this last while that are kept', { min: 1, max: dayMs })),
    for: option(duration('ends after this time', { min: 1, max: dayMs })),
    count: option(count('ends after so many', { min: 1, max: 1_000_000 })),
    node: acrossNodes('this one'),
  },
  examples: ['tail', 'tail clicks --for 10s', 'tail --since 5m --kind failed --count 20'],
  where: ({ count: most }) => ({
    in: 'all',
    merge: (sources) => interleaved(sources, { recordsOf, compare: byTime, count: most ?? Infinity }),
  }),
  across: {
    unasked: ({ path: of }) => (of === undefined ? 'own' : 'all'),
    merge: (sources, { count: most }) =>
      interleaved(sources, { recordsOf: recordsOfNode, compare: byTime, count: most ?? Infinity }),
  },
  run: (ground, input, { signal }) => happenings(ground, input, follow(ground, input, signal)),
}

/** Those of a batch, with a line for those that came faster than they were fetched. */
export function recordsOf(batch: SourceBatch<Happening>): Happening[] {
  const { records } = batch
  return withLost(
    records.map((record) => placedAt(record, batch)),
    batch,
    'thread',
  )
}

/** The same of another node, whose records say themselves where they come from. */
export function recordsOfNode(batch: SourceBatch<Happening>): Happening[] {
  return withLost([...batch.records], batch, 'node')
}

function withLost(
  records: Happening[],
  { dropped, slot }: SourceBatch<Happening>,
  of: 'thread' | 'node',
): Happening[] {
  const [first] = records
  if (dropped === 0 || first === undefined) return records
  const text = `warn: ${dropped} events of this ${of} came too fast and are left out`
  const whose = of === 'thread' ? `thread ${slot}` : (first.node ?? '')
  return [{ ...first, kind: 'log', path: whose, text, detail: { dropped } }, ...records]
}

/** The older one first. */
export function byTime(a: Happening, b: Happening): number {
  return a.at < b.at ? -1 : a.at > b.at ? 1 : 0
}

async function* happenings(
  ground: Ground,
  input: TailInput,
  feed: Feed<LifecycleEvent>,
): AsyncGenerator<Happening> {
  let left = input.count ?? Infinity
  for await (const event of feed) {
    if (input.kind !== undefined && event.kind !== input.kind) continue
    if (!isUnder(event.subject.path, input.path)) continue
    yield happeningOf(ground, event)
    left--
    if (left === 0) return
  }
}

/** The kept events of the last while, then the live ones. */
function follow(ground: Ground, input: TailInput, signal: AbortSignal): Feed<LifecycleEvent> {
  const { events, clock } = ground.runtime.host
  const end = (): void => feed.end()
  const unfollow = following(ground, 'follow the events', (event) => feed.push(event))
  const alarm = input.for === undefined ? undefined : clock.alarm(clock.now() + input.for, end)
  const feed = new Feed<LifecycleEvent>(() => {
    unfollow()
    alarm?.cancel()
    signal.removeEventListener('abort', end)
  })
  if (input.since !== undefined) {
    const fromMs = clock.wall() - ground.runtime.startedAtWallMs - input.since
    for (const event of events.recent()) if (event.atMs >= fromMs) feed.push(event)
  }
  if (signal.aborted) end()
  signal.addEventListener('abort', end, { once: true })
  return feed
}
