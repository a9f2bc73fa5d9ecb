// A doubt: both ends of a link say that the other one has a root, and one of them is wrong.
import type { Flushes } from './flushes.ts'
import type { Guide } from './guide.ts'
import type { Home } from './record.ts'
import type { Road } from './road.ts'

/**
 * Asks anew where the root of a road lives. Most often it moves to and fro, and what comes back was sent on before; but one that had its name
 * may have ended, and another live where nobody has told this runtime.
 */
export function doubtTheWay(
  { guide, thread }: { readonly guide: Guide; readonly thread: number },
  road: Road,
  flushes: Flushes,
  moved: (home: Home) => void,
): void {
  guide.resolve(road.top, (home) => {
    if (!road.isOpen || road.link === undefined) return
    if (home !== undefined && home.thread !== thread) moved(home)
    else flushes.leave(road, road.link)
  })
}
