// The durable part of an actor's life: appends its commits in order, applies them once they are safe, and says when all are.
import { appliedTo } from './replay.ts'
import { Beats } from './beats.ts'
import { committing, down, ended, halting, restless } from '../cell-flags.ts'
import { Fault } from '../fault.ts'
import { Outbox } from './outbox.ts'
import { RecordWriter } from './record-writer.ts'
import { Staging } from './staging.ts'
import type { Cell } from '../cell.ts'
import type { CapturedDurable, Durability, DurableLife, Staged } from './durable-life.ts'
import type { Commit, JournalEvent } from '../commit.ts'
import type { Duties } from './duties.ts'
import type { RecordKind } from '../journal.ts'
import type { ReplayOf } from './replay.ts'

/** What is under way. */
interface Appended {
  readonly seq: number
  readonly kind: RecordKind
  readonly commit: Commit
  /** What of the commit changes the duties. */
  readonly staged: Staged | undefined
}

export class Durable implements DurableLife {
  readonly duties: Duties
  seq: number
  readonly epoch: number
  readonly #cell: Cell
  readonly #writer: RecordWriter
  readonly #of: ReplayOf
  /** Of the last record that was appended. */
  #nextSeq: number
  #underWay = 0
  readonly #staging: Staging
  #letters: Outbox | undefined = undefined
  #beats: Beats | undefined = undefined
  #snapshotSeq: number
  #wakeMs: number
  /** Why what was appended after it is not kept either, while some of that is under way. */
  #refused: Fault | undefined = undefined
  /** Whether the last commit was kept is unknown, or it cannot be applied: only a new life tells. */
  #spoilt: Fault | undefined = undefined
  /** The handler has ended, and what it has not awaited is its fault. */
  #isSettling = false
  #unheard: Fault | undefined = undefined
  /** Why the state of an actor that keeps it could not be written; it is not that of the journal any more. */
  #lostState: Fault | undefined = undefined
  #isOver = false
  readonly #waiting: (() => void)[] = []
  isHeld = false

  constructor(cell: Cell, durability: Durability, captured: CapturedDurable, duties: Duties) {
    this.#cell = cell
    this.#writer = new RecordWriter(cell, durability, captured.epoch)
    this.#of = { definition: cell.definition, id: this.#writer.id }
    this.duties = duties
    this.#staging = new Staging(duties)
    this.epoch = captured.epoch
    this.seq = captured.seq
    this.#nextSeq = captured.seq
    this.#snapshotSeq = captured.snapshotSeq
    this.#wakeMs = captured.wakeMs
  }

  get spoilt(): Fault | undefined {
    return this.#spoilt
  }

  get staged(): Staged | undefined {
    return this.#staging.now
  }

  get ahead(): readonly Staged[] {
    return this.#staging.ahead
  }

  get letters(): Outbox {
    this.#letters ??= new Outbox(this.#cell, this)
    return this.#letters
  }

  get beats(): Beats {
    this.#beats ??= new Beats(this.#cell, this)
    return this.#beats
  }

