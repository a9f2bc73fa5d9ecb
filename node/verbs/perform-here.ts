// Performing here: runs a verb in whatever thread of the node it has to run, or in the node in which its actor lives, and makes one answer.
import { Fault } from '../../runtime/fault.ts'
import { actorUnknown } from './actor-at.ts'
import { isUnknown, settledHome, spotOf, unknownAnywhere } from './actor-home.ts'
import { runFar } from './far-verb.ts'
import { askThread, gather, spotsOf } from './gather.ts'
import { isNode } from '../../transports/link/border.ts'
import { locatedAt } from './spot.ts'
import type { Node } from '../node.ts'
import type { Home } from '../../transports/link/record.ts'
import type { Fleet } from '../threads/fleet.ts'
import type { Part, Spot } from './spot.ts'
import type { MainVerb, Verb, VerbContext } from './verb.ts'
import type { AtHome, InAll, InThread } from './where.ts'

/** One verb with what it is run with. */
interface Errand<I, D> {
  readonly node: Node
  readonly fleet: Fleet
  readonly verb: Verb<I, D>
  readonly input: I
  readonly context: VerbContext
}

/** An answer that lacks what some threads would have said. */
export interface Incomplete {
  /** Slots of the threads that gave no answer in time; left out if all did. */
  readonly silent?: readonly number[]
  /** Nodes that gave no answer in time, or were lost meanwhile; left out if all did. */
  readonly silentNodes?: readonly string[]
  /** Nodes that refused, and why; left out if none did. */
  readonly refusedNodes?: readonly { readonly node: string; readonly code: string }[]
}

/**
 * Runs a verb on the whole node, or in the one in which its actor lives: the one place where it is decided in which thread.
 * @throws {Fault} what stands in its way; `thread-lost` with an unknown outcome where a thread is lost in which something was to be changed
 */
export function performHere<I, D>(
  node: Node,
  verb: Verb<I, D> | MainVerb<I, D>,
  input: I,
  context: VerbContext,
): D | Promise<D> {
  const { fleet } = node
  if (fleet === undefined) return verb.run(node, input, context)
  if (isMain(verb, input)) return inMain({ node, fleet, verb, input, context })
  const where = verb.where(input)
  const errand = { node, fleet, verb, input, context }
  switch (where.in) {
    case 'main':
      return verb.run(node, input, context)
    case 'home':
      return atHome(errand, where)
    case 'thread':
      return inThread(errand, where)
    case 'all':
      return inAll(errand, where)
  }
}

/** A verb that needs the whole node says so of every input. */
function isMain<I, D>(verb: Verb<I, D> | MainVerb<I, D>, input: I): verb is MainVerb<I, D> {
  return verb.where(input).in === 'main'
}

/** In the main thread: of this node, or of that of the actor that it is about. */
function inMain<I, D>(
  errand: Omit<Errand<I, D>, 'verb'> & { readonly verb: MainVerb<I, D> },
): D | Promise<D> {
  const { node, verb, input, context } = errand
  const subject = node.cluster === undefined ? undefined : verb.subject?.(input)
  if (subject === undefined || context.isFar === true) return verb.run(node, input, context)
  return inMainOf(errand, subject)
}

async function inMainOf<I, D>(
  errand: Omit<Errand<I, D>, 'verb'> & { readonly verb: MainVerb<I, D> },
  path: string,
): Promise<D> {
  const { node, verb, input, context } = errand
  const home = await settledHome(node, { path }, context)
  if (home === undefined || !isNode(home.thread)) return await verb.run(node, input, context)
  return await inNode(errand, home.thread)
}

