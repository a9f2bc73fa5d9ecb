// The property of a journal: whatever is asked of it, it comes to what its model comes to, and its checkers are content.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { appendOf, drain, keep, textOf, Writer } from './journal-writer.ts'
import { checkAcked } from '../../scenarios/testing/checkers/check-acked.ts'
import { checkFence } from '../../scenarios/testing/checkers/check-fence.ts'
import { checkPrefix } from '../../scenarios/testing/checkers/check-prefix.ts'
import { JournalModel } from './journal-model.ts'
import { JournalRecorder } from '../../scenarios/testing/checkers/journal-recorder.ts'
import type { Append, Journal, RecordKind } from '../../runtime/journal.ts'
import type { OpenJournal } from './journal-given.ts'

const ids = ['a', 'b', 'a/b'] as const

type Step =
  | { readonly does: 'claim' | 'release' | 'reopen' | 'settle'; readonly who: number }
  | {
      readonly does: 'append'
      readonly who: number
      readonly kind: RecordKind
      /** How far the epoch and the number are from the right ones. */
      readonly stale: number
      readonly off: number
      readonly keepBack: number | undefined
      readonly wakeMs: number | undefined
      readonly size: number
    }

const who = fc.nat(ids.length - 1)
const steps: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      does: fc.constant('append' as const),
      who,
      kind: fc.constantFrom<RecordKind[]>('commit', 'commit', 'commit', 'commit', 'snapshot', 'whole', 'end'),
      stale: fc.constantFrom(0, 0, 0, 0, 0, 0, 1, -1),
      off: fc.constantFrom(0, 0, 0, 0, 0, 0, 1, -1),
      keepBack: fc.option(fc.nat(3), { nil: undefined }),
      wakeMs: fc.option(fc.constantFrom(0, 5, 10, Infinity), { nil: undefined }),
      size: fc.constantFrom(0, 10, 100, 5_000),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ does: fc.constantFrom('claim', 'claim', 'settle', 'release', 'reopen'), who }),
  },
)

export function journalProperty(make: () => Promise<OpenJournal>, numRuns: number): void {
  test('a random story ends as its model says', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(steps, { minLength: 1, maxLength: 60 }), async (story) => {
        const open = await make()
        try {
          await new Run(open).all(story)
        } finally {
          await open.end()
        }
      }),
      { numRuns },
    )
  })
}

class Run {
  readonly #open: OpenJournal
  readonly #model = new JournalModel()
  #journal: JournalRecorder
  #waiting: Promise<void>[] = []
  /** Answers in the order in which they came. */
  readonly #answered: number[] = []
  #appends = 0
  /** The last epoch that was given to each. */
  readonly #epochs = new Map<string, number>()

  constructor(open: OpenJournal) {
    this.#open = open
    this.#journal = new JournalRecorder(open.journal)
  }

  async all(story: readonly Step[]): Promise<void> {
    for (const step of story) await this.#take(step)
    await this.#settle()
    await this.#compare()
    for (const id of ids) await this.#claim(id)
    const { story: seen } = this.#journal
    for (const check of [checkAcked, checkPrefix, checkFence]) {
      const verdict = check(seen)
      expect(verdict.holds, verdict.reason).not.toBe(false)
    }
  }

