// The workloads `recover-100k`: a node starts on the journal of 100,000 actors; until one of them answers, and until all have.
import { startNode } from 'troupe'
import { inPlaces } from './places.ts'
import { notebook, timeoutMs } from './notebook.ts'
import { Notes } from './note.ts'
import { temporaryFolder } from './folder.ts'
import type { Node } from 'troupe'
import type { NotebookRef } from './notebook.ts'
import type { Repetition, Workload } from '../workload.ts'

const actors = 100_000
const eventsOfEach = 3
/** Actors that are recovered at once. */
const places = 4_096

type At = (node: Node, index: number) => NotebookRef | Promise<NotebookRef>

/** Each is spawned again. */
export const recover: Workload = {
  troupe: () => troupe('recover-100k', (node, index) => node.spawn(notebook, `notebook/${index}`)),
}

/** Each is an entity, which its first message wakes. */
export const recoverEntities: Workload = {
  troupe: () => troupe('recover-100k-entities', (node, index) => node.entity(notebook, String(index))),
}

async function troupe(name: string, at: At): Promise<Repetition> {
  const journal = temporaryFolder()
  await fill(journal)
  return async () => {
    const startMs = performance.now()
    await using node = await startNode({ journal })
    await check(await at(node, actors / 2))
    const firstMs = performance.now() - startMs
    await inPlaces(places, actors, async (index) => {
      if (index !== actors / 2) await check(await at(node, index))
    })
    return { [`${name}/first`]: firstMs, [`${name}/eager`]: performance.now() - startMs }
  }
}

async function fill(journal: string): Promise<void> {
  await using node = await startNode({ journal })
  const notes = new Notes('100')
  await inPlaces(places, actors, async (index) => {
    const ref = await node.spawn(notebook, `notebook/${index}`)
    const some = Array.from({ length: eventsOfEach }, (_, number) => notes.make(index + number))
    await ref.ask('fill', some, { timeoutMs })
  })
}

async function check(ref: NotebookRef): Promise<void> {
  const count = await ref.ask('count', undefined, { timeoutMs })
  if (count !== eventsOfEach) throw new Error(`${ref.path} has ${count} of ${eventsOfEach} notes`)
}
