// A crossing: two runtimes that have sent to each other what was for a third one. Each waits behind its marker, which waits at the other.
import type { Links } from './links.ts'
import type { Road } from './road.ts'
import type { RoadMap } from './road-map.ts'
import type { Traveller } from './traveller.ts'

/** Whether it was sent, or sent on, by that runtime. */
function cameFrom(traveller: Traveller, runtime: number): boolean {
  return traveller.type === 'flush' ? traveller.replyTo === runtime : traveller.via?.at(-2) === runtime
}

/**
 * Lets what has come from the other one go on to where the root lives, and its marker behind that. What is from here goes on waiting: what
 * was sent before it waits at the other one.
 */
export function giveWay(road: Road, map: RoadMap, links: Links): Traveller[] {
  const { link, home } = road
  const next = links.get(home.thread)
  if (link === undefined || next === undefined || next === link) return []
  const meets = road.held.some((one) => one.type === 'flush' && cameFrom(one, link.thread))
  if (!meets) return []
  const held = map.release(road)
  for (const one of held) if (!cameFrom(one, link.thread)) map.hold(road, one)
  return held.filter((one) => cameFrom(one, link.thread))
}
