// The program `troupe journal`: looks after the journal in a folder, without a node.
import { resolve } from 'node:path'
import { FolderProgram } from './folder-program.ts'
import { journalTasks } from './journal-tasks.ts'
import { openOfflineArchive } from '../journal/offline-archive.ts'
import { Progress } from './progress.ts'
import type { ExitCode, Outcome } from './outcome.ts'
import type { FolderSurroundings } from './folder-program.ts'
import type { OfflineArchive, OfflineParts } from '../journal/offline-archive.ts'
import type { SessionOptions } from './session.ts'
import type { Stage } from './showing.ts'
import type { Task } from './journal-tasks.ts'

/** What it needs of the world; a test brings its own. */
export interface JournalSurroundings extends Omit<FolderSurroundings, 'clock'> {
  readonly offline: OfflineParts
}

export async function runJournalProgram(
  options: SessionOptions,
  { offline, ...surroundings }: JournalSurroundings,
): Promise<ExitCode> {
  const family = {
    name: 'journal',
    folder: 'FOLDER',
    tasks: journalTasks,
    perform: (task: Task, input: Readonly<Record<string, unknown>>, stage: Stage) =>
      perform(offline, { task, input }, stage),
  }
  return await new FolderProgram(family, options, { ...surroundings, clock: offline.clock }).run()
}

interface Order {
  readonly task: Task
  readonly input: Readonly<Record<string, unknown>>
}

async function perform(offline: OfflineParts, order: Order, stage: Stage): Promise<Outcome> {
  const archive = await open(offline, order, stage)
  try {
    const { folder: _folder, ...own } = order.input
    return await order.task.show({ archive, disk: offline.disk }, own, stage)
  } finally {
    await archive.close()
  }
}

/** The end of a long log is read first: that may take its time, too. */
async function open(offline: OfflineParts, { task, input }: Order, stage: Stage): Promise<OfflineArchive> {
  const { style, output, isJson } = stage
  const progress = new Progress({
    clock: offline.clock,
    style,
    name: 'open',
    counts: 'bytes',
    line: isJson ? undefined : output.takeLine(),
    tell: (text) => {
      if (!isJson) output.notice(text)
    },
  })
  try {
    const folder = resolve(String(input['folder']))
    const makeFor = await task.makeFor(offline.disk, input)
    return await openOfflineArchive(offline, { folder, makeFor, progress: progress.report })
  } finally {
    progress.end()
  }
}
