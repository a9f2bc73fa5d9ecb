// Sessions: what is remembered of each member's proposals so that none takes effect twice; part of what all nodes agree on.
import type { ByteReader } from './byte-reader.ts'
import type { ByteWriter } from './byte-writer.ts'
import type { Proposal } from './entry.ts'

/** Members whose proposals are remembered. */
export const sessionsMax = 4_096
/** Proposals of one member that are remembered at once. */
export const sessionWindowMax = 8_192

interface Session {
  /** Everything below has ended. */
  floor: number
  /** Applied, and not below the floor. */
  readonly applied: Set<number>
}

export class Sessions {
  /** The one that was used longest ago comes first; all nodes have the same order, as they use them in the same order. */
  readonly #sessions = new Map<number, Session>()

  get size(): number {
    return this.#sessions.size
  }

  has(member: number, counter: number): boolean {
    const session = this.#sessions.get(member)
    return session !== undefined && (counter < session.floor || session.applied.has(counter))
  }

  /** Rule 36. @returns false if it was taken before, or its proposer has given it up */
  take({ member, counter, settled }: Proposal): boolean {
    const session = this.#used(member)
    const isNew = counter >= session.floor && !session.applied.has(counter)
    if (isNew) session.applied.add(counter)
    if (settled > session.floor) this.#raise(session, Math.min(settled, counter))
    if (session.applied.size > sessionWindowMax) this.#raise(session, Math.min(...session.applied) + 1)
    return isNew
  }

  write(to: ByteWriter): void {
    to.number(this.#sessions.size)
    for (const [member, { floor, applied }] of this.#sessions) {
      to.number(member).number(floor)
      to.numbers([...applied])
    }
  }

  /** Puts what was written in the place of all that is here. */
  read(from: ByteReader): void {
    this.#sessions.clear()
    const count = from.number(sessionsMax)
    for (let i = 0; i < count && from.isGood; i++) {
      const member = from.number()
      const floor = from.number()
      this.#sessions.set(member, { floor, applied: new Set(from.numbers(sessionWindowMax)) })
    }
  }

  #used(member: number): Session {
    const session = this.#sessions.get(member) ?? { floor: 0, applied: new Set<number>() }
    this.#sessions.delete(member)
    this.#sessions.set(member, session)
    for (const [oldest] of this.#sessions) {
      if (this.#sessions.size <= sessionsMax) break
      this.#sessions.delete(oldest)
    }
    return session
  }

  #raise(session: Session, floor: number): void {
    session.floor = floor
    for (const counter of session.applied) if (counter < floor) session.applied.delete(counter)
  }
}
