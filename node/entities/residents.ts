// Residents: the entities that are awake in one runtime, by definition and in the order of their last use; puts the idle ones to sleep.
import { Deadline } from '../../runtime/deadline.ts'
import { ended } from '../../runtime/cell-flags.ts'
import { outsideOfActors } from '../../runtime/context.ts'
import { defaultCare } from './before-sleep.ts'
import { sleepFactsOf } from './idle.ts'
import { Activation, markOf, Ward } from './activation.ts'
import { Slumber } from './slumber.ts'
import { sweepPeriodMs, sweepVerdict } from './sweep-verdict.ts'
import { whyAwake } from './may-sleep.ts'
import { whenEnded } from '../../runtime/watches.ts'
import type { Cell, Host } from '../../runtime/cell.ts'
import type { SleepCare } from './before-sleep.ts'
import type { AwakeReason } from './may-sleep.ts'

/** Entities that a sweep looks at in one turn of the event loop: about 0.1 ms. */
export const sweepLooksMax = 1_024
/** Of the longest unused, how many are looked at to find one that may make room for another. */
export const evictLooksMax = 128

const byHost = new WeakMap<Host, Residents>()

/** The entities that are awake in a runtime. */
export function residentsOf(host: Host): Residents | undefined {
  return byHost.get(host)
}

/** What has made room. */
export interface Evicted {
  now: number
  readonly later: Promise<boolean>[]
}

export class Residents {
  readonly #host: Host
  readonly #wards = new Map<string, Ward>()
  readonly #slumber: Slumber
  readonly #deadline: Deadline
  #care: SleepCare = defaultCare

