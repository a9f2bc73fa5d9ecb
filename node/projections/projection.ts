// A projection: a read model that follows the journal, one event after the other, and goes on where it was after a restart.
import { checkPosition } from './position.ts'
import { describeThrown } from '../../runtime/thrown.ts'
import { Fault } from '../../runtime/fault.ts'
import { JournalReader } from './journal-reader.ts'
import { PositionWaits } from './position-waits.ts'
import { saveEventsDefault, saveMsDefault } from './projection-spec.ts'
import type { Alarm } from '../../runtime/clock.ts'
import type { AnyProjectionSpec } from './projection-spec.ts'
import type { Fold, FoldOptions } from './fold.ts'
import type { JournalRecord } from '../../runtime/journal.ts'
import type { ProjectionRecord, RecordGround } from './projection-record.ts'
import type { RecordedEvent } from './recorded-event.ts'

/** Events that are handled between two turns of the event loop. */
export const turnEventsMax = 256
/** Positions that may be passed over before that is written down, though none of their events was applied. */
export const passedMax = 10_000
/** How long `stop` waits for a handler, in milliseconds. */
export const stopMsMax = 5_000

export type ProjectionStatus = 'running' | 'failed' | 'stopped'

/** Made by `node.project`. */
export class Projection<S = unknown> implements AsyncDisposable {
  readonly name: string
  /** Resolves when it has ended, with the fault that ended it or undefined. */
  readonly ended: Promise<Fault | undefined>
  /** Whether the journal did not go back as far any more as to where this has begun. */
  readonly truncated: boolean
  readonly #ground: RecordGround
  readonly #spec: AnyProjectionSpec
  readonly #record: ProjectionRecord
  readonly #fold: Fold
  readonly #reader: JournalReader
  readonly #waits = new PositionWaits()
  #status: ProjectionStatus = 'running'
  #fault: Fault | undefined = undefined
  #lastSkipped: Fault | undefined = undefined
  #unsaved = 0
  #savedNext: number
  #isSaveDue = false
  #saveAlarm: Alarm | undefined = undefined
  #eventsOfTurn = 0
  #isGivenUp = false

  /** Begins at once; `beginProjection` has claimed the record. */
  constructor(options: FoldOptions, spec: AnyProjectionSpec, begin: Beginning) {
    const { ground, record, sieve } = options
    this.name = spec.name
    this.truncated = begin.truncated
    this.#ground = ground
    this.#spec = spec
    this.#record = record
    this.#fold = begin.fold
    this.#savedNext = begin.fold.progress.next
    this.#reader = new JournalReader(ground, { from: this.#savedNext, tags: sieve.tags })
    this.ended = this.#live()
  }

  /** What the events have made so far; the projection goes on changing it, so take what is needed at once. */
  get state(): S {
    // The spec's `state` has made it.
    return this.#fold.progress.state as S
  }

  /** All records up to this position are done with; 0 at the beginning. */
  get position(): number {
    return this.#fold.progress.next - 1
  }

