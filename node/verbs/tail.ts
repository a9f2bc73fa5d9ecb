// tail: follows what happens to actors.
import { isUnder } from './actor-at.ts'
import { Feed } from './feed.ts'
import { following } from './following.ts'
import { happeningOf } from './happening.ts'
import { choice, count, duration, option, optional, path } from './parameter.ts'
import { eventKinds } from '../../runtime/event-log.ts'
import type { EventKind, LifecycleEvent } from '../../runtime/event-log.ts'
import type { Happening } from './happening.ts'
import type { Node } from '../node.ts'
import type { StreamingVerb } from './verb.ts'

export interface TailInput {
  readonly path: string | undefined
  readonly kind: EventKind | undefined
  readonly since: number | undefined
  readonly for: number | undefined
  readonly count: number | undefined
}

const dayMs = 86_400_000

export const tail: StreamingVerb<TailInput, Happening> = {
  name: 'tail',
  summary: 'Follows what happens to actors, until it is cancelled or its bounds are reached.',
  details: 'Lines that actors write with self.log are events of the kind "log".',
  risk: 'medium',
  role: 'view',
  answers: 'stream',
  parameters: {
    path: optional(path('only this actor and all below it')),
    kind: option(choice('only events of this kind', eventKinds)),
    since: option(duration('begins with those of this last while that are kept', { min: 1, max: dayMs })),
    for: option(duration('ends after this time', { min: 1, max: dayMs })),
    count: option(count('ends after so many', { min: 1, max: 1_000_000 })),
  },
  examples: ['tail', 'tail clicks --for 10s', 'tail --since 5m --kind failed --count 20'],
  run: (node, input, { signal }) => happenings(node, input, follow(node, input, signal)),
}

async function* happenings(
  node: Node,
  input: TailInput,
  feed: Feed<LifecycleEvent>,
): AsyncGenerator<Happening> {
  let left = input.count ?? Infinity
  for await (const event of feed) {
    if (input.kind !== undefined && event.kind !== input.kind) continue
    if (!isUnder(event.subject.path, input.path)) continue
    yield happeningOf(node, event)
    left--
    if (left === 0) return
  }
}

/** The kept events of the last while, then the live ones. */
function follow(node: Node, input: TailInput, signal: AbortSignal): Feed<LifecycleEvent> {
  const { events, clock } = node.runtime.host
  const end = (): void => feed.end()
  const unfollow = following(node, 'follow the events', (event) => feed.push(event))
  const alarm = input.for === undefined ? undefined : clock.alarm(clock.now() + input.for, end)
  const feed = new Feed<LifecycleEvent>(() => {
    unfollow()
    alarm?.cancel()
    signal.removeEventListener('abort', end)
  })
  if (input.since !== undefined) {
    const fromMs = clock.wall() - node.runtime.startedAtWallMs - input.since
    for (const event of events.recent()) if (event.atMs >= fromMs) feed.push(event)
  }
  if (signal.aborted) end()
  signal.addEventListener('abort', end, { once: true })
  return feed
}