  constructor(host: Host) {
    this.#host = host
    byHost.set(host, this)
    this.#deadline = new Deadline(outsideOfActors(() => this.#sweepAll()))
    this.#slumber = new Slumber({
      care: () => this.#care,
      stays: (activation, reason) => this.#stays(activation, reason),
    })
  }

  /** What is to be said of one cell, if it is of an entity that is awake here. */
  look(cell: Cell): { readonly idleMs: number; readonly reason: AwakeReason | undefined } | undefined {
    const ward = this.#wards.get(cell.definition.name)
    for (const activation of ward?.list ?? []) {
      if (activation.cell !== cell) continue
      return { idleMs: activation.ward.idleMs, reason: this.#whyAwake(activation, true) }
    }
    return undefined
  }

  /** Gives what makes actors safe before they sleep. */
  set care(care: SleepCare) {
    this.#care = care
  }

  wards(): IterableIterator<Ward> {
    return this.#wards.values()
  }

  /** How many are about to sleep, of one definition and of all. */
  fallingOf(name: string): { readonly ofKind: number; readonly ofAll: number } {
    return { ofKind: this.#wards.get(name)?.falling ?? 0, ofAll: this.#slumber.count }
  }

  /** An entity lives here from now on. */
  admit(cell: Cell, idleMs: number): void {
    const { name } = cell.definition
    let ward = this.#wards.get(name)
    if (ward === undefined) this.#wards.set(name, (ward = new Ward(name, idleMs)))
    ward.idleMs = idleMs
    const nowMs = this.#host.clock.now()
    if (ward.list.count === 0) ward.sweptMs = nowMs
    const activation = new Activation(cell, ward, nowMs)
    ward.list.add(activation)
    whenEnded(cell, () => this.#remove(activation))
    this.#arm(nowMs)
  }

  /**
   * Puts the longest unused to sleep that may.
   * @param name of which definition; any if undefined
   * @returns those that sleep now, and of each that is about to whether it does in the end
   */
  evict(name: string | undefined, count: number): Evicted {
    const evicted: Evicted = { now: 0, later: [] }
    for (const ward of this.#oldestFirst(name)) {
      this.#evictOf(ward, evicted, count)
      if (sizeOf(evicted) >= count) break
    }
    return evicted
  }

  /** Puts all to sleep that may of those of which `isIt` says yes, whatever they have done lately. */
  async lull(isIt: (path: string) => boolean): Promise<void> {
    const later: Promise<boolean>[] = []
    for (const ward of this.#wards.values()) {
      const chosen = [...ward.list].filter(({ cell }) => isIt(cell.path))
      for (const activation of chosen) {
        if (this.#isGone(activation) || this.#whyAwake(activation, true) !== undefined) continue
        const sleeps = this.#slumber.fall(activation)
        if (typeof sleeps !== 'boolean') later.push(sleeps)
      }
    }
    await Promise.all(later)
  }

  #oldestFirst(name: string | undefined): Ward[] {
    const named = name === undefined ? undefined : this.#wards.get(name)
    if (name !== undefined) return named === undefined ? [] : [named]
    return [...this.#wards.values()].toSorted(
      (a, b) => (a.list.first?.usedMs ?? Infinity) - (b.list.first?.usedMs ?? Infinity),
    )
  }

  /** Those first that have done nothing since the last look; if these are too few, the first of those that have. */
  #evictOf(ward: Ward, evicted: Evicted, count: number): void {
    const nowMs = this.#host.clock.now()
    const lately: Activation[] = []
    for (let looks = Math.min(evictLooksMax + count, ward.list.count); looks > 0; looks--) {
      const activation = ward.list.first
      if (activation === undefined || sizeOf(evicted) >= count) return
      if (this.#isGone(activation)) continue
      const { isChanged, usedMs } = activation
      // Behind the others first: what comes of it may change the list.
      this.#use(activation, isChanged ? nowMs : usedMs)
      const reason = this.#whyAwake(activation, false)
      if (reason !== undefined) this.#stays(activation, reason)
      else if (isChanged) lately.push(activation)
      else this.#evict(activation, evicted)
    }
    for (const activation of lately) {
      if (sizeOf(evicted) >= count) return
      const maySleep = !activation.isGone && this.#whyAwake(activation, false) === undefined
      if (maySleep) this.#evict(activation, evicted)
    }
  }

  #evict(activation: Activation, evicted: Evicted): void {
    const sleeps = this.#slumber.fall(activation)
    if (typeof sleeps !== 'boolean') evicted.later.push(sleeps)
    else if (sleeps) evicted.now++
  }

  /** Looks at all of which the time has come, a bounded number in one turn. */
  #sweepAll(): void {
    const nowMs = this.#host.clock.now()
    for (const ward of this.#wards.values()) {
      if (nowMs < ward.sweptMs + sweepPeriodMs(ward.idleMs)) continue
      ward.sweptMs = nowMs
      this.#sweep(ward, ward.list.first, nowMs)
    }
    this.#arm(nowMs)
  }

  #sweep(ward: Ward, from: Activation | undefined, startMs: number): void {
    let activation = from
    for (let looks = sweepLooksMax; looks > 0 && activation !== undefined; looks--) {
      // What was used last stands behind: from here on all have been seen.
      if (activation.usedMs >= startMs) return
      const { next } = activation
      if (!this.#isGone(activation)) this.#look(activation, startMs)
      activation = next
    }
    if (activation === undefined) return
    const cursor = activation
    this.#host.clock.later(() => {
      if (!cursor.isGone) this.#sweep(ward, cursor, startMs)
    })
  }

  #look(activation: Activation, nowMs: number): void {
    const { usedMs, isChanged, ward } = activation
    const verdict = sweepVerdict({ isChanged, usedMs, nowMs, idleMs: ward.idleMs })
    if (verdict === 'wait') return
    this.#use(activation, nowMs)
    if (verdict === 'used') return
    const reason = this.#whyAwake(activation, true)
    if (reason === undefined) void this.#slumber.fall(activation)
    else this.#stays(activation, reason)
  }

  #whyAwake({ cell }: Activation, isLongIdle: boolean): AwakeReason | undefined {
    return whyAwake(
      sleepFactsOf(cell, (of) => this.#care.isQuiet(of)),
      isLongIdle,
    )
  }

  /** Puts it behind all others. */
  #use(activation: Activation, usedMs: number): void {
    const { list } = activation.ward
    list.delete(activation)
    list.add(activation)
    activation.usedMs = Math.max(usedMs, activation.previous?.usedMs ?? usedMs)
    activation.mark = markOf(activation.cell)
  }

  #stays({ ward }: Activation, reason: AwakeReason): void {
    ward.kept.set(reason, (ward.kept.get(reason) ?? 0) + 1)
  }

  /** One that has moved away is found out here: nobody tells of that. */
  #isGone(activation: Activation): boolean {
    if ((activation.cell.flags & ended) !== 0) this.#remove(activation)
    return activation.isGone
  }

  #remove(activation: Activation): void {
    if (activation.isGone) return
    activation.isGone = true
    activation.ward.list.delete(activation)
  }

  #arm(nowMs: number): void {
    if (this.#deadline.heapIndex >= 0) return
    let dueMs = Infinity
    for (const { list, sweptMs, idleMs } of this.#wards.values())
      if (list.count > 0) dueMs = Math.min(dueMs, sweptMs + sweepPeriodMs(idleMs))
    if (dueMs < Infinity) this.#host.timers.add(this.#deadline, Math.max(nowMs + 1, dueMs))
  }
}

function sizeOf({ now, later }: Evicted): number {
  return now + later.length
}
