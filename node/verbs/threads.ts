// threads: lists the threads of the node.
import { gather } from './gather.ts'
import { vitals } from './vitals.ts'
import { acrossNodes } from './parameter.ts'
import { inMain } from './where.ts'
import { locatedAt } from './spot.ts'
import type { Node } from '../node.ts'
import type { Fleet } from '../threads/fleet.ts'
import type { Member } from '../threads/crew.ts'
import type { ThreadStatus } from '../threads/place.ts'
import type { Located } from './spot.ts'
import type { MainVerb } from './verb.ts'
import type { Vitals } from './vitals.ts'

export interface ThreadsInput {
  readonly node: string | undefined
}

/** One thread; what it does not say or does not have is null. */
export interface ThreadLine extends Located {
  /** What people call it; stays with its replacement. 0 is the main thread, null the spare one. */
  readonly slot: number | null
  /** No other thread ever has it. */
  readonly id: number
  readonly status: ThreadStatus | 'spare' | 'main' | 'silent'
  readonly roots: number
  readonly actors: number | null
  /** The part of the last while that it was busy, from 0 to 1. */
  readonly loadShare: number | null
  /** Milliseconds that it has been busy since its start. */
  readonly cpuMs: number | null
  readonly heapMiB: number | null
  /** How long it has been ready, in milliseconds. */
  readonly readyMs: number | null
  /** How often its slot was given to another thread. */
  readonly replaced: number
}

export interface ThreadList {
  readonly threads: readonly ThreadLine[]
  /** Threads that were lost and replaced since the start. */
  readonly replaced: number
}

/** How long a thread may take to say how it fares, in milliseconds. */
const vitalsMsMax = 500

export const threads: MainVerb<ThreadsInput, ThreadList> = {
  name: 'threads',
  summary: 'Lists the threads of the node: who lives in them, and how busy they are.',
  details:
    'Thread 0 is the main one. A thread that is silent takes no turn: it is blocked, or about to be replaced. ' +
    'The spare one takes the place of the next that is lost.',
  risk: 'low',
  role: 'view',
  answers: 'once',
  parameters: { node: acrossNodes('this one') },
  examples: ['threads', 'threads --node all'],
  where: () => inMain,
  across: {
    unasked: () => 'own',
    merge: (parts) => ({
      threads: parts.flatMap(({ data, node }) => data.threads.map((line) => locatedAt(line, node))),
      replaced: parts.reduce((sum, { data }) => sum + data.replaced, 0),
    }),
  },
  async run(node, _input, { signal }) {
    const { fleet } = node
    const asked = new Set(fleet?.crew.serving.flatMap(({ id, isReady }) => (isReady ? [id] : [])))
    const { parts } = await gather(node, vitals, { input: null, signal, ms: vitalsMsMax })
    const byId = new Map(parts.map(({ id, data }) => [id, data]))
    const main = mainLine(node, byId.get(0))
    if (fleet === undefined) return { threads: [main], replaced: 0 }
    const { members } = fleet.crew
    const sorted = members.toSorted((a, b) => (a.slot || Infinity) - (b.slot || Infinity))
    const lines = sorted.map((member) => {
      const vital = byId.get(member.id)
      return lineOf(member, { node, fleet, vital, isSilent: asked.has(member.id) && vital === undefined })
    })
    return { threads: [main, ...lines], replaced: fleet.crew.replaced }
  },
}

function mainLine({ fleet, runtime }: Node, vital: Vitals | undefined): ThreadLine {
  const { host, startedAtWallMs, guardian } = runtime
  return {
    slot: 0,
    id: 0,
    status: 'main',
    roots: fleet?.office.homes.countOn(0) ?? guardian.childCount,
    actors: vital?.actors ?? null,
    loadShare: null,
    cpuMs: null,
    heapMiB: vital?.heapMiB ?? null,
    readyMs: Math.max(0, host.clock.wall() - startedAtWallMs),
    replaced: 0,
  }
}

/** What is known of a thread besides. */
interface Known {
  readonly node: Node
  readonly fleet: Fleet
  readonly vital: Vitals | undefined
  /** It was asked and gave no answer. */
  readonly isSilent: boolean
}

function lineOf(member: Member, { node, fleet, vital, isSilent }: Known): ThreadLine {
  const { slot, id, status, loadShare, readyMs, thread } = member
  return {
    slot: slot === 0 ? null : slot,
    id,
    status: isSilent ? 'silent' : status,
    roots: fleet.office.homes.countOn(id),
    actors: vital?.actors ?? null,
    loadShare: Math.round(loadShare * 1_000) / 1_000,
    cpuMs: Math.round(thread.usage().activeMs),
    heapMiB: vital?.heapMiB ?? null,
    readyMs: readyMs === undefined ? null : Math.round(node.runtime.host.clock.now() - readyMs),
    replaced: fleet.crew.replacedIn.get(slot) ?? 0,
  }
}
