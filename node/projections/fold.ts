// A fold: the state of a projection with how far it has come, one event after the other; what a handler has half done is undone.
import { eventsOf, upcasted } from './recorded-event.ts'
import { isThenable, whenSettled } from '../../runtime/thenable.ts'
import { JournalReader } from './journal-reader.ts'
import type { AnyProjectionSpec } from './projection-spec.ts'
import type { Fault } from '../../runtime/fault.ts'
import type { JournalRecord } from '../../runtime/journal.ts'
import type { Progress, ProjectionRecord, RecordGround } from './projection-record.ts'
import type { RecordedEvent, Upcast } from './recorded-event.ts'
import type { Sieve } from './event-filter.ts'

export interface FoldOptions {
  readonly ground: RecordGround
  readonly record: ProjectionRecord
  readonly handlers: AnyProjectionSpec['on']
  readonly sieve: Sieve
  readonly upcast: Upcast | undefined
}

/** For one caller, who waits for the end of each call. */
export class Fold {
  readonly #options: FoldOptions
  #now: { -readonly [K in keyof Progress]: Progress[K] }
  /** Where `undo` begins: the state is changed in place, and to copy it for each event would cost as much as it is large. */
  #checkpoint: Uint8Array
  #giveUp: (fault: Fault) => void = () => {}

  constructor(options: FoldOptions, progress: Progress) {
    this.#options = options
    this.#now = { ...progress }
    this.#checkpoint = options.record.pack(progress)
  }

  get progress(): Progress {
    return this.#now
  }

  /** What is to be written down. */
  pack(): Uint8Array {
    return this.#options.record.pack(this.#now)
  }

  /** `undo` goes back to this, which was packed with no event since. */
  keep(packed: Uint8Array): void {
    this.#checkpoint = packed
  }

  /** The events of a record that are not applied yet. @throws {Fault} `frame-malformed` */
  left(record: JournalRecord): RecordedEvent[] {
    const { ground, sieve } = this.#options
    if (record.position < this.#now.next || !sieve.takes(record)) return []
    const done = record.position === this.#now.next ? this.#now.index : 0
    return eventsOf(record, ground.codec).filter(({ index }) => index >= done)
  }

  /** Applies an event, if there is a handler for it. What it throws may have changed the state: `undo` it. */
  async apply(event: RecordedEvent): Promise<boolean> {
    const isMeant = await this.#handle(event)
    if (isMeant) this.#now.applied++
    this.#passEvent(event)
    return isMeant
  }

  /** Leaves an event out whose handler has thrown, once that is undone. */
  skip(event: RecordedEvent): void {
    this.#now.skipped++
    this.#passEvent(event)
    this.#checkpoint = this.pack()
  }

  /** All records before `next` are done with. */
  pass(next: number): void {
    if (next <= this.#now.next) return
    this.#now.next = next
    this.#now.index = 0
  }

  /**
   * Makes the state again as it was before the event that was tried last: from the checkpoint on, all handlers are called again.
   * @throws what a handler throws that did not throw before; the fold is then where the checkpoint is
   */
  async undo(): Promise<void> {
    const { next, index, skipped } = this.#now
    this.back()
    try {
      await this.#replay(
        index > 0 ? next + 1 : next,
        (event) => event.position === next && event.index >= index,
      )
    } catch (error) {
      this.back()
      throw error
    }
    this.#now = { ...this.#now, next, index, skipped }
  }

  /** Goes back to the checkpoint. */
  back(): void {
    this.#now = { ...this.#options.record.unpack(this.#checkpoint) }
  }

  /** Ends the wait for a handler that does not end; its `apply` throws the fault. */
  giveUp(fault: Fault): void {
    this.#giveUp(fault)
  }

  async #replay(until: number, isBeyond: (event: RecordedEvent) => boolean): Promise<void> {
    const { ground, sieve } = this.#options
    const reader = new JournalReader(ground, { from: this.#now.next, until, tags: sieve.tags })
    for (let page = await reader.page(); page !== undefined; page = await reader.page())
      for (const event of page.records.flatMap((record) => this.left(record)))
        if (!isBeyond(event)) await this.apply(event)
  }

  async #handle(event: RecordedEvent): Promise<boolean> {
    const { handlers, upcast } = this.#options
    const now = upcasted(event, upcast)
    if (now === undefined || !Object.hasOwn(handlers, now.event)) return false
    const result = handlers[now.event]?.(this.#now.state, now)
    if (isThenable(result)) await this.#ended(result)
    return true
  }

  #ended(result: PromiseLike<unknown>): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#giveUp = reject
      whenSettled(result, () => resolve(), reject)
    })
  }

  #passEvent({ position, index }: RecordedEvent): void {
    this.#now.next = position
    this.#now.index = index + 1
  }
}
