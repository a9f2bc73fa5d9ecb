// Following: hearing each lifecycle event as it happens, if there is room for one more who does.
import { Fault } from '../../runtime/fault.ts'
import { expired, within } from './within.ts'
import type { Cell } from '../../runtime/cell.ts'
import type { EventKind, LifecycleEvent } from '../../runtime/event-log.ts'
import type { Ground } from './ground.ts'

/**
 * Calls `follow`, which must not throw, for each event from now on.
 * @param attempt the first half of the fault's message: `follow the events`
 * @returns the way to end it
 * @throws {Fault} `followers-full`
 */
export function following(
  ground: Ground,
  attempt: string,
  follow: (event: LifecycleEvent) => void,
): () => void {
  const { events } = ground.runtime.host
  if (!events.follow(follow)) {
    throw new Fault('followers-full', `Cannot ${attempt}: as many follow the events as may`, {
      hint: 'End another "tail" first.',
    })
  }
  return () => events.unfollow(follow)
}

/** An act on one actor, and the first event of it that shows what came of the act. */
export interface ActAndEvent {
  readonly cell: Cell
  readonly kinds: readonly EventKind[]
  readonly act: () => void
  readonly ms: number
  readonly signal: AbortSignal
}

/**
 * Acts and waits for one of the events, which may come before the act returns. Where no further follower is admitted it acts all the
 * same, and waits for a turn of the event loop instead: an operator must be able to act on a node that is watched by many.
 * @returns false if none came in time
 * @throws {Fault} `command-cancelled`
 */
export async function followedBy(
  ground: Ground,
  { cell, kinds, act, ms, signal }: ActAndEvent,
): Promise<boolean> {
  const { events, clock } = ground.runtime.host
  const { promise, resolve } = Promise.withResolvers<void>()
  const follow = ({ subject, kind }: LifecycleEvent): void => {
    if (subject === cell && kinds.includes(kind)) resolve()
  }
  const isHeard = events.follow(follow)
  try {
    act()
    if (!isHeard) clock.later(resolve)
    return (await within(clock, { ms, signal }, promise)) !== expired
  } finally {
    events.unfollow(follow)
  }
}