  get isQuiet(): boolean {
    return this.duties.lettersCount === 0 && (this.#beats?.isQuiet ?? true)
  }

  start(): void {
    if (this.duties.letters.size > 0) this.letters.start()
    if (this.duties.timers.size > 0) this.beats.arm()
  }

  stage(): Staged {
    this.#cell.flags |= committing
    this.#staging.now ??= {}
    return this.#staging.now
  }

  persist(events: readonly JournalEvent[]): Promise<void> {
    const staged = this.#takeStaged()
    return this.#append('commit', staged === undefined ? { events } : { events, ...staged }, staged)
  }

  save(): Promise<void> {
    const staged = this.#takeStaged()
    return this.#append('whole', this.#whole(staged), staged)
  }

  forget(): Promise<void> {
    this.#letters?.renew()
    return this.#append('end', {}, undefined)
  }

  async settle(hasFailed: boolean): Promise<void> {
    const staged = hasFailed || this.#staging.isEmpty ? undefined : this.#takeStaged()
    this.#isSettling = true
    if (staged !== undefined) {
      const kind = this.#cell.definition.keepsState ? 'whole' : 'commit'
      void this.#append(kind, kind === 'whole' ? this.#whole(staged) : staged, staged)
    }
    if (this.#underWay > 0) await new Promise<void>((resolve) => this.#waiting.push(resolve))
    this.#isSettling = false
    // A state that was changed and not kept would be kept later, without what was staged with it.
    if (hasFailed || this.#unheard !== undefined) this.#spoilt ??= this.#lostState
    this.#lostState = undefined
    const fault = this.#spoilt ?? this.#unheard
    this.#unheard = undefined
    this.#staging.clear()
    this.#calm()
    if (fault !== undefined) throw fault
  }

  snapshot(recordsMin: number = 1): void {
    const { definition } = this.#cell
    if (this.seq - this.#snapshotSeq < recordsMin || definition.keepsState) return
    if (this.#isOver || this.#spoilt !== undefined) return
    // The snapshot before stays, with all since: should this one be damaged, recovery begins there.
    const keepFrom = definition.spec.snapshots?.deletesEvents === true ? this.#snapshotSeq : undefined
    const commit = { state: this.#state, ...this.duties.capture() }
    const { seq } = this
    try {
      this.#writer.write({ kind: 'snapshot', seq, commit, keepFrom, wakeMs: undefined }, (fault) => {
        if (fault !== undefined) this.#snapshotFailed(fault)
      })
    } catch (error) {
      this.#snapshotFailed(error)
    }
    this.#snapshotSeq = seq
  }

  release(): void {
    this.#isOver = true
    this.#letters?.stop()
    this.#beats?.stop()
    this.#writer.release()
  }

  capture(): CapturedDurable {
    return {
      epoch: this.epoch,
      seq: this.seq,
      snapshotSeq: this.#snapshotSeq,
      wakeMs: this.#wakeMs,
      duties: this.duties.capture(),
    }
  }

  get #state(): { readonly version: number; readonly data: unknown } {
    return { version: this.#cell.definition.version, data: this.#cell.state }
  }

  /** All there is, once `staged` is applied. */
  #whole(staged: Staged | undefined): Commit {
    return { state: this.#state, ...this.#staging.dutiesAfter(staged) }
  }

  #takeStaged(): Staged | undefined {
    // Nothing is appended before what was refused is known to be all.
    if ((this.#spoilt ?? this.#refused) !== undefined) return undefined
    return this.#staging.take(this.#letters)
  }

  /** @param staged what of the commit changes the duties */
  #append(kind: RecordKind, commit: Commit, staged: Staged | undefined): Promise<void> {
    const refusal = this.#spoilt ?? this.#refused
    if (refusal !== undefined) return this.#refusal(refusal)
    const seq = this.#nextSeq + 1
    const wakeMs = this.#wakeMsAfter(staged)
    const changedWakeMs = wakeMs === this.#wakeMs ? undefined : wakeMs
    const keepFrom = kind === 'commit' ? undefined : seq
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    try {
      this.#writer.write({ kind, seq, commit, keepFrom, wakeMs: changedWakeMs }, (failure) => {
        const fault = this.#ended({ seq, kind, commit, staged }, failure)
        if (fault === undefined) resolve()
        else {
          promise.catch(ignore)
          reject(fault)
        }
        this.#drained()
      })
    } catch (error) {
      this.#staging.now = staged
      return this.#refusal(
        Fault.wrap(error, 'payload-unencodable', `Cannot keep record ${seq} of "${this.#writer.id}"`),
      )
    }
    if (staged !== undefined) this.#staging.ahead.push(staged)
    this.#wakeMs = kind === 'end' ? Infinity : wakeMs
    this.#nextSeq = seq
    this.#underWay++
    this.#cell.flags |= committing
    return promise
  }

  #wakeMsAfter(staged: Staged | undefined): number {
    // Nothing changes when the actor has to be awake, unless it is not known.
    if (staged === undefined && !Number.isNaN(this.#wakeMs)) return this.#wakeMs
    return this.#staging.wakeMsAfter(staged)
  }

  /** Whoever does not await it hears of its fault as that of the handler. */
  #refusal(fault: Fault): Promise<void> {
    const refused = Promise.reject(this.#heard(fault))
    refused.catch(ignore)
    return refused
  }

  /** Ends come in the order of the calls. @returns why it is not kept and applied */
  #ended(appended: Appended, failure: Fault | undefined): Fault | undefined {
    if (appended.staged !== undefined) this.#staging.ended(failure !== undefined)
    this.#done(appended, failure)
    const why = failure ?? this.#spoilt
    return why === undefined ? undefined : this.#heard(why)
  }

  /** With the handler over, nobody else hears of it. */
  #heard(fault: Fault): Fault {
    if (this.#cell.definition.keepsState) this.#lostState ??= fault
    if (this.#isSettling) this.#unheard ??= fault
    return fault
  }

  #done({ seq, kind, commit, staged }: Appended, fault: Fault | undefined): void {
    this.#underWay--
    if (this.#isOver) return
    if (fault !== undefined) {
      // What is written of it is not known to be so.
      this.#wakeMs = Number.NaN
      // Numbers are given in order: a conflict that no refusal explains says that the records are not those of this life.
      const isOthers = fault.code === 'journal-conflict' && this.#refused === undefined
      if (fault.outcome === 'unknown' || fault.code === 'journal-fenced' || isOthers) this.#spoilt ??= fault
      else this.#refused ??= fault
      return
    }
    // What follows something that cannot be applied would be applied to the wrong state.
    if (this.#spoilt !== undefined) return
    if (kind === 'end') {
      this.duties.clear()
      // The state still has what is forgotten: this life writes none down.
      this.#snapshotSeq = Infinity
    }
    this.#apply(seq, kind === 'commit' ? commit.events : undefined, staged)
    if (this.seq - this.#snapshotSeq >= this.#cell.definition.snapshotEvery) this.snapshot()
  }

  #apply(seq: number, events: readonly JournalEvent[] | undefined, staged: Staged | undefined): void {
    const cell = this.#cell
    const { host } = cell
    host.hooks++
    try {
      for (const event of events ?? noEvents) cell.state = appliedTo(cell.state, this.#of, seq, event)
    } catch (error) {
      this.#spoilt = Fault.wrap(error, 'event-failed', `Cannot apply record ${seq} to "${this.#writer.id}"`)
      return
    } finally {
      host.hooks--
    }
    this.seq = seq
    if (staged === undefined) return
    this.duties.apply(staged)
    if (staged.sent !== undefined || staged.arrived !== undefined) this.letters.applied(staged)
    if (staged.timers !== undefined) this.beats.arm()
  }

  #drained(): void {
    if (this.#underWay > 0) return
    this.#refused = undefined
    this.#nextSeq = this.seq
    if (this.#waiting.length === 0) this.#calm()
    else for (const run of this.#waiting.splice(0)) run()
    if (this.#spoilt !== undefined && !this.#isOver) this.#failIfIdle(this.#spoilt)
  }

  #calm(): void {
    const isStill = this.#underWay === 0 && this.#staging.isEmpty
    if (!isStill || this.#spoilt !== undefined || this.isHeld) return
    const cell = this.#cell
    cell.flags &= ~committing
    if ((cell.flags & restless) !== 0) cell.host.pauses?.stirred(cell)
  }

  /** Nobody waits for what has gone wrong: the life ends all the same. */
  #failIfIdle(fault: Fault): void {
    const cell = this.#cell
    if (cell.isBusy || (cell.flags & (down | halting | ended)) !== 0) return
    cell.rare.lastFault = fault
    cell.host.events.emit('failed', cell, fault)
    cell.flags |= down
    cell.host.supervision.failed(cell, fault, 'restart')
  }

  #snapshotFailed(error: unknown): void {
    const fault = Fault.wrap(error, 'snapshot-failed', `Cannot write a snapshot of "${this.#writer.id}"`)
    this.#cell.host.events.emit('snapshot-failed', this.#cell, fault)
  }
}

const noEvents: readonly JournalEvent[] = Object.freeze([])

function ignore(): void {}
