// journal show: tells what the records of one actor say.
import { Fault } from '../../runtime/fault.ts'
import { escapeText } from '../../runtime/escape.ts'
import { archiveOf } from './archive-of.ts'
import { dateText } from './date-text.ts'
import { count, option, path } from './parameter.ts'
import { recordsOf } from '../journal/records-of.ts'
import { saidBy } from './said.ts'
import { inMain } from './where.ts'
import type { JournalRecord, RecordKind } from '../../runtime/journal.ts'
import type { CommitCodec } from '../../runtime/commit.ts'
import type { Archive } from '../journal/archive.ts'
import type { NumberBounds } from './parameter.ts'
import type { Said } from './said.ts'
import type { StreamingVerb, VerbContext } from './verb.ts'

/** Numbers of records. */
export const seqBounds: NumberBounds = { min: 1, max: Number.MAX_SAFE_INTEGER }

export interface JournalShowInput {
  readonly actor: string
  readonly from: number | undefined
  readonly to: number | undefined
  readonly limit: number | undefined
}

/** One record. */
export interface ShownRecord {
  readonly seq: number
  readonly at: string
  readonly kind: RecordKind
  readonly epoch: number
  /** Its place in the whole journal. */
  readonly position: number
  readonly tags: readonly string[]
  readonly bytes: number
  readonly says: readonly Said[]
}

export const journalShow: StreamingVerb<JournalShowInput, ShownRecord> = {
  name: 'journal show',
  summary: 'Tells what the records of an actor say: events, states, timers, letters and replies.',
  details: 'Large payloads are cut where they are marked $cut; "journal export" has them whole.',
  risk: 'low',
  role: 'view',
  answers: 'stream',
  parameters: {
    actor: path('whose records'),
    from: option(count('begins with this number', seqBounds)),
    to: option(count('ends with this number', seqBounds)),
    limit: option(count('ends after so many', { min: 1, max: 1_000_000 })),
  },
  examples: ['journal show bank/ada', 'journal show bank/ada --from 100 --limit 20'],
  where: () => inMain,
  subject: ({ actor }) => actor,
  run: (ground, input, context) =>
    showRecords(archiveOf(ground, `show the records of "${escapeText(input.actor, 120)}"`), input, context),
}

/** The same on any journal. @throws {Fault} `record-unknown` */
export async function* showRecords(
  archive: Archive,
  { actor, from = 1, to = Infinity, limit = Infinity }: JournalShowInput,
  { signal }: Pick<VerbContext, 'signal'>,
): AsyncGenerator<ShownRecord, void, void> {
  let shown = 0
  for await (const record of recordsOf(archive.journal, actor, from)) {
    if (shown === limit || record.seq > to || signal.aborted) return
    yield shownOf(record, archive.codec)
    shown++
  }
  if (shown === 0) throw await recordUnknown(archive, actor, from)
}

/** The fault for records that are not there. */
export async function recordUnknown(
  { journal }: Pick<Archive, 'journal'>,
  id: string,
  from: number,
): Promise<Fault> {
  const shown = escapeText(id, 120)
  const [first] = await journal.read(id, 1, 1)
  if (first === undefined) {
    return new Fault('record-unknown', `Cannot read the records of "${shown}": the journal has none`, {
      hint: 'See who has some with "journal ls".',
    })
  }
  return new Fault(
    'record-unknown',
    `Cannot read the records of "${shown}" from ${from} on: there are fewer`,
    {
      hint: 'See how many there are with "journal ls".',
    },
  )
}

function shownOf(record: JournalRecord, codec: CommitCodec): ShownRecord {
  const { seq, atMs, kind, epoch, position, tags, body } = record
  return {
    seq,
    at: dateText(atMs),
    kind,
    epoch,
    position,
    tags,
    bytes: body.byteLength,
    says: body.byteLength === 0 ? [] : saidIn(body, codec),
  }
}

function saidIn(body: Uint8Array, codec: CommitCodec): Said[] {
  try {
    return saidBy(codec.decode(body))
  } catch (error) {
    if (Fault.is(error)) return [{ what: 'unreadable', reason: error.message }]
    throw error
  }
}
