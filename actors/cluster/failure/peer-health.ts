// Peer health: what one node knows of the life of one other, and its opinion of it.
import { BeatRhythm } from './beat-rhythm.ts'
import {
  flapKeptMs,
  flapsMax,
  joinGraceMs,
  lagBorneMsMax,
  pauseMsDefault,
  phiDefault,
  probeFreshMs,
} from './timing.ts'
import type { Evidence, MemberNumber, Opinion } from './opinion.ts'

/** All times are of the awake clock: without the stalls of this node. */
export class PeerHealth {
  readonly member: MemberNumber
  readonly #rhythm = new BeatRhythm()
  /** Members that have heard it, and when they said so. */
  readonly #aliveBy = new Map<MemberNumber, number>()
  #heardMs: number
  #beatMs: number | undefined = undefined
  #lagMs = 0
  #evidence: Evidence = 'silence'
  #hadConnection = false
  #suspectedMs: number | undefined = undefined
  #brokenMs: number | undefined = undefined
  /** When suspicions were lifted. */
  readonly #lifted: number[] = []
  /** The last heartbeat that came; 0 before the first. */
  sequence = 0
  /** When it was last asked about. */
  probedMs: number = -Infinity

  constructor(member: MemberNumber, atMs: number) {
    this.member = member
    this.#heardMs = atMs + joinGraceMs
  }

  get isSuspected(): boolean {
    return this.#suspectedMs !== undefined
  }

  /** When anything of it came last; of a member that is new a while in the future, the time it has to be heard at all. */
  get heardMs(): number {
    return this.#heardMs
  }

  /** Anything has come from it. */
  heard(atMs: number): void {
    this.#heardMs = atMs
    this.#hadConnection = true
    this.#evidence = 'silence'
  }

  beat(sequence: number, lagMs: number, atMs: number): void {
    this.heard(atMs)
    if (this.#beatMs !== undefined) this.#rhythm.record(atMs - this.#beatMs)
    this.#beatMs = atMs
    this.#lagMs = lagMs
    this.sequence = Math.max(this.sequence, sequence)
  }

  /** The connection died, and a new one was not to be had. */
  redialFailed(how: 'refused' | 'unreachable'): void {
    // That a process is gone is known once; that it later does not answer at all takes nothing from it.
    if (this.#evidence !== 'refused') this.#evidence = how
  }

  /** Begins to count its silence anew; that its process is gone stays known. */
  pardon(atMs: number): void {
    this.#heardMs = Math.max(this.#heardMs, atMs)
    if (this.#evidence === 'unreachable') this.#evidence = 'silence'
  }

  aliveAt(helper: MemberNumber, atMs: number): void {
    this.#aliveBy.set(helper, atMs)
  }

  /** Looks again. @returns whether a suspicion has begun, or ended */
  look(atMs: number): 'begun' | 'lifted' | 'unchanged' {
    const isSuspected = this.#evidence !== 'silence' || this.#phi(atMs) >= phiDefault
    if (isSuspected === this.isSuspected) return 'unchanged'
    if (isSuspected) {
      this.#suspectedMs = atMs
      return 'begun'
    }
    this.#suspectedMs = undefined
    this.#brokenMs = undefined
    this.#aliveBy.clear()
    this.#lifted.push(atMs)
    if (this.#lifted.length > flapsMax) this.#lifted.shift()
    return 'lifted'
  }

  /** Undefined while it is trusted. */
  opinion(atMs: number): Opinion | undefined {
    if (this.#suspectedMs === undefined) return undefined
    const heardBy = this.#heardBy(atMs)
    if (heardBy.length === 0) this.#brokenMs = undefined
    else this.#brokenMs ??= atMs
    return {
      member: this.member,
      says: heardBy.length === 0 ? 'suspects' : 'link-broken',
      evidence: this.#evidence,
      silentMs: Math.round(this.#silentMs(atMs)),
      phi: Math.round(this.#phi(atMs) * 10) / 10,
      forMs: Math.round(atMs - (this.#brokenMs ?? this.#suspectedMs)),
      hadConnection: this.#hadConnection,
      flaps: this.#lifted.filter((liftedMs) => atMs - liftedMs <= flapKeptMs).length,
      heardBy,
    }
  }

  /** Forgets what a member has said that is none any more. */
  forget(member: MemberNumber): void {
    this.#aliveBy.delete(member)
  }

  #heardBy(atMs: number): MemberNumber[] {
    const fresh = [...this.#aliveBy].filter(([, saidMs]) => atMs - saidMs <= probeFreshMs)
    return fresh.map(([helper]) => helper)
  }

  #silentMs(atMs: number): number {
    return Math.max(0, atMs - this.#heardMs)
  }

  #phi(atMs: number): number {
    return this.#rhythm.phi(this.#silentMs(atMs), pauseMsDefault + Math.min(this.#lagMs, lagBorneMsMax))
  }
}
