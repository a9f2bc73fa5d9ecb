// The home of an actor that a verb is about: in which thread it lives, or the fault that says that nobody lives there.
import { Fault } from '../../runtime/fault.ts'
import { actorUnknown } from './actor-at.ts'
import { gather } from './gather.ts'
import { paths } from './paths.ts'
import { unlessAborted } from './within.ts'
import { deathFault } from '../../runtime/router.ts'
import type { DeadReason } from '../../runtime/dead-letters.ts'
import type { Node } from '../node.ts'
import type { Home } from '../../transports/link/record.ts'
import type { Fleet } from '../threads/fleet.ts'
import type { Spot } from './spot.ts'
import type { VerbContext } from './verb.ts'

/** Actors of one thread whose paths are compared with a wrong one. */
const comparedMax = 1_000
/** How long whoever is told of a wrong path waits for the paths of other threads, in milliseconds. */
const nearMsMax = 250

/**
 * Where a path leads, once its root is settled; undefined where no root's path is a beginning of it.
 * @throws {Fault} why an entity that sleeps there cannot be woken, if it is to be
 */
export async function homeOf(
  { office }: Fleet,
  { path, wakes }: { readonly path: string; readonly wakes?: true },
  { signal }: VerbContext,
): Promise<Home | undefined> {
  const answer = new Promise<Home | DeadReason | undefined>((resolve) => {
    if (wakes === true) office.awaken(path, 0, resolve)
    else office.resolve(path, resolve)
  })
  const found = await unlessAborted(signal, answer)
  if (typeof found === 'string') throw deathFault({ to: { path }, name: 'the message' }, found)
  return found
}

/** Its thread. */
export function spotOf(fleet: Fleet, { thread }: Home): Spot {
  return { slot: fleet.slotOf(thread), id: thread }
}

/** Whether a thread has said that nobody lives there. */
export function isUnknown(fault: unknown): boolean {
  return Fault.is(fault) && fault.code === 'actor-unknown'
}

/** The fault for a path where nobody lives, with the nearest one of all threads. */
export async function unknownAnywhere(node: Node, path: string, { signal }: VerbContext): Promise<Fault> {
  const start = path.slice(0, 1)
  const looked = { signal, ms: nearMsMax }
  const alike = await gather(node, paths, { ...looked, input: { start, limit: comparedMax } })
  const near = actorUnknown(
    node,
    path,
    alike.parts.flatMap(({ data }) => data),
  )
  if (near.hint.startsWith('Did')) return near
  const all = await gather(node, paths, { ...looked, input: { start: '', limit: comparedMax } })
  return actorUnknown(
    node,
    path,
    all.parts.flatMap(({ data }) => data),
  )
}
