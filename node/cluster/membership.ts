// A membership: how this process becomes a member of its cluster, stays one, and ends as one.
import { Fault } from '../../runtime/fault.ts'
import { refusalFault } from './refusal-fault.ts'
import type { Answer } from '../../actors/cluster/state/answer.ts'
import type { Clock } from '../../runtime/clock.ts'
import type { Command, Join } from '../../actors/cluster/state/command.ts'

/** How long a node may try to become a member, in milliseconds. */
export const joinMsMax = 60_000
/** Between two tries. */
export const joinRetryMs = 250
/** How long a node that ends waits until the others know. */
export const leaveMsMax = 3_000

export interface MembershipParts {
  readonly clock: Clock
  /** What this process is, but for its uid and the time. */
  self(): Omit<Join, 'type' | 'uid' | 'atMs'>
  uid(): string
  /** The number of the member that this process is by now; 0 if it is none. */
  numberOf(uid: string): number
  propose(command: Command): Promise<Answer>
}

export class Membership {
  readonly #parts: MembershipParts
  #isClosed = false

  constructor(parts: MembershipParts) {
    this.#parts = parts
  }

  /**
   * Becomes a member.
   * @returns its number
   * @throws {Fault} `name-taken` `member-revoked` `cluster-full` · `cluster-unreachable` no council answers
   */
  async join(): Promise<number> {
    const { clock, self, uid } = this.#parts
    const untilMs = clock.now() + joinMsMax
    let last: unknown
    while (clock.now() < untilMs && !this.#isClosed) {
      try {
        const answer = await this.#parts.propose({ type: 'join', ...self(), uid: uid(), atMs: clock.wall() })
        if (answer.type === 'joined') return answer.number
        if (answer.type === 'refused') throw refused(self().name, answer)
      } catch (fault) {
        if (!isPassing(fault)) throw fault
        last = fault
        // The answer may have been lost, and what it said come another way.
        const number = this.#parts.numberOf(uid())
        if (number > 0) return number
      }
      await this.#pause()
    }
    throw unreachable(self().name, last)
  }

  /** Says that it takes roots from now on. @throws {Fault} `cluster-unreachable` */
  async up(number: number): Promise<void> {
    const { clock, self } = this.#parts
    const untilMs = clock.now() + joinMsMax
    for (;;) {
      try {
        await this.#parts.propose({ type: 'up', number })
        return
      } catch (fault) {
        if (!isPassing(fault)) throw fault
        if (clock.now() >= untilMs || this.#isClosed) throw unreachable(self().name, fault)
        await this.#pause()
      }
    }
  }

  /** Says that it ends, if that can be said in time; if not, the others find out. */
  async leave(number: number): Promise<void> {
    this.#isClosed = true
    const { clock, propose } = this.#parts
    await new Promise<void>((resolve) => {
      const alarm = clock.alarm(clock.now() + leaveMsMax, resolve)
      const done = (): void => {
        alarm.cancel()
        resolve()
      }
      void propose({ type: 'leave', number, atMs: clock.wall() })
        .catch(() => undefined)
        .finally(done)
    })
  }

  close(): void {
    this.#isClosed = true
  }

  #pause(): Promise<void> {
    const { clock } = this.#parts
    return new Promise((resolve) => clock.alarm(clock.now() + joinRetryMs, resolve))
  }
}

function isPassing(fault: unknown): boolean {
  return Fault.is(fault) && (fault.code === 'council-unreachable' || fault.code === 'council-full')
}

function refused(name: string, { code, why }: Answer & { readonly type: 'refused' }): Fault {
  const hint = 'Choose another name, or see on a member with "nodes" and "why" how things stand.'
  return refusalFault(`Cannot join the cluster as "${name}"`, code, { why, hint })
}

function unreachable(name: string, cause: unknown): Fault {
  return new Fault(
    'cluster-unreachable',
    `Cannot join the cluster as "${name}": no council answered within ${joinMsMax / 1_000} s`,
    {
      hint: 'See whether the seeds are right, their nodes run, and more than half of the voters live.',
      ...(cause === undefined ? {} : { cause }),
    },
  )
}
