// why: explains why an actor is as it is.
import { away } from '../../runtime/cell-flags.ts'
import { escapeText } from '../../runtime/escape.ts'
import { invariant } from '../../runtime/invariant.ts'
import { actorUnknown } from './actor-at.ts'
import { happeningOf } from './happening.ts'
import { letterOf, letterFrom } from './letter.ts'
import { path } from './parameter.ts'
import { placedAt } from './spot.ts'
import { stackHead } from './stack-head.ts'
import { whyNode } from './why-node.ts'
import type { Cell } from '../../runtime/cell.ts'
import type { Exit } from '../../runtime/exit.ts'
import type { Fault, FaultRecord } from '../../runtime/fault.ts'
import type { ActorView } from '../../runtime/inspect.ts'
import type { Backoff, RestartType, Strategy } from '../../runtime/supervision.ts'
import type { Happening } from './happening.ts'
import type { Letter } from './letter.ts'
import type { Ground } from './ground.ts'
import type { Part, Placed } from './spot.ts'
import type { Verb } from './verb.ts'
import type { WhyNode } from './why-node.ts'

export interface WhyInput {
  readonly actor: string
}

/** What it failed of last. */
export interface LastFault extends FaultRecord {
  /** The first lines of the stack, the innermost first. */
  readonly stack: readonly string[]
}

/** How it is looked after, and how much of that is used up. */
export interface Care {
  /** The supervising actor's path; the node's name for a root. */
  readonly supervisor: string
  readonly strategy: Strategy
  readonly intensity: number
  readonly periodMs: number
  readonly budget: 'shared' | 'each'
  /** Restarts within the period that ends now, and how many more it allows. */
  readonly spent: number
  readonly left: number
  readonly restart: RestartType
  readonly backoff: Backoff | null
  /** The last attempt under the backoff, from 1; 0 if there was none. */
  readonly attempt: number
}

export interface Why extends ActorView, Placed {
  /** How it ended; null while it lives. */
  readonly exit: Exit | null
  readonly fault: LastFault | null
  /** Null once it has ended. */
  readonly care: Care | null
  /** Its last events, the oldest first. */
  readonly events: readonly Happening[]
  /** Its last dead letters, the oldest first. */
  readonly letters: readonly Letter[]
}

const eventsMax = 20
const lettersMax = 10

/** Of an actor, or of a node of the cluster. */
export type Account = Why | WhyNode

export const why: Verb<WhyInput, Account> = {
  name: 'why',
  summary:
    'Explains why an actor is as it is: what it does now, its last failure, its restarts, events and dead letters.',
  details:
    'Also for one that has ended, as long as the events remember it. The name of a node, where no actor has it, tells why the council ' +
    'has decided about it as it did.',
  risk: 'low',
  role: 'view',
  answers: 'once',
  parameters: { actor: path('whom') },
  examples: ['why clicks', 'why b'],
  where: ({ actor }) => ({
    in: 'home',
    path: actor,
    placed: ({ data, ...spot }) => (isOfNode(data) ? data : whyFrom({ data, ...spot })),
    former: (parts) =>
      latest(parts.flatMap(({ data, ...spot }) => (isOfNode(data) ? [] : { data, ...spot }))),
    otherwise: (node) => whyNode(node, actor),
  }),
  run(ground, { actor }) {
    const cell = ground.runtime.cellAt(actor) ?? ground.operator.former(ground.runtime, actor)
    if (cell === undefined || actor === '' || (cell.flags & away) !== 0) throw actorUnknown(ground, actor)
    const { events, deadLetters } = ground.runtime.host
    const { path: of } = cell
    const view = ground.operator.describe(cell)
    const isGone = view.status === 'ended'
    const rare = cell.rareIfAny
    return {
      ...view,
      exit: isGone ? (rare?.exit ?? { cause: 'stopped' }) : null,
      fault: rare?.lastFault === undefined ? null : faultOf(rare.lastFault),
      care: isGone ? null : careOf(ground, cell),
      events: events
        .recent()
        .filter(({ subject }) => subject.path === of)
        .slice(-eventsMax)
        .map((event) => happeningOf(ground, event)),
      letters: deadLetters
        .list()
        .filter(({ envelope }) => envelope.to.path === of)
        .slice(-lettersMax)
        .map((letter) => letterOf(ground, letter)),
    }
  },
}

/** Whether an account is that of a node. */
export function isOfNode(account: Account): account is WhyNode {
  return 'about' in account
}

/** The account of one thread. */
export function whyFrom({ data, ...spot }: Part<Why>): Why {
  return { ...placedAt(data, spot), letters: data.letters.map((letter) => letterFrom(letter, spot)) }
}

/** Of one that has ended, and that several threads may remember, the account with the newest event. */
export function latest(parts: readonly Part<Why>[]): Why {
  const [last] = parts.toSorted((a, b) => (lastAt(a.data) < lastAt(b.data) ? 1 : -1))
  invariant(last !== undefined, 'Nobody remembers an actor that somebody does')
  return whyFrom(last)
}

function lastAt({ events }: Why): string {
  return events.at(-1)?.at ?? ''
}

function faultOf(fault: Fault): LastFault {
  return { ...fault.toJSON(), stack: stackHead(fault.cause ?? fault).map((line) => escapeText(line, 300)) }
}

function careOf(ground: Ground, cell: Cell): Care | null {
  const outlook = ground.operator.outlook(cell)
  if (outlook === undefined) return null
  const { supervision, child, spent, left, attempt } = outlook
  const above = cell.parent?.path ?? ''
  return {
    supervisor: above === '' ? ground.name : above,
    strategy: supervision.strategy,
    intensity: supervision.intensity,
    periodMs: supervision.periodMs,
    budget: supervision.budget,
    spent,
    left,
    restart: child.restart,
    backoff: child.backoff ?? null,
    attempt,
  }
}
