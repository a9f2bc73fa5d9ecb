// A journal reader: goes through the records of a journal page by page, as fast as whoever asks for the next page, and waits at its end.
import { invariant } from '../../runtime/invariant.ts'
import type { Clock } from '../../runtime/clock.ts'
import type { FeedPage, Journal } from '../../runtime/journal.ts'

/** Records that are read ahead of whoever handles them. */
export const projectionReadAheadMax = 256
/** Bytes of bodies that a page should hold; the next one has fewer records if there were more. */
export const pageBytesMax = 4_194_304
/** Records of the first page, before it is known how large they are. */
const pageRecordsFirst = 16

export interface ReaderOptions {
  readonly from: number
  /** Where it ends; undefined for never. */
  readonly until?: number | undefined
  readonly tags?: readonly string[] | undefined
}

/** What a reader reads from, and what gives others their turn. */
export interface ReaderGround {
  readonly journal: Journal
  readonly clock: Clock
}

/** For one caller, who asks for a page when done with the one before: no more than one is ever held. */
export class JournalReader {
  readonly #ground: ReaderGround
  readonly #until: number | undefined
  readonly #tags: readonly string[] | undefined
  #next: number
  #countMax = pageRecordsFirst
  #isClosed = false
  #isWoken = false
  #endWait: () => void = () => {}

  constructor(ground: ReaderGround, { from, until, tags }: ReaderOptions) {
    this.#ground = ground
    this.#next = from
    this.#until = until
    this.#tags = tags
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  /**
   * Reads the next records; waits for some at the end of the journal.
   * @returns a page, which may be empty; undefined at the end, and once closed
   * @throws {Fault} `journal-failed` `journal-closed`
   */
  async page(): Promise<FeedPage | undefined> {
    while (!this.#isClosed) {
      if (this.#isWoken) return this.#emptyPage()
      if (this.#until !== undefined && this.#next >= this.#until) return undefined
      if (this.#next < this.#ground.journal.tip) return await this.#read()
      await this.#wait()
    }
    return undefined
  }

  /** Ends a wait with an empty page, now or the next. */
  wake(): void {
    this.#isWoken = true
    this.#endWait()
  }

  /** There are no more pages. */
  close(): void {
    this.#isClosed = true
    this.#endWait()
  }

  async #read(): Promise<FeedPage | undefined> {
    const { journal, clock } = this.#ground
    // A journal may answer without I/O: others have their turn between two pages all the same.
    await new Promise<void>((resolve) => clock.later(resolve))
    if (this.#isClosed) return undefined
    const from = this.#next
    const page = await journal.feed(from, { countMax: this.#countMax, tags: this.#tags })
    invariant(page.next > from, 'A journal was read without coming on')
    this.#fit(page)
    const end = Math.min(page.next, this.#until ?? Infinity)
    this.#next = end
    return { records: page.records.filter(({ position }) => position >= from && position < end), next: end }
  }

  #fit({ records }: FeedPage): void {
    const bytes = records.reduce((sum, { body }) => sum + body.byteLength, 0)
    if (bytes > pageBytesMax) this.#countMax = Math.max(1, this.#countMax >> 1)
    else if (bytes * 2 <= pageBytesMax) this.#countMax = Math.min(projectionReadAheadMax, this.#countMax * 2)
  }

  #emptyPage(): FeedPage {
    this.#isWoken = false
    return { records: [], next: this.#next }
  }

  /** Called in the turn in which there was nothing to read, so that nothing can come between. */
  #wait(): Promise<void> {
    const { journal } = this.#ground
    return new Promise((resolve) => {
      const unlisten = journal.onTip(() => this.#endWait())
      this.#endWait = () => {
        this.#endWait = () => {}
        unlisten()
        resolve()
      }
    })
  }
}
