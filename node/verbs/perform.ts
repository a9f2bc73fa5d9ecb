// Performing: runs a verb where it has to run, in whatever thread of the node that is, and makes one answer of what comes back.
import { Fault } from '../../runtime/fault.ts'
import { homeOf, isUnknown, spotOf, unknownAnywhere } from './actor-home.ts'
import { askThread, gather } from './gather.ts'
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
}

/**
 * Runs a verb on the whole node: the one place where it is decided in which thread.
 * @throws {Fault} what stands in its way; `thread-lost` with an unknown outcome where a thread is lost in which something was to be changed
 */
export function perform<I, D>(
  node: Node,
  verb: Verb<I, D> | MainVerb<I, D>,
  input: I,
  context: VerbContext,
): D | Promise<D> {
  const { fleet } = node
  if (fleet === undefined || isMain(verb, input)) return verb.run(node, input, context)
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

async function atHome<I, D>(errand: Errand<I, D>, where: AtHome<D>): Promise<D> {
  const { node, fleet, context } = errand
  let home = await homeOf(fleet, where, context)
  for (let triesLeft = 1; home !== undefined; triesLeft--) {
    try {
      const part = await ask(errand, spotOf(fleet, home))
      return where.placed?.(part) ?? part.data
    } catch (fault) {
      const isElsewhere = triesLeft > 0 && isWorthAsking(errand, fault, home)
      if (!isElsewhere && isUnknown(fault)) break
      if (!isElsewhere) throw fault
      home = await homeOf(fleet, where, context)
    }
  }
  const former = await formerly(errand, where)
  if (former.length > 0 && where.former !== undefined) return where.former(former)
  throw await unknownAnywhere(node, where.path, context)
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
function isWorthAsking<I, D>({ fleet, verb }: Errand<I, D>, fault: unknown, asked: Home): boolean {
  if (!Fault.is(fault)) return false
  if (fault.code === 'thread-lost') return verb.risk !== 'high'
  if (fault.code !== 'actor-unknown') return false
  const now = fleet.office.homes.get(asked.top)
  return now !== undefined && (now.state !== 'settled' || now.epoch !== asked.epoch)
}

/** What the threads remember that had the actor last. */
async function formerly<I, D>(
  { node, fleet, verb, input, context }: Errand<I, D>,
  where: AtHome<D>,
): Promise<Part<D>[]> {
  if (where.former === undefined) return []
  const asked = [{ slot: 0, id: 0 }, ...fleet.crew.serving.map(({ slot, id }) => ({ slot, id }))]
  const answers = await Promise.all(
    asked.map((spot) =>
      askThread(node, { spot, question: verb, input }, context.signal).catch(() => undefined),
    ),
  )
  return answers.filter((answer) => answer !== undefined)
}
