// The home of an actor that a verb is about: in which thread it lives, or the fault that says that nobody lives there.
import { Fault } from '../../runtime/fault.ts'
import { actorUnknown } from './actor-at.ts'
import { gather } from './gather.ts'
import { paths } from './paths.ts'
import { escapeText } from '../../runtime/escape.ts'
import { expired, unlessAborted, within } from './within.ts'
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
/** How long a verb waits for a root that no node has at the moment, in milliseconds. */
export const homeMsMax = 5_000
/** Names of the cluster that are looked through for one like a wrong one. */
const homesLookedMax = 10_000

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

/**
 * The same, in a cluster for no longer than a root may be without a node: one that waits for its own may wait for days.
 * @throws {Fault} `home-unsettled` and those of `homeOf`
 */
export async function settledHome(
  { fleet, cluster, runtime }: Node,
  where: { readonly path: string; readonly wakes?: true },
  { signal }: Pick<VerbContext, 'signal'>,
): Promise<Home | undefined> {
  if (fleet === undefined) return undefined
  const home = homeOf(fleet, where, { signal })
  if (cluster === undefined) return await home
  const found = await within(runtime.host.clock, { ms: homeMsMax, signal }, home)
  if (found !== expired) return found
  const { node = '', onLoss = 'rehome' } = cluster.facts.under(where.path) ?? {}
  const shown = escapeText(where.path, 120)
  throw new Fault(
    'home-unsettled',
    `Cannot reach "${shown}": no node has had it for ${homeMsMax} ms${node === '' ? '' : `, the last was "${node}", and it is to ${onLoss}`}`,
    { hint: 'See with "homes" whom it waits for, and with "nodes" who is there.' },
  )
}

/** Its thread. */
export function spotOf(fleet: Fleet, { thread }: Home): Spot {
  const spot = { slot: fleet.slotOf(thread), id: thread }
  return fleet.crew.serving.length === 0 ? { ...spot, isOnly: true } : spot
}

/** Whether a thread has said that nobody lives there. */
export function isUnknown(fault: unknown): boolean {
  return Fault.is(fault) && fault.code === 'actor-unknown'
}

/** The fault for a path where nobody lives, with the nearest one of all threads, and of the names that the cluster knows. */
export async function unknownAnywhere(
  node: Node,
  path: string,
  { signal }: Pick<VerbContext, 'signal'>,
): Promise<Fault> {
  const named = namesLike(node, path.slice(0, 1))
  for (const start of [path.slice(0, 1), '']) {
    const input = { start, limit: comparedMax }
    const { parts } = await gather(node, paths, { input, signal, ms: nearMsMax })
    const near = actorUnknown(node, path, [...named, ...parts.flatMap(({ data }) => data)])
    if (near.hint.startsWith('Did') || start === '') return near
  }
  return actorUnknown(node, path, named)
}

function namesLike({ cluster }: Node, start: string): string[] {
  const found: string[] = []
  let looked = 0
  for (const { top } of cluster?.facts.homes() ?? []) {
    if (top.startsWith(start)) found.push(top)
    if (++looked >= homesLookedMax || found.length >= comparedMax) break
  }
  return found
}
