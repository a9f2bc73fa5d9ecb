// move: moves an actor and all below it to another thread.
import { Fault } from '../../runtime/fault.ts'
import { burden } from './burden.ts'
import { askThread } from './gather.ts'
import { count, duration, flag, optionOr, path } from './parameter.ts'
import { unlessAborted } from './within.ts'
import { inMain } from './where.ts'
import type { FaultRecord } from '../../runtime/fault.ts'
import type { Node } from '../node.ts'
import type { MainVerb } from './verb.ts'

export interface MoveInput {
  readonly actor: string
  readonly thread: number
  readonly timeout: number
  readonly dryRun: boolean
}

/** What would move, or has. */
export interface Moved {
  readonly path: string
  /** Slots; 0 is the main thread. */
  readonly from: number
  readonly to: number
  /** The root and all below it. */
  readonly actors: number
  /** Messages that wait or are stashed, and go along. */
  readonly messages: number
  /** About what their data take on the way. */
  readonly bytes: number
  /** Why it cannot move; null if it can. */
  readonly whyNot: FaultRecord | null
  readonly hasMoved: boolean
  /** For how long none of them handled anything, in milliseconds; null if it has not moved. */
  readonly pausedMs: number | null
}

const slotsMax = 1_000_000

export const move: MainVerb<MoveInput, Moved> = {
  name: 'move',
  summary: 'Moves an actor and all below it to another thread while messages flow.',
  details:
    'Refs, mail, timers and watches go along. With --dry-run it says what would move and why it could not; the answer is ' +
    'no (exit code 1) if it could not. 0 is the main thread.',
  risk: 'high',
  role: 'operate',
  answers: 'once',
  parameters: {
    actor: path('whom: one that was spawned by the node, not by an actor'),
    thread: count('to which thread; see "threads"', { min: 0, max: slotsMax }),
    timeout: optionOr(
      duration('how long its running handlers may take to end; default 5s', { min: 1, max: 600_000 }),
      5_000,
    ),
    dryRun: flag('moves nothing'),
  },
  examples: ['move clicks 2', 'move clicks 2 --dry-run'],
  where: () => inMain,
  subject: ({ actor }) => actor,
  async run(node, { actor, thread, timeout, dryRun }, { signal }) {
    const plan = await planOf(node, { actor, thread }, signal)
    if (dryRun || plan.from === plan.to) return { ...plan, hasMoved: false, pausedMs: null }
    if (plan.whyNot !== null) throw Fault.from(plan.whyNot)
    const { fleet } = node
    // A node without threads has thrown.
    if (fleet === undefined) throw noThreads(actor)
    const { actors, pausedMs } = await unlessAborted(signal, fleet.move(actor, thread, timeout))
    return { ...plan, actors, hasMoved: true, pausedMs: Math.round(pausedMs * 1_000) / 1_000 }
  },
}

type Plan = Omit<Moved, 'hasMoved' | 'pausedMs'>

/** Looks before anything is paused. @throws {Fault} `actor-unknown` `thread-unknown` `move-refused` */
async function planOf(
  node: Node,
  { actor, thread }: { readonly actor: string; readonly thread: number },
  signal: AbortSignal,
): Promise<Plan> {
  const { fleet } = node
  if (fleet === undefined) throw noThreads(actor)
  const { entry } = fleet.journeys.plan(actor, thread)
  const spot = { id: entry.thread, slot: fleet.slotOf(entry.thread) }
  const { data } = await askThread(node, { spot, question: burden, input: { path: actor } }, signal)
  const { flaw, ...weight } = data
  return { path: actor, from: spot.slot, to: thread, ...weight, whyNot: flaw }
}

function noThreads(actor: string): Fault {
  return new Fault('thread-unknown', `Cannot move "${actor}": the node has no threads`, {
    hint: 'Start it with --threads 2.',
  })
}