  async #take(step: Step): Promise<void> {
    const id = ids[step.who]!
    const actor = this.#model.at(id)
    switch (step.does) {
      case 'claim':
        return await this.#claim(id)
      case 'settle':
        return await this.#settle()
      case 'release':
        this.#journal.release(id, this.#epochs.get(id) ?? 0)
        actor.owner = undefined
        return
      case 'reopen':
        return await this.#reopen()
      case 'append':
        this.#append(step, id)
    }
  }

  #append(step: Step & { does: 'append' }, id: string): void {
    const actor = this.#model.at(id)
    const { kind, wakeMs, keepBack, size, stale, off } = step
    const seq = Math.max(0, actor.seq + (kind === 'snapshot' ? 0 : 1) + off)
    // What that would say is not laid down.
    if (kind === 'snapshot' && (actor.isEnded || seq < Math.max(1, actor.snapshotSeq, actor.firstSeq))) return
    const body = `${this.#appends} of ${id}`.padEnd(size)
    const keepFrom = keepBack === undefined ? undefined : Math.max(0, seq - keepBack)
    const append: Append = appendOf(id, (this.#epochs.get(id) ?? 0) + stale, seq, {
      kind,
      body,
      keepFrom,
      wakeMs,
    })
    const expected = actor.append(append)
    const number = this.#appends++
    this.#waiting.push(
      keep(this.#journal, append).then((fault) => {
        this.#answered.push(number)
        expect(fault?.code, `${kind} ${seq} of ${id}`).toBe(expected)
      }),
    )
  }

  async #claim(id: string): Promise<void> {
    const actor = this.#model.at(id)
    const { epoch, seq, found } = await Writer.open(this.#journal, id)
    expect(epoch).toBeGreaterThan(this.#epochs.get(id) ?? 0)
    this.#epochs.set(id, epoch)
    actor.owner = epoch
    expect(seq).toBe(actor.seq)
    expect(found.map(strip)).toEqual(actor.recovery.map(strip))
  }

  async #settle(): Promise<void> {
    await Promise.all(this.#waiting)
    this.#waiting = []
    expect(this.#answered).toEqual(this.#answered.toSorted((a, b) => a - b))
  }

  async #reopen(): Promise<void> {
    const { reopen } = this.#open
    if (reopen === undefined) return
    await this.#settle()
    await this.#journal.close()
    this.#journal = new JournalRecorder(await reopen(), this.#journal.story)
    for (const id of ids) this.#model.at(id).owner = undefined
  }

  /** What is known without a claim. */
  async #compare(): Promise<void> {
    const heads = await this.#journal.heads(undefined, 10)
    expect(heads.map(({ id }) => id)).toEqual(this.#model.ids)
    for (const { id, firstSeq, seq, snapshotSeq, isEnded, wakeMs } of heads) {
      const actor = this.#model.at(id)
      expect({ seq, snapshotSeq, isEnded, wakeMs }).toEqual({
        seq: actor.seq,
        snapshotSeq: actor.snapshotSeq,
        isEnded: actor.isEnded,
        wakeMs: actor.wakeMs,
      })
      const kept = await this.#journal.read(id, 0, 1_000)
      expect(kept[0]?.seq).toBe(firstSeq)
      const all = actor.records.map(strip)
      // What is not needed any more may be there or not, what is needed is.
      expect(all).toEqual(expect.arrayContaining(kept.map(strip)))
      expect(kept.map(strip)).toEqual(expect.arrayContaining(actor.recovery.map(strip)))
      const numbers = kept.map((record) => record.seq)
      expect(numbers).toEqual(numbers.toSorted((a, b) => a - b))
    }
    await this.#compareFeed(this.#journal)
  }

  async #compareFeed(journal: Journal): Promise<void> {
    const { records } = await drain(journal, { countMax: 7 })
    expect(records.map(({ position }) => position)).toEqual(positionsOf(records))
    for (const id of ids) {
      const own = records.filter((record) => record.id === id).map(strip)
      // What is not needed any more may be found here for longer.
      expect(own).toEqual(expect.arrayContaining((await journal.read(id, 0, 1_000)).map(strip)))
      expect(this.#model.at(id).records.map(strip)).toEqual(expect.arrayContaining(own))
    }
  }
}

function positionsOf(records: readonly { readonly position: number }[]): number[] {
  return [...new Set(records.map(({ position }) => position))].toSorted((a, b) => a - b)
}

function strip(record: { kind: RecordKind; seq: number; epoch: number; body: Uint8Array }): string {
  return `${record.kind} ${record.seq} by ${record.epoch}: ${textOf(record)}`
}