  /** Positions of the journal that it has not come to yet. */
  get lag(): number {
    return Math.max(0, this.#ground.journal.tip - this.#fold.progress.next)
  }

  get status(): ProjectionStatus {
    return this.#status
  }

  /** Why it has ended, or what keeps it from being written down; undefined while all is well. */
  get fault(): Fault | undefined {
    return this.#fault
  }

  /** Events that were applied since its beginning. */
  get applied(): number {
    return this.#fold.progress.applied
  }

  /** Events that were left out since its beginning because their handlers threw. */
  get skipped(): number {
    return this.#fold.progress.skipped
  }

  /** Why the last event was left out, in this life. */
  get lastSkipped(): Fault | undefined {
    return this.#lastSkipped
  }

  /**
   * Waits until all records up to a position are applied; they need not be written down yet.
   * @param position default: that of the last record of the journal now
   * @throws {Fault} `position-invalid` `projection-waits-full` `projection-stopped` and what the projection ends with
   */
  async reached(position: number = this.#ground.journal.tip - 1): Promise<void> {
    if (position !== 0) checkPosition(position, `wait for the projection "${this.name}"`)
    if (position <= this.position) return
    if (this.#status !== 'running') throw this.#fault ?? stopped(this.name)
    await this.#waits.until(position, this.name)
  }

  /** Ends it once the handler that runs has ended, and writes it down. Never throws: `fault` says if something went wrong. */
  async stop(): Promise<void> {
    const { clock } = this.#ground
    this.#reader.close()
    const alarm = clock.alarm(clock.now() + stopMsMax, () => {
      this.#isGivenUp = true
      this.#fold.giveUp(stuck(this.name))
    })
    await this.ended
    alarm.cancel()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }

  async #live(): Promise<Fault | undefined> {
    const attempt = `Cannot go on with the projection "${this.name}"`
    try {
      await this.#run()
      if (this.#isBehind()) await this.#save()
      this.#status = 'stopped'
    } catch (error) {
      this.#fault = Fault.wrap(error, 'projection-failed', attempt)
      this.#status = 'failed'
    }
    this.#saveAlarm?.cancel()
    this.#reader.close()
    this.#record.release()
    this.#waits.end(this.#fault ?? stopped(this.name))
    return this.#fault
  }

  async #run(): Promise<void> {
    for (let page = await this.#reader.page(); page !== undefined; page = await this.#reader.page()) {
      for (const record of page.records) {
        if (this.#reader.isClosed) return
        await this.#take(record)
      }
      if (this.#reader.isClosed) return
      this.#pass(page.next)
      await this.#saveIfDue()
    }
  }

  async #take(record: JournalRecord): Promise<void> {
    for (const event of await this.#eventsOf(record)) {
      if (this.#reader.isClosed) return
      await this.#apply(event)
      await this.#saveIfDue()
      if (++this.#eventsOfTurn >= turnEventsMax) await this.#turn()
    }
    this.#pass(record.position + 1)
  }

  #pass(next: number): void {
    this.#fold.pass(next)
    this.#waits.passed(this.#fold.progress.next)
  }

  async #eventsOf(record: JournalRecord): Promise<RecordedEvent[]> {
    try {
      return this.#fold.left(record)
    } catch (error) {
      const { position, id, seq, atMs, tags } = record
      const event = { position, index: 0, actor: id, seq, atMs, event: '(unreadable)', version: 0, tags }
      await this.#failed({ ...event, payload: undefined }, error)
      return []
    }
  }

  async #apply(event: RecordedEvent): Promise<void> {
    try {
      if (await this.#fold.apply(event)) this.#changed()
    } catch (error) {
      if (this.#isGivenUp) {
        this.#fold.back()
        throw error
      }
      await this.#undo(event)
      await this.#failed(event, error)
    }
  }

  async #undo(event: RecordedEvent): Promise<void> {
    try {
      await this.#fold.undo()
    } catch (error) {
      throw failed(this.name, event, error)
    }
  }

  /** The state is as it was before the event. */
  async #failed(event: RecordedEvent, error: unknown): Promise<void> {
    const fault = failed(this.name, event, error)
    if (this.#spec.onError !== 'skip') {
      await this.#save()
      throw fault
    }
    this.#lastSkipped = fault
    this.#fold.skip(event)
    this.#changed()
  }

  #changed(): void {
    const { clock } = this.#ground
    const { saveMs = saveMsDefault } = this.#spec
    this.#unsaved++
    this.#saveAlarm ??= clock.alarm(clock.now() + saveMs, () => {
      this.#isSaveDue = true
      this.#reader.wake()
    })
  }

  async #saveIfDue(): Promise<void> {
    const { saveEvents = saveEventsDefault } = this.#spec
    const isFar = this.#fold.progress.next - this.#savedNext >= passedMax
    if (this.#isSaveDue || this.#unsaved >= saveEvents || isFar) await this.#save()
  }

  /** Its own records move the journal on: what was passed over alone is no reason to write another. */
  #isBehind(): boolean {
    return this.#unsaved > 0
  }

  async #save(): Promise<void> {
    const packed = this.#fold.pack()
    const { next } = this.#fold.progress
    this.#saveAlarm?.cancel()
    this.#saveAlarm = undefined
    this.#isSaveDue = false
    this.#unsaved = 0
    this.#savedNext = next
    try {
      await this.#record.write(packed)
    } catch (fault) {
      this.#fault = Fault.wrap(fault, 'projection-failed', `Cannot save the projection "${this.name}"`)
      if (!isPassing(this.#fault)) throw this.#fault
      this.#changed()
      return
    }
    this.#fault = undefined
    this.#fold.keep(packed)
  }

  #turn(): Promise<void> {
    this.#eventsOfTurn = 0
    return new Promise((resolve) => this.#ground.clock.later(resolve))
  }
}

/** Where a projection begins. */
export interface Beginning {
  readonly fold: Fold
  readonly truncated: boolean
}

/** Whether another try may help, with nothing written meanwhile. */
function isPassing({ code }: Fault): boolean {
  return code === 'journal-full' || code === 'journal-busy'
}

function failed(name: string, event: RecordedEvent, error: unknown): Fault {
  const { position, index, actor } = event
  const thrown = describeThrown(error)
  return new Fault(
    'projection-failed',
    `Cannot go on with the projection "${name}": at "${event.event}" of "${actor}", position ${position}, it threw ${thrown.name}: ${thrown.message}`,
    {
      hint: 'Mend the handler and start the projection again: it goes on with this event.',
      cause: error,
      details: { projection: name, position, index, actor, event: event.event },
    },
  )
}

function stopped(name: string): Fault {
  return new Fault('projection-stopped', `Cannot wait for the projection "${name}": it has been stopped`, {
    hint: 'Start it again with node.project: it goes on where it was.',
  })
}

function stuck(name: string): Fault {
  return new Fault(
    'projection-stopped',
    `Cannot save the projection "${name}": a handler has not ended ${stopMsMax} ms after stop`,
    {
      hint: 'Let handlers end; the events since it was written down last are applied again.',
      outcome: 'known',
    },
  )
}
