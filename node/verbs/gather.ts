// Gathering: the same question to all threads of a node, for a bounded time.
import { Fault } from '../../runtime/fault.ts'
import { runFar } from './far-verb.ts'
import { expired, within } from './within.ts'
import type { Node } from '../node.ts'
import type { Fleet } from '../threads/fleet.ts'
import type { Ground } from './ground.ts'
import type { Part, Spot } from './spot.ts'

/** How long a thread may take to answer an operator, in milliseconds: it may be blocked, and is replaced then. */
export const gatherMsMax = 2_000

/** A verb or a probe that answers in any thread. */
export interface Question<I, D> {
  readonly name: string
  run(ground: Ground, input: I, context: { readonly signal: AbortSignal }): D | Promise<D>
}

export interface Gathered<D> {
  /** In the order of their slots, the main thread's first. */
  readonly parts: readonly Part<D>[]
  /** Slots of the threads that gave no answer in time, or were lost while it was awaited. */
  readonly silent: readonly number[]
}

/** Of a node without threads. */
const onlySpot: Spot = { slot: 0, id: 0, isOnly: true }

/** The main thread and all workers that serve; the spare one has no actors. */
export function spotsOf({ crew }: Fleet): Spot[] {
  if (crew.serving.length === 0) return [onlySpot]
  return [{ slot: 0, id: 0 }, ...crew.serving.map(({ slot, id }) => ({ slot, id }))]
}

/** Asks one thread. @throws {Fault} what stands in the way, `thread-lost`, `command-cancelled` */
export async function askThread<I, D>(
  node: Node,
  { spot, question, input }: { readonly spot: Spot; readonly question: Question<I, D>; readonly input: I },
  signal: AbortSignal,
): Promise<Part<D>> {
  const { fleet } = node
  const data =
    spot.id === 0 || fleet === undefined
      ? await question.run(node, input, { signal })
      : // The same question runs there: its types are the same.
        ((await runFar({ fleet, thread: spot.id, name: question.name, input }, signal)) as D)
  return { ...spot, data }
}

/**
 * Asks all threads at once.
 * @param ms how long they may take; default `gatherMsMax`
 * @throws {Fault} the first one's fault where a thread refuses; `command-cancelled`
 */
export async function gather<I, D>(
  node: Node,
  question: Question<I, D>,
  {
    input,
    signal,
    ms = gatherMsMax,
  }: { readonly input: I; readonly signal: AbortSignal; readonly ms?: number },
): Promise<Gathered<D>> {
  const { fleet } = node
  const { clock } = node.runtime.host
  const spots = fleet === undefined ? [{ slot: 0, id: 0 }] : spotsOf(fleet)
  const answers = await Promise.all(
    spots.map(async (spot) => {
      try {
        return await within(clock, { ms, signal }, askThread(node, { spot, question, input }, signal))
      } catch (error) {
        if (Fault.is(error) && error.code === 'thread-lost') return expired
        throw error
      }
    }),
  )
  return {
    parts: answers.filter((answer) => answer !== expired),
    silent: spots.filter((_, index) => answers[index] === expired).map(({ slot }) => slot),
  }
}
