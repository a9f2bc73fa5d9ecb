// journal ls: lists the actors that have records.
import { actorGlob } from '../projections/actor-glob.ts'
import { cancelledFault } from './within.ts'
import { archiveOf } from './archive-of.ts'
import { dateText } from './date-text.ts'
import { count, option, optional, optionOr, path, text } from './parameter.ts'
import { listedDefault, listedMax } from './scan.ts'
import { inMain } from './where.ts'
import type { Journal, JournalHead } from '../../runtime/journal.ts'
import type { Archive } from '../journal/archive.ts'
import type { MainVerb, VerbContext } from './verb.ts'

/** Actors that one listing looks at: below a second. */
export const headsLookedMax = 200_000
/** Heads that are read at once. */
const pageMax = 1_000

export interface JournalLsInput {
  readonly glob: string | undefined
  readonly after: string | undefined
  readonly limit: number
}

/** One actor of a journal. */
export interface Kept {
  readonly path: string
  /** Numbers of the first and the last record that are kept. */
  readonly firstSeq: number
  readonly seq: number
  readonly epoch: number
  /** When the last one was kept. */
  readonly at: string
  /** Number of the newest snapshot or whole record. */
  readonly snapshotSeq: number | null
  /** When it has to be awake: a date, or `now`. */
  readonly wake: string | null
  readonly isEnded: boolean
}

export interface KeptList {
  readonly actors: readonly Kept[]
  /** Where to go on with `--after`; null if that is all. */
  readonly after: string | null
}

export const journalLs: MainVerb<JournalLsInput, KeptList> = {
  name: 'journal ls',
  summary: 'Lists the actors that have records in the journal, by their paths, whether they live or not.',
  risk: 'low',
  role: 'view',
  answers: 'once',
  parameters: {
    glob: optional(text('only these: * stands for any part of a segment, ** for any segments')),
    after: option(path('begins behind this one')),
    limit: optionOr(
      count(`lines at most; default ${listedDefault}`, { min: 1, max: listedMax }),
      listedDefault,
    ),
  },
  examples: ['journal ls', `journal ls 'bank/*'`, 'journal ls --after bank/ada --limit 1000'],
  where: () => inMain,
  run: (node, input, context) => listKept(archiveOf(node, 'list the journal'), input, context),
}

/** The same on any journal. */
export async function listKept(
  { journal }: Archive,
  { glob, after, limit }: JournalLsInput,
  { signal }: VerbContext,
): Promise<KeptList> {
  const isWanted = glob === undefined ? () => true : actorGlob(glob)
  const start = (glob ?? '').split('*', 1)[0] ?? ''
  const actors: Kept[] = []
  let looked = 0
  for await (const head of headsFrom(journal, firstAfter(after, start))) {
    if (signal.aborted) throw cancelledFault()
    if (!head.id.startsWith(start) && head.id > start) break
    if (actors.length === limit) return { actors, after: actors.at(-1)?.path ?? null }
    looked++
    if (isWanted(head.id)) actors.push(keptOf(head))
    if (looked === headsLookedMax) return { actors, after: head.id }
  }
  return { actors, after: null }
}

/** Paths are of ASCII: nothing lies between a text without its last character and the text but what begins like it. */
function firstAfter(after: string | undefined, start: string): string | undefined {
  const before = start === '' ? undefined : start.slice(0, -1)
  if (before === undefined || before === '') return after
  return after === undefined || after < before ? before : after
}

async function* headsFrom(
  journal: Journal,
  after: string | undefined,
): AsyncGenerator<JournalHead, void, void> {
  for (let last = after; ;) {
    const heads = await journal.heads(last, pageMax)
    yield* heads
    if (heads.length === 0) return
    last = heads.at(-1)?.id
  }
}

function keptOf(head: JournalHead): Kept {
  const { id, firstSeq, seq, epoch, atMs, snapshotSeq, wakeMs, isEnded } = head
  return {
    path: id,
    firstSeq,
    seq,
    epoch,
    at: dateText(atMs),
    snapshotSeq: snapshotSeq === 0 ? null : snapshotSeq,
    wake: wakeMs === Infinity ? null : wakeMs === 0 ? 'now' : dateText(wakeMs),
    isEnded,
  }
}
