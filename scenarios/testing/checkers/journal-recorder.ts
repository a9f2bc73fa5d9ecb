// A journal recorder: a journal in front of another one, which writes the story of what is asked of it.
import { crc32 } from 'node:zlib'
import type {
  Append,
  Claim,
  FeedOptions,
  FeedPage,
  Journal,
  JournalHead,
  JournalRecord,
} from '../../../runtime/journal.ts'
import type { Fault } from '../../../runtime/fault.ts'
import type { JournalEvent, JournalStory, StoryRecord } from './journal-story.ts'

export class JournalRecorder implements Journal {
  readonly #journal: Journal
  readonly #story: JournalEvent[]
  #number = 0

  /** @param before the story so far, where the journal was opened again */
  constructor(journal: Journal, before: JournalStory = []) {
    this.#journal = journal
    this.#story = [...before]
    this.#number = before.length
  }

  get story(): JournalStory {
    return this.#story
  }

  get tip(): number {
    return this.#journal.tip
  }

  async recover(
    id: string,
    epoch: number | undefined,
    take: (records: readonly JournalRecord[]) => void,
  ): Promise<Claim> {
    const claim = ++this.#number
    this.#story.push({ type: 'claiming', claim, id })
    const records: StoryRecord[] = []
    const claimed = await this.#journal.recover(id, epoch, (page) => {
      records.push(...page.map(recordOf))
      take(page)
    })
    this.#story.push({ type: 'claimed', claim, id, ...claimed, records })
    return claimed
  }

  append(append: Append, done: (fault: Fault | undefined) => void): void {
    const attempt = ++this.#number
    this.#story.push({ type: 'attempted', attempt, id: append.id, ...recordOf(append) })
    this.#journal.append(append, (fault) => {
      const how = fault === undefined ? 'safe' : fault.outcome === 'known' ? 'refused' : 'unknown'
      this.#story.push({ type: 'answered', attempt, how })
      done(fault)
    })
  }

  release(id: string, epoch: number): void {
    this.#journal.release(id, epoch)
  }

  read(id: string, fromSeq: number, countMax: number): Promise<readonly JournalRecord[]> {
    return this.#journal.read(id, fromSeq, countMax)
  }

  feed(from: number, options: FeedOptions): Promise<FeedPage> {
    return this.#journal.feed(from, options)
  }

  onTip(listener: () => void): () => void {
    return this.#journal.onTip(listener)
  }

  heads(after: string | undefined, countMax: number): Promise<readonly JournalHead[]> {
    return this.#journal.heads(after, countMax)
  }

  wakes(
    untilMs: number,
    countMax: number,
  ): Promise<readonly { readonly id: string; readonly wakeMs: number }[]> {
    return this.#journal.wakes(untilMs, countMax)
  }

  close(): Promise<void> {
    return this.#journal.close()
  }
}

function recordOf({ seq, epoch, kind, body }: Omit<StoryRecord, 'mark'> & { body: Uint8Array }): StoryRecord {
  return { seq, epoch, kind, mark: `${body.byteLength}:${crc32(body)}` }
}
