// Following: hearing each lifecycle event as it happens, if there is room for one more who does.
import { Fault } from '../../runtime/fault.ts'
import type { LifecycleEvent } from '../../runtime/event-log.ts'
import type { Node } from '../node.ts'

/**
 * Calls `follow`, which must not throw, for each event from now on.
 * @param attempt the first half of the fault's message: `follow the events`
 * @returns the way to end it
 * @throws {Fault} `followers-full`
 */
export function following(node: Node, attempt: string, follow: (event: LifecycleEvent) => void): () => void {
  const { events } = node.runtime.host
  if (!events.follow(follow)) {
    throw new Fault('followers-full', `Cannot ${attempt}: as many follow the events as may`, {
      hint: 'End another "tail" first.',
    })
  }
  return () => events.unfollow(follow)
}
