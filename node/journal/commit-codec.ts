// A commit codec: makes bytes of what one record of an actor's journal says, and a commit of bytes that anybody may have written.
import { commitOf } from './commit-shape.ts'
import { Decoder } from '../../transports/codec/decoder.ts'
import { Encoder } from '../../transports/codec/encoder.ts'
import { Fault } from '../../runtime/fault.ts'
import { recordBytesMax } from '../../runtime/journal.ts'
import { describeThrown } from '../../runtime/thrown.ts'
import type { Commit, CommitCodec, JournalEvent, Letter, TimerChange } from '../../runtime/commit.ts'

/**
 * A body is a list of the commit's fields, in the order of their declaration, as far as there are any; what is in them are lists, too: no
 * name of a field is written. A field that is missing is null. Each body stands for itself, so that it can be read without those before it.
 */
export class BodyCodec implements CommitCodec {
  readonly #encoder: Encoder = new Encoder({ isStateless: true, isWhole: true })
  readonly #decoder: Decoder

  /** @param refAt makes a ref of a path */
  constructor(refAt: (path: string) => unknown) {
    this.#decoder = new Decoder({ isStateless: true, refAt })
  }

  encode(commit: Commit, attempt: string): Uint8Array {
    const row = this.#row(commit, attempt)
    const { bytes } = this.#encoder.encode(row, row.length)
    if (bytes.byteLength > recordBytesMax) throw tooLarge(bytes.byteLength, attempt)
    return bytes
  }

  decode(body: Uint8Array): Commit {
    const row = this.#decoder.decode(body, [])
    try {
      return commitOf(row)
    } catch (error) {
      const { message } = describeThrown(error)
      throw new Fault('frame-malformed', `Cannot read a commit of ${body.byteLength} bytes: ${message}`, {
        hint: 'Verify the journal: what wrote this is broken, hostile, or of another version.',
        cause: error,
      })
    }
  }

  #row(commit: Commit, attempt: string): unknown[] {
    const { events, state, timers, sender, sent, arrived, handled, replies } = commit
    const row: unknown[] = events === undefined ? [] : [this.#events(events, attempt)]
    if (state !== undefined) row[1] = [state.version, this.#admit(state.data, attempt)]
    if (timers !== undefined) row[2] = timers.map((timer) => this.#all(timerRow(timer), attempt))
    if (sender !== undefined) row[3] = this.#admit(sender, attempt)
    if (sent !== undefined) row[4] = sent.map((letter) => this.#all(letterRow(letter), attempt))
    if (arrived !== undefined) row[5] = this.#admit(arrived, attempt)
    if (handled !== undefined) row[6] = this.#admit(handled, attempt)
    if (replies !== undefined) row[7] = replies.map((reply) => this.#all(reply, attempt))
    for (let index = 0; index < row.length; index++) row[index] ??= null
    return row
  }

  /** Nearly all that is persisted is plain: then the list is taken as it is. */
  #events(events: readonly JournalEvent[], attempt: string): readonly unknown[] {
    // By index: this is done for each commit, and iterators would cost as much as all the rest.
    for (let index = 0; index < events.length; index++) {
      const event = events[index] as JournalEvent
      const isPlain = this.#isPlain(event[0], attempt) && this.#isPlain(event[1], attempt)
      if (!isPlain) return events.map((one) => this.#all(one, attempt))
    }
    return events
  }

  #isPlain(value: unknown, attempt: string): boolean {
    return this.#encoder.admit(value, attempt) === value
  }

  #all(parts: readonly unknown[], attempt: string): unknown[] {
    return parts.map((part) => this.#admit(part, attempt))
  }

  /** Each payload by itself: it may be as deep as one that is told. */
  #admit(payload: unknown, attempt: string): unknown {
    return this.#encoder.admit(payload, attempt)
  }
}

function timerRow(timer: TimerChange): unknown[] {
  if (timer.name === undefined) return [timer.key]
  const { key, name, payload, dueMs, periodMs, catchUp } = timer
  return [key, name, payload, dueMs, periodMs ?? null, catchUp]
}

function letterRow({ to, number, name, payload }: Letter): unknown[] {
  return [to, number, name, payload]
}

function tooLarge(bytes: number, attempt: string): Fault {
  return new Fault(
    'payload-too-large',
    `Cannot ${attempt}: it takes ${bytes} bytes, a record has at most ${recordBytesMax}`,
    {
      hint: 'Persist less at once, keep less in the state, or keep large data elsewhere and its place here.',
      details: { bytes, recordBytesMax },
    },
  )
}
