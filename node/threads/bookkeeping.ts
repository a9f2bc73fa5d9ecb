// Bookkeeping: has all threads of a node add up, and makes one sum of it.
import { Fault } from '../../runtime/fault.ts'
import { booksOf, mergeBooks, trafficOf } from './books.ts'
import { within } from './within-time.ts'
import type { Runtime } from '../../runtime/runtime.ts'
import type { Books, NodeAudit } from './books.ts'
import type { Crew } from './crew.ts'

/** How long a thread may take to add up, in milliseconds. One that takes longer is left out: it may be blocked. */
export const booksMsMax = 2_000

/** What bookkeeping needs of a fleet. */
export interface Ledger {
  readonly runtime: Runtime
  readonly crew: Crew
  readonly slotOf: (thread: number) => number
  /** Asks a thread. @throws {Fault} `thread-lost` */
  books(thread: number): Promise<Books>
}

/** Asks twice: what a thread has sent is read after all others have said what they had read. */
export async function auditOf({ runtime, crew, slotOf, books }: Ledger): Promise<NodeAudit> {
  const ask = async (thread: number): Promise<Books | undefined> => {
    try {
      return await within(runtime.host, booksMsMax, books(thread))
    } catch (error) {
      if (Fault.is(error)) return undefined
      throw error
    }
  }
  const threads = crew.serving.map(({ id }) => id)
  const first = [booksOf(0, runtime), ...(await Promise.all(threads.map(ask)))].filter(
    (one) => one !== undefined,
  )
  const answered = first.map(({ thread }) => thread)
  const later = await Promise.all(answered.slice(1).map(ask))
  const traffic = new Map<number, Pick<Books, 'links' | 'held'>>([[0, trafficOf(runtime)]])
  for (const one of later) if (one !== undefined) traffic.set(one.thread, one)
  const silent = threads.filter((thread) => !answered.includes(thread) && crew.member(thread) !== undefined)
  return mergeBooks(first, traffic, { lostThreads: crew.replaced, silent: silent.map(slotOf), slotOf })
}
