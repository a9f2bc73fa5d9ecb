// A standing: this process as a member of its cluster: under which number, whether it may act now, and how it begins anew when it was removed.
import { decisionOf } from './removal.ts'
import { Fault } from '../../runtime/fault.ts'
import { joinRetryMs, Membership } from './membership.ts'
import { Vigil } from './vigil.ts'
import type { Agreement } from './agreement.ts'
import type { ClusterParts } from './cluster-parts.ts'
import type { EventKind } from '../../runtime/event-log.ts'
import type { FailureDecision } from '../../actors/cluster/failure/decision.ts'
import type { Random } from '../../runtime/random.ts'

export interface StandingParts extends Pick<
  ClusterParts,
  'clock' | 'random' | 'name' | 'kind' | 'labels' | 'transport' | 'definitions'
> {
  readonly agreement: Agreement
  /** Hands a word of the sentinels to a member, or loses it. */
  say(member: number, bytes: Uint8Array): void
  /** This process is a member from now on, by this number. */
  became(number: number): void
  /** How long this node may act has become longer, or has ended. */
  leaseChanged(): void
  thawed(): void
  /** It is a member no more: what lived here lives elsewhere. */
  expelled(): void
  note(kind: EventKind, detail?: unknown): void
}

export class Standing {
  readonly #parts: StandingParts
  readonly #membership: Membership
  #vigil: Vigil | undefined = undefined
  #uid: string
  #member = 0
  #isLeaving = false

  constructor(parts: StandingParts) {
    this.#parts = parts
    this.#uid = newUid(parts.random)
    this.#membership = this.#makeMembership(parts)
  }

  /** This node's number; 0 while it is no member. */
  get member(): number {
    return this.#member
  }

  /** Random for each process, and for each time that it was removed. */
  get uid(): string {
    return this.#uid
  }

  get vigil(): Vigil | undefined {
    return this.#vigil
  }

  /** Whether this node may do what must be unique, at this moment. */
  get mayAct(): boolean {
    return this.#vigil?.sentinel.lease.isValid === true
  }

  /** Until when it may, by this node's clock, as far as is known now; -Infinity while it may not. */
  get untilMs(): number {
    return this.mayAct ? (this.#vigil?.sentinel.lease.untilMs ?? -Infinity) : -Infinity
  }

  /** Whether it ends: names are kept although their actors end, so that others take them over. */
  get isLeaving(): boolean {
    return this.#isLeaving
  }

  /** Becomes a member, with a number that nobody had before. @throws {Fault} those of `Membership.join` */
  async enter(): Promise<void> {
    const number = await this.#membership.join()
    if (this.#isLeaving) return
    this.#become(number)
    await this.#membership.up(number)
  }

  beginLeave(): void {
    this.#isLeaving = true
  }

  async leave(): Promise<void> {
    this.#isLeaving = true
    if (this.#member !== 0) await this.#membership.leave(this.#member)
  }

  close(): void {
    this.#isLeaving = true
    this.#membership.close()
    this.#vigil?.close()
  }

  /** This node cannot follow any more: it acts no more either. */
  stopped(fault: Error): void {
    this.#vigil?.close()
    this.#parts.leaseChanged()
    this.#parts.note('council-stopped', fault)
  }

  /** The others have decided that this process is no member any more. It begins anew, with nothing. */
  expel(): void {
    const { note, random, expelled } = this.#parts
    this.#vigil?.close()
    this.#vigil = undefined
    this.#member = 0
    note('node-expelled')
    expelled()
    if (this.#isLeaving) return
    this.#uid = newUid(random)
    void this.#enterAgain()
  }

  /** Until it succeeds, or can never: nobody else would bring this node back. */
  async #enterAgain(): Promise<void> {
    const { clock, note } = this.#parts
    while (!this.#isLeaving) {
      try {
        await this.enter()
        return
      } catch (fault) {
        note('node-expelled', fault)
        if (Fault.is(fault) && fault.code === 'member-revoked') return
        await new Promise<void>((resolve) => clock.alarm(clock.now() + joinRetryMs, resolve))
      }
    }
  }

  /** Says where this node is reached now. @returns false where nobody may have heard */
  async readdress(): Promise<boolean> {
    if (this.#member === 0) return true
    const { agreement, transport } = this.#parts
    const command = { type: 'update', number: this.#member, addresses: transport.addresses } as const
    try {
      await agreement.proposals.propose(command)
      return true
    } catch {
      // Said again with the next change; until then the others use the old ones.
      return false
    }
  }

  #become(number: number): void {
    if (this.#member === number) return
    const { agreement, clock, random, say, note, thawed, became, leaseChanged } = this.#parts
    this.#member = number
    this.#vigil = new Vigil({
      clock,
      random: random.fork(`vigil ${number}`),
      member: number,
      facts: () => agreement.facts,
      council: () => agreement.council,
      say,
      leaseChanged,
      frozen: () => note('node-frozen'),
      thawed: () => {
        note('node-thawed')
        thawed()
      },
      remove: (decision) => this.#remove(decision),
    })
    became(number)
    this.#vigil.councilChanged()
  }

  #makeMembership(parts: StandingParts): Membership {
    const { agreement, clock, name, kind, labels, transport, definitions } = parts
    return new Membership({
      clock,
      uid: () => this.#uid,
      numberOf: (uid) => agreement.facts.memberByUid(uid)?.number ?? 0,
      propose: (command) => agreement.proposals.propose(command),
      self: () => ({
        peer: transport.peer,
        name,
        kind,
        labels,
        addresses: transport.addresses,
        hosts: definitions.list().map(({ definition: one }) => `${one.name}@${one.version}`),
      }),
    })
  }

  async #remove(failure: FailureDecision): Promise<boolean> {
    const { subject: number } = failure
    try {
      const command = { type: 'remove', number, decision: decisionOf(failure) } as const
      const answer = await this.#parts.agreement.proposals.propose(command)
      return answer.type === 'refused'
    } catch {
      // It may still be decided; the next view, or term, tells.
      return false
    }
  }
}

/** 32 hex digits: no two processes have the same. */
function newUid(random: Random): string {
  return Array.from({ length: 4 }, () =>
    random
      .integer(2 ** 32)
      .toString(16)
      .padStart(8, '0'),
  ).join('')
}
