// A reader: this node's reads from the call until everything that was decided before is applied here.
import { full, stopped, unreachable } from './council-faults.ts'
import { askAgainMs } from './proposer.ts'

/** Reads of this node that wait. */
export const readersWaitingMax = 10_000

const attempted = 'Cannot read'

interface PendingRead {
  readonly timeoutMs: number
  readonly expiresAt: number
  /** Those that were asked in one turn share a question. */
  id: number
  /** What the leader has said; undefined before. */
  index: number | undefined
  readonly resolve: (index: number) => void
  readonly reject: (fault: Error) => void
}

export class Reader {
  #pending: PendingRead[] = []
  #id: number
  #sentTo = -1
  #sentAt = -Infinity

  /** @param first the first question: answers to those of an earlier life of this member may still be under way */
  constructor(first: number) {
    this.#id = first
  }

  get count(): number {
    return this.#pending.length
  }

  add(now: number, timeoutMs: number): Promise<number> {
    if (this.count >= readersWaitingMax) return Promise.reject(full(attempted, this.count, true))
    return new Promise((resolve, reject) => {
      const expiresAt = now + timeoutMs
      this.#pending.push({ timeoutMs, expiresAt, id: 0, index: undefined, resolve, reject })
    })
  }

  /** @returns the question to ask now, if there is one; see `Proposer.due` */
  due(leadership: number, now: number): number | undefined {
    const open = this.#pending.filter(({ index }) => index === undefined)
    const isNew = open.some(({ id }) => id === 0)
    const isOld = this.#sentTo !== leadership || now >= this.#sentAt + askAgainMs
    if (open.length === 0 || !(isNew || isOld)) return undefined
    this.#id++
    // Asked again, a question gets a new number: both answers are true, the first to come counts.
    for (const read of open) if (isOld || read.id === 0) read.id = this.#id
    this.#sentTo = leadership
    this.#sentAt = now
    return this.#id
  }

  indexIs(id: number, index: number, applied: number): void {
    for (const read of this.#pending) if (read.id === id) read.index ??= index
    this.applied(applied)
  }

  applied(applied: number): void {
    if (this.count === 0) return
    const isDone = ({ index }: PendingRead): boolean => index !== undefined && index <= applied
    const done = this.#pending.filter((read) => isDone(read))
    if (done.length === 0) return
    this.#pending = this.#pending.filter((read) => !isDone(read))
    for (const { resolve } of done) resolve(applied)
  }

  deadline(leadership: number): number {
    let at = Infinity
    for (const { expiresAt, index } of this.#pending) {
      at = Math.min(at, expiresAt)
      if (index === undefined && this.#sentTo === leadership) at = Math.min(at, this.#sentAt + askAgainMs)
    }
    return at
  }

  expire(now: number, leader: number | undefined): void {
    const expired = this.#pending.filter(({ expiresAt }) => expiresAt <= now)
    if (expired.length === 0) return
    this.#pending = this.#pending.filter(({ expiresAt }) => expiresAt > now)
    for (const { reject, timeoutMs } of expired) reject(unreachable(attempted, timeoutMs, leader))
  }

  stop(cause: unknown): void {
    const pending = this.#pending
    this.#pending = []
    for (const { reject } of pending) reject(stopped(attempted, cause))
  }
}
