// News: the probe that goes on telling of some kinds of events in one thread.
import { Feed } from './feed.ts'
import { following } from './following.ts'
import { happeningOf } from './happening.ts'
import type { EventKind, LifecycleEvent } from '../../runtime/event-log.ts'
import type { Happening } from './happening.ts'
import type { StreamQuestion } from './opened-sources.ts'

export interface NewsInput {
  readonly kinds: readonly EventKind[]
}

export const news: StreamQuestion<NewsInput, Happening> = {
  name: 'news',
  run(ground, { kinds }, { signal }) {
    const feed = new Feed<Happening>(() => {
      unfollow()
      signal.removeEventListener('abort', end)
    })
    const end = (): void => feed.end()
    const hear = (event: LifecycleEvent): void => {
      if (kinds.includes(event.kind)) feed.push(happeningOf(ground, event))
    }
    const unfollow = following(ground, 'follow the events', hear)
    signal.addEventListener('abort', end, { once: true })
    return feed
  },
}
