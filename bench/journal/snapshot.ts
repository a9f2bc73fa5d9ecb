// The workload `snapshot`: what snapshots cost those who write, and what they spare those who are recovered.
import { startNode } from 'troupe'
import { fillNotebook, never, notebook, notebookWith, timeoutMs } from './notebook.ts'
import { keepAll } from './writers.ts'
import { Notes } from './note.ts'
import { perSecond } from '../workload.ts'
import { temporaryFolder } from './folder.ts'
import type { Node } from 'troupe'
import type { Notebook } from './notebook.ts'
import type { Repetition, Workload } from '../workload.ts'

const writers = 64
const eventsOfEach = 500
/** About 4 KiB of state. */
const notesMax = 40
/** Each of them ten times as often as by default. */
const every = 100
/** Of the one that is recovered. */
const events = 100_000

export const snapshot: Workload = { troupe }

async function troupe(): Promise<Repetition> {
  const node = await startNode({ journal: temporaryFolder() })
  const without = await writing(node, 'without', notebookWith({ notesMax, every: never }))
  const withThem = await writing(node, 'with', notebookWith({ notesMax, every }))
  const journal = temporaryFolder()
  await fillNotebook(journal, notebook, events)
  return async () => {
    const rate = await without()
    return { 'snapshot/ratio': (await withThem()) / rate, 'snapshot/recover': await recoveryMs(journal) }
  }
}

/** Events per second of writers with a state of some size. */
async function writing(node: Node, name: string, definition: Notebook): Promise<() => Promise<number>> {
  const notes = new Notes('100')
  const refs = await Promise.all(
    Array.from({ length: writers }, (_, index) => node.spawn(definition, `${name}/${index}`)),
  )
  return async () => {
    const startMs = performance.now()
    await keepAll(writers, eventsOfEach, (writer, seq) => {
      // There is a ref for each writer.
      const ref = refs[writer] as (typeof refs)[number]
      return ref.ask('note', notes.make(writer * eventsOfEach + seq), { timeoutMs })
    })
    return perSecond(writers * eventsOfEach, startMs)
  }
}

/** From the spawn to the first answer; the node has its journal open. */
async function recoveryMs(journal: string): Promise<number> {
  await using node = await startNode({ journal })
  const startMs = performance.now()
  const ref = await node.spawn(notebook, 'notebook/0')
  const count = await ref.ask('count')
  if (count !== events) throw new Error(`recovered ${count} of ${events} events`)
  return performance.now() - startMs
}
