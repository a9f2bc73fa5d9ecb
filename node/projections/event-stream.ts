// An event stream: the events of a journal in their order, for whoever iterates, as fast as that is.
import { eventsOf, upcasted, upcastOf } from './recorded-event.ts'
import { isTruncated, positionOf } from './position.ts'
import { JournalReader } from './journal-reader.ts'
import { sieveOf } from './event-filter.ts'
import type { CancelSignal } from '../../runtime/cancel-signal.ts'
import type { CommitCodec } from '../../runtime/commit.ts'
import type { FeedPage } from '../../runtime/journal.ts'
import type { EventFilter, Sieve } from './event-filter.ts'
import type { From } from './position.ts'
import type { ReaderGround } from './journal-reader.ts'
import type { RecordedEvent, Upcast } from './recorded-event.ts'

/** What is read, and from where on. */
export interface EventOptions extends EventFilter {
  /** Default `start`. */
  readonly from?: From | undefined
  /** Whether it waits for what comes next instead of ending where the journal ended when the reading began. Default false. */
  readonly live?: boolean | undefined
  /** Ends it, without a fault. */
  readonly signal?: CancelSignal | undefined
  /** Is given every event; without it, old ones go through that of the definition. */
  readonly upcast?: Upcast | undefined
}

/** What a stream reads from. */
export interface StreamGround extends ReaderGround {
  readonly codec: CommitCodec
  /** Counts a reader that begins and returns how it says that it has ended. @throws {Fault} when there are too many */
  enter(reader: JournalReader): () => void
}

/** Each iteration begins anew, and reads when it is asked for the next event: a slow reader slows only itself. */
export class EventStream implements AsyncIterable<RecordedEvent> {
  readonly #ground: StreamGround
  readonly #options: EventOptions
  readonly #sieve: Sieve
  readonly #upcast: Upcast | undefined
  readonly #from: number
  #isTruncated: boolean | undefined = undefined

  /** @throws {Fault} `position-invalid` `filter-invalid` */
  constructor(ground: StreamGround, options: EventOptions) {
    this.#ground = ground
    this.#options = options
    this.#sieve = sieveOf(options, 'read events')
    this.#upcast = options.upcast ?? upcastOf(options.definition)
    this.#from = positionOf(options.from ?? 'start', ground.journal.tip, 'read events')
  }

  /** Whether the journal does not go back as far any more as to where this begins: known from the first event on, undefined before. */
  get truncated(): boolean | undefined {
    return this.#isTruncated
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<RecordedEvent, void, void> {
    const { journal } = this.#ground
    const { signal, live = false } = this.#options
    const until = live ? undefined : journal.tip
    const reader = new JournalReader(this.#ground, { from: this.#from, until, tags: this.#sieve.tags })
    const leave = this.#ground.enter(reader)
    const close = (): void => reader.close()
    signal?.addEventListener('abort', close, { once: true })
    if (signal?.aborted === true) close()
    try {
      this.#isTruncated = await isTruncated(journal, this.#from)
      yield* this.#events(reader)
    } finally {
      signal?.removeEventListener('abort', close)
      reader.close()
      leave()
    }
  }
  async *#events(reader: JournalReader): AsyncGenerator<RecordedEvent, void, void> {
    for (let page = await reader.page(); page !== undefined; page = await reader.page())
      for (const event of this.#eventsOf(page)) {
        if (reader.isClosed) return
        yield event
      }
  }

  *#eventsOf({ records }: FeedPage): Generator<RecordedEvent, void, void> {
    for (const record of records) {
      if (!this.#sieve.takes(record)) continue
      for (const event of eventsOf(record, this.#ground.codec)) {
        const now = upcasted(event, this.#upcast)
        if (now !== undefined) yield now
      }
    }
  }
}
