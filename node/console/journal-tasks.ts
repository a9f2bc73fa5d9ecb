// The tasks of `troupe journal`: what can be done to the journal in a folder while its node does not run.
import { compactJournal, journalCompact } from '../verbs/journal-compact.ts'
import { exportJournal } from '../journal/journal-export.ts'
import { file, option, text } from '../verbs/parameter.ts'
import { exportHead, importJournal } from '../journal/journal-import.ts'
import { findingText } from './finding-text.ts'
import { journalCompactView } from './journal-compact.ts'
import { journalExportSignature, journalExportView } from './journal-export.ts'
import { journalImportSignature, journalImportView } from './journal-import.ts'
import { journalLs, listKept } from '../verbs/journal-ls.ts'
import { journalLsView } from './journal-ls.ts'
import { journalShow, showRecords } from '../verbs/journal-show.ts'
import { journalShowView } from './journal-show.ts'
import { journalVerify } from '../verbs/journal-verify.ts'
import { journalVerifyView } from './journal-verify.ts'
import { noCluster } from '../journal/system-journal.ts'
import { showAnswer, StreamShowing } from './showing.ts'
import { verifyJournal } from '../journal/verification.ts'
import type { DurableDisk } from '../../runtime/disk.ts'
import type { JournalFinding } from '../journal/upkeep.ts'
import type { LogIdentity } from '../journal/log/segment-header.ts'
import type { OfflineArchive } from '../journal/offline-archive.ts'
import type { AnySignature, Signature, VerbContext } from '../verbs/verb.ts'
import type { Parameters } from '../verbs/parameter.ts'
import type { StreamView, View } from './command.ts'
import type { Outcome } from './outcome.ts'
import type { Stage } from './showing.ts'

/** An open journal, and the disk that files beside it are on. */
export interface Bench {
  readonly archive: OfflineArchive
  readonly disk: DurableDisk
}

export interface Task extends AnySignature {
  /** As it is called in a console: `journal ls`. */
  readonly command: string
  /** Whose a journal becomes that is made for it; undefined if it needs one that is there. */
  makeFor(disk: DurableDisk, input: unknown): Promise<LogIdentity> | undefined
  show(bench: Bench, input: unknown, stage: Stage): Promise<Outcome>
}

/** What each takes first. */
interface InFolder {
  readonly folder: string
}

// The makers forget the types of one task: its input has gone through `inputOf` with the parameters of its own signature.

function answer<I, D>(
  signature: Signature<I>,
  run: (bench: Bench, input: I, context: VerbContext) => Promise<D>,
  view: View<D>,
): Task {
  return {
    ...inFolder(signature),
    show: (bench, input, stage) => {
      const command = {
        name: signature.name,
        print: (data: unknown, style: Stage['style']) => view.print(data as D, style),
        isNo: (data: unknown) => view.isNo?.(data as D) ?? false,
        ...(view.counts === undefined ? {} : { counts: view.counts }),
      }
      return showAnswer({ command, run: (context) => run(bench, input as I, context) }, stage)
    },
  }
}

function stream<I, R>(
  signature: Signature<I>,
  run: (bench: Bench, input: I, context: VerbContext) => AsyncIterable<R>,
  view: StreamView<I, R>,
): Task {
  return {
    ...inFolder(signature),
    show: (bench, input, stage) => {
      const command = {
        name: signature.name,
        head: () => '',
        record: (record: unknown, style: Stage['style']) => view.record(record as R, style),
        screen: undefined,
        suit: (given: unknown) => given,
      }
      const begin = (given: unknown, context: VerbContext): AsyncIterable<R> =>
        run(bench, given as I, context)
      return new StreamShowing({ command, input, run: begin }, stage).follow()
    },
  }
}

function inFolder<I>(signature: Signature<I>): Omit<Task, 'show'> {
  const { name, examples, parameters } = signature
  const folder: Parameters<InFolder> = { folder: file('where the journal is') }
  return {
    ...signature,
    name: `troupe ${name}`,
    command: name,
    parameters: { ...folder, ...parameters },
    examples: examples.map((example) => example.replace(name, `troupe ${name} ./data`)),
    makeFor: () => undefined,
  }
}

/** Whose a journal becomes that an import makes. */
interface ImportInput {
  readonly file: string
  readonly node: string | undefined
}

const importTask: Task = {
  ...answer<ImportInput, Awaited<ReturnType<typeof importJournal>>>(
    {
      ...journalImportSignature,
      parameters: {
        ...journalImportSignature.parameters,
        node: option(text('whose journal it becomes where there is none; default: that of the export')),
      },
    },
    ({ archive, disk }, input, context) => importJournal(archive, disk, input.file, context),
    journalImportView,
  ),
  makeFor: async (disk, input) => {
    // Its own parameters.
    const { file: path, node } = input as ImportInput
    const head = await exportHead(disk, path)
    return { node: node ?? head.node ?? 'local', cluster: head.cluster ?? noCluster }
  },
}

interface Accepted {
  readonly accepted: number
  readonly findings: readonly JournalFinding[]
}

const acceptSignature: Signature<Readonly<Record<string, never>>> = {
  name: 'journal accept',
  summary: 'Takes the damage in a journal as a loss: its actors live on with what can be read of them.',
  details: 'Keep a copy of the folder first: what was lost is not looked for again.',
  risk: 'high',
  role: 'admin',
  parameters: {},
  examples: ['journal accept'],
}

const accept: Task = answer(
  acceptSignature,
  async ({ archive }): Promise<Accepted> => {
    const findings = archive.upkeep.findings.filter(({ isDamage }) => isDamage)
    await archive.upkeep.acceptLoss()
    return { accepted: findings.length, findings }
  },
  {
    print: ({ accepted, findings }, style) =>
      [
        accepted === 0
          ? style.paint(
              'faint',
              'There was no damage at this opening; what was suspected is suspected no more.',
            )
          : style.paint('good', `${style.characters.ok} accepted as a loss:`),
        ...findings.map((finding) => `  ${findingText(finding, style)}`),
      ].join('\n'),
  },
)

export const journalTasks: readonly Task[] = [
  answer(journalLs, ({ archive }, input, context) => listKept(archive, input, context), journalLsView),
  stream(journalShow, ({ archive }, input, context) => showRecords(archive, input, context), journalShowView),
  answer(journalVerify, ({ archive }, _input, context) => verifyJournal(archive, context), journalVerifyView),
  answer(
    journalExportSignature,
    ({ archive, disk }, input, context) =>
      exportJournal(archive, disk, { file: input.file, actors: input.actor }, context),
    journalExportView,
  ),
  importTask,
  answer(
    journalCompact,
    ({ archive }, _input, context) => compactJournal(archive, context),
    journalCompactView,
  ),
  accept,
]
