// A proposer: this node's proposals from the call until they are applied here, are refused or run out of time.
import { full, stopped, unreachable, votersUnchanged } from './council-faults.ts'
import { entryBytes } from './entry.ts'
import { batchBytesMax, entriesAtOnceMax } from './message.ts'
import { sessionWindowMax } from './sessions.ts'
import type { Decided } from './council.ts'
import type { EntryKind, Proposal } from './entry.ts'
import type { Outcome } from './replica.ts'
import type { Refusal } from './message.ts'

/** Proposals of this node that wait, and their bytes. */
export const proposalsWaitingMax = 4_096
export const proposalsWaitingBytesMax = 8_388_608
/** Milliseconds after which a question to a leader that has not answered is sent again. */
export const askAgainMs = 500

interface Pending {
  readonly proposal: Proposal
  readonly timeoutMs: number
  readonly expiresAt: number
  /** To which leadership it was sent last, and when. */
  sentTo: number
  sentAt: number
  readonly resolve: (decided: Decided) => void
  readonly reject: (fault: Error) => void
}

export class Proposer {
  readonly #self: number
  /** In the order of their counters. */
  readonly #pending = new Map<number, Pending>()
  #next: number
  #bytes = 0

  /** @param first the first counter: no earlier life of this member has used it or a later one */
  constructor(self: number, first: number) {
    this.#self = self
    this.#next = first
  }

  get count(): number {
    return this.#pending.size
  }

  add(kind: EntryKind, data: Uint8Array, now: number, timeoutMs: number): Promise<Decided> {
    const settled = this.#oldest()
    const counter = this.#next
    const proposal: Proposal = { kind, member: this.#self, counter, settled, data }
    if (this.#isFull(proposal)) return Promise.reject(full(attempted(proposal), this.count, true))
    this.#next = counter + 1
    this.#bytes += entryBytes(proposal)
    return new Promise((resolve, reject) => {
      const expiresAt = now + timeoutMs
      const sent = { sentTo: -1, sentAt: -Infinity }
      this.#pending.set(counter, { proposal, timeoutMs, expiresAt, ...sent, resolve, reject })
    })
  }

  #isFull(proposal: Proposal): boolean {
    const isWide = proposal.counter - proposal.settled >= sessionWindowMax
    return (
      isWide ||
      this.count >= proposalsWaitingMax ||
      this.#bytes + entryBytes(proposal) > proposalsWaitingBytesMax
    )
  }

  #oldest(): number {
    for (const counter of this.#pending.keys()) return counter
    return this.#next
  }

  /**
   * What is to be sent now: what this leadership has not had, and what it has not answered for long.
   * @param leadership a number that differs from leader to leader and from term to term
   */
  due(leadership: number, now: number): Proposal[] {
    const due: Proposal[] = []
    let bytes = 0
    for (const pending of this.#pending.values()) {
      // By the same sum as the deadline: the difference of two times can be less than what was added.
      if (pending.sentTo === leadership && now < pending.sentAt + askAgainMs) continue
      bytes += entryBytes(pending.proposal)
      if (due.length >= entriesAtOnceMax || (bytes > batchBytesMax && due.length > 0)) break
      pending.sentTo = leadership
      pending.sentAt = now
      due.push(pending.proposal)
    }
    return due
  }

  /** When there is something to do again. */
  deadline(leadership: number): number {
    let at = Infinity
    for (const { expiresAt, sentAt, sentTo } of this.#pending.values()) {
      at = Math.min(at, expiresAt)
      if (sentTo === leadership) at = Math.min(at, sentAt + askAgainMs)
    }
    return at
  }

  applied(counter: number, { index, answer, isDuplicate }: Outcome): void {
    // The first of two entries with one number has settled it.
    if (!isDuplicate) this.#end(counter)?.resolve({ index, answer, isAnswerLost: false })
  }

  /** A snapshot has skipped entries: what is in it was applied without this node seeing how. */
  skipped(index: number, hasTaken: (counter: number) => boolean): void {
    for (const counter of [...this.#pending.keys()].filter((one) => hasTaken(one)))
      this.#end(counter)?.resolve({ index, answer: new Uint8Array(0), isAnswerLost: true })
  }

  refused(counter: number, why: Refusal, applied: number): void {
    const pending = this.#end(counter)
    if (pending === undefined) return
    const { proposal, resolve, reject } = pending
    if (why === 'already-so') resolve({ index: applied, answer: new Uint8Array(0), isAnswerLost: false })
    else reject(why === 'full' ? full(attempted(proposal), this.count, false) : votersUnchanged(why))
  }

  expire(now: number, leader: number | undefined): void {
    for (const [counter, { expiresAt, proposal, timeoutMs, reject }] of this.#pending) {
      if (expiresAt > now) continue
      this.#end(counter)
      reject(unreachable(attempted(proposal), timeoutMs, leader))
    }
  }

  stop(cause: unknown): void {
    for (const [counter, { proposal, reject }] of this.#pending) {
      this.#end(counter)
      reject(stopped(attempted(proposal), cause))
    }
  }

  #end(counter: number): Pending | undefined {
    const pending = this.#pending.get(counter)
    if (pending === undefined) return undefined
    this.#pending.delete(counter)
    this.#bytes -= entryBytes(pending.proposal)
    return pending
  }
}

function attempted({ kind }: Proposal): string {
  return kind === 'command' ? 'Cannot decide on a command' : 'Cannot change who votes'
}
