// Books: what each thread of a node has counted, and all of it together with the messages on their way between them.
import { Roads } from '../../transports/link/roads.ts'
import type { Audit } from '../../runtime/accounting.ts'
import type { Runtime } from '../../runtime/runtime.ts'

/** Messages between one thread and another, as one of the two has counted them. */
export interface LinkCount {
  readonly thread: number
  readonly sent: number
  readonly read: number
}

/** What one thread has counted. */
export interface Books {
  readonly thread: number
  readonly audit: Audit
  readonly links: readonly LinkCount[]
  /** Messages that wait in it for a way to another thread. */
  readonly held: number
}

/** The books of all threads that answered. */
export interface NodeAudit extends Audit {
  /** Messages that have left one thread and not yet come into another. */
  readonly onTheWay: number
  readonly threads: number
  /** Threads that were lost since the start, and with them what they had counted. */
  readonly lostThreads: number
  /** Slots of threads that gave no answer: what they have counted is missing. */
  readonly silent: readonly number[]
}

/** One thread's books at this moment. */
export function booksOf(thread: number, runtime: Runtime): Books {
  return { thread, audit: runtime.audit(), ...trafficOf(runtime) }
}

/** The counts of what comes and goes alone. */
export function trafficOf({ host }: Runtime): Pick<Books, 'links' | 'held'> {
  const { elsewhere } = host
  if (!(elsewhere instanceof Roads)) return { links: [], held: 0 }
  const links = [...elsewhere.links.values()].map(({ thread, messagesSent, messagesRead }) => ({
    thread,
    sent: messagesSent,
    read: messagesRead,
  }))
  return { links, held: elsewhere.held }
}

/**
 * Adds up. Each thread's own sums are of one moment; those of two threads are not, and so `later` was asked when all had answered: what a
 * thread had read by then was sent before. Less sent than read is a difference.
 * @param later the counts of each thread after all books were in
 * @param slotOf what people call a thread
 */
export function mergeBooks(
  books: readonly Books[],
  later: ReadonlyMap<number, Pick<Books, 'links' | 'held'>>,
  facts: {
    readonly lostThreads: number
    readonly silent: readonly number[]
    readonly slotOf: (thread: number) => number
  },
): NodeAudit {
  const { slotOf, lostThreads, silent } = facts
  const differences = books.flatMap(({ thread, audit }) =>
    audit.differences.map((difference) => `thread ${slotOf(thread)}: ${difference}`),
  )
  let onTheWay = 0
  for (const { thread } of books) {
    const sent = later.get(thread)
    onTheWay += sent?.held ?? 0
    for (const link of sent?.links ?? []) {
      const read = books
        .find((other) => other.thread === link.thread)
        ?.links.find((back) => back.thread === thread)
      if (read === undefined) continue
      const between = link.sent - read.read
      onTheWay += Math.max(0, between)
      if (between < 0)
        differences.push(
          `threads ${slotOf(thread)} and ${slotOf(link.thread)}: ${link.sent} messages sent, ${read.read} read`,
        )
    }
  }
  return {
    ...sumsOf(books.map(({ audit }) => audit)),
    onTheWay,
    threads: books.length,
    lostThreads,
    silent,
    isBalanced: differences.length === 0,
    differences,
  }
}

/** Adds up what each has counted. */
export function sumsOf(audits: readonly Audit[]): Omit<Audit, 'isBalanced' | 'differences'> {
  const sum = (of: (audit: Audit) => number): number => audits.reduce((total, audit) => total + of(audit), 0)
  return {
    accepted: sum(({ accepted }) => accepted),
    handled: sum(({ handled }) => handled),
    waiting: sum(({ waiting }) => waiting),
    stashed: sum(({ stashed }) => stashed),
    inHand: sum(({ inHand }) => inHand),
    dead: sum(({ dead }) => dead),
    refused: sum(({ refused }) => refused),
    actors: sum(({ actors }) => actors),
    deadLetters: sumCounts(audits.map(({ deadLetters }) => deadLetters)),
  }
}

/** Adds up counts by name. */
export function sumCounts(counts: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const sums: Record<string, number> = {}
  for (const one of counts)
    for (const [name, count] of Object.entries(one)) sums[name] = (sums[name] ?? 0) + count
  return sums
}
