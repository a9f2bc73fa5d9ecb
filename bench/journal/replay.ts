// The workload `replay`: an actor is made again of all events that it has ever had.
import { startNode } from 'troupe'
import { BareFile } from './bare-file.ts'
import { BareLevel } from './bare-level.ts'
import { fillNotebook, never, notebookWith, timeoutMs } from './notebook.ts'
import { Notes } from './note.ts'
import { perSecond } from '../workload.ts'
import { temporaryFolder } from './folder.ts'
import { keepAll } from './writers.ts'
import type { BareCommit } from './bare-commit.ts'
import type { Repetition, Workload } from '../workload.ts'

const events = 100_000
/** Records of a bare peer under way at once while they are made. */
const aheadMax = 1_000

export const replay: Workload = {
  troupe,
  limit: async () => {
    const file = new BareFile(temporaryFolder())
    await filled(file.commit)
    return timed(async () => file.read(() => undefined))
  },
  'classic-level': async () => {
    const level = await BareLevel.open(temporaryFolder())
    await filled(level.commit)
    return timed(() => level.read(() => undefined))
  },
}

/** From the spawn to the first answer; the node has its journal open. */
async function troupe(): Promise<Repetition> {
  const definition = notebookWith({ every: never })
  const journal = temporaryFolder()
  await fillNotebook(journal, definition, events)
  return async () => {
    await using node = await startNode({ journal })
    return await timed(async () => {
      const ref = await node.spawn(definition, 'notebook/0')
      return await ref.ask('count', undefined, { timeoutMs })
    })()
  }
}

async function filled(commit: BareCommit): Promise<void> {
  const notes = new Notes('100')
  await keepAll(aheadMax, events / aheadMax, (writer, seq) =>
    commit.write(writer, seq, notes.bytes(writer + seq)),
  )
}

function timed(read: () => Promise<number>): Repetition {
  return async () => {
    const startMs = performance.now()
    const count = await read()
    const sample = { 'replay-100/event': perSecond(events, startMs) }
    if (count !== events) throw new Error(`read ${count} of ${events} events`)
    return sample
  }
}