async function atHome<I, D>(errand: Errand<I, D>, where: AtHome<D>): Promise<D> {
  const { node, context } = errand
  let home = await settledHome(node, where, context)
  for (let triesLeft = 1; home !== undefined; triesLeft--) {
    try {
      return await askHome(errand, where, home)
    } catch (fault) {
      const isElsewhere = triesLeft > 0 && isWorthAsking(errand, fault, home)
      if (!isElsewhere && isUnknown(fault)) break
      if (!isElsewhere) throw fault
      home = await settledHome(node, where, context)
    }
  }
  const former = await formerly(errand, where)
  if (former.length > 0 && where.former !== undefined) return where.former(former)
  const other = where.otherwise?.(node)
  if (other !== undefined) return other
  throw await unknownAnywhere(node, where.path, context)
}

/** An answer in a cluster says from which node it is. */
async function askHome<I, D>(errand: Errand<I, D>, where: AtHome<D>, home: Home): Promise<D> {
  const { node, fleet, context } = errand
  if (isNode(home.thread)) {
    // It was here when the other node asked: that one looks again.
    if (context.isFar === true) throw actorUnknown(node, where.path)
    return await inNode(errand, home.thread)
  }
  const part = await ask(errand, spotOf(fleet, home))
  const data = where.placed?.(part) ?? part.data
  return node.cluster === undefined || context.isFar === true ? data : locatedAt(data, node.name)
}

/** The same verb runs there on the whole node: its types are the same. */
async function inNode<I, D>(
  {
    node,
    fleet,
    verb,
    input,
    context,
  }: Omit<Errand<I, D>, 'verb'> & { readonly verb: { readonly name: string } },
  thread: number,
): Promise<D> {
  const name = node.cluster?.facts.member(-thread)?.name ?? String(-thread)
  const data = await runFar({ fleet, thread, name: verb.name, input }, context.signal)
  return locatedAt(data as D, name)
}

async function inThread<I, D>(errand: Errand<I, D>, where: InThread<D>): Promise<D> {
  const { fleet } = errand
  if (where.id !== 0 && fleet.crew.member(where.id) === undefined) throw where.gone()
  const spot = { id: where.id, slot: fleet.slotOf(where.id) }
  // `where` gives that thread the input that is meant for it.
  const part = await ask({ ...errand, input: where.input as I }, spot)
  return where.placed(part)
}

async function inAll<I, D>(errand: Errand<I, D>, where: InAll<D>): Promise<D> {
  const { node, verb, input, context } = errand
  const { parts, silent } = await gather(node, verb, { input, signal: context.signal })
  const merged = where.merge(parts)
  return silent.length === 0 ? merged : { ...merged, silent }
}

function ask<I, D>({ node, verb, input, context }: Errand<I, D>, spot: Spot): Promise<Part<D>> {
  return askThread(node, { spot, question: verb, input }, context.signal)
}

/** Whether the actor may be found elsewhere now: it has moved meanwhile, or comes back elsewhere and looking twice does no harm. */
function isWorthAsking<I, D>(
  { node, fleet, verb, context }: Errand<I, D>,
  fault: unknown,
  asked: Home,
): boolean {
  if (!Fault.is(fault)) return false
  if (fault.code === 'thread-lost' || fault.code === 'node-lost') return verb.risk !== 'high'
  if (fault.code !== 'actor-unknown') return false
  const { cluster } = node
  if (cluster !== undefined && context.isFar !== true)
    return (
      isNode(asked.thread) || (cluster.facts.home(asked.top)?.member ?? cluster.member) !== cluster.member
    )
  const now = fleet.office.homes.get(asked.top)
  return now !== undefined && (now.state !== 'settled' || now.epoch !== asked.epoch)
}

/** What the threads remember that had the actor last. */
async function formerly<I, D>(
  { node, fleet, verb, input, context }: Errand<I, D>,
  where: AtHome<D>,
): Promise<Part<D>[]> {
  if (where.former === undefined) return []
  const answers = await Promise.all(
    spotsOf(fleet).map((spot) =>
      askThread(node, { spot, question: verb, input }, context.signal).catch(() => undefined),
    ),
  )
  return answers.filter((answer) => answer !== undefined)
}
