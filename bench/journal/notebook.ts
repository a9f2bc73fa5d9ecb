// A notebook: the durable actor of the suite `journal`, which keeps notes.
import { defineActor, startNode } from 'troupe'
import { Notes } from './note.ts'
import type { RefOf } from 'troupe'
import type { Note } from './note.ts'

/** As Troupe has it unless one says otherwise. */
const everyDefault = 1_000
/** More records than any workload writes for one actor. */
export const never = 1_000_000
/** Commits of one actor under way at once while its journal is made. */
const aheadMax = 1_000
/** Longer than any handler. */
export const timeoutMs = 60_000

/** @param options `every` so many records there is a snapshot; `notesMax` of the last notes are in the state */
export function notebookWith(options: { readonly every?: number; readonly notesMax?: number }) {
  const { every = everyDefault, notesMax = 0 } = options
  return defineActor('notebook', {
    state: () => ({ count: 0, notes: [] as Note[] }),
    snapshots: { every },
    events: {
      noted(state, note: Note) {
        if (notesMax > 0) state.notes[state.count % notesMax] = note
        state.count++
      },
    },
    on: {
      /** One commit for each message, as most actors have it. */
      async note(self, note: Note) {
        await self.persist('noted', note)
      },
      /** Many commits under way at once, only to have them soon. */
      async fill(self, notes: readonly Note[]) {
        await Promise.all(notes.map((note) => self.persist('noted', note)))
      },
      count: (self) => self.state.count,
    },
  })
}

export const notebook = notebookWith({})

export type Notebook = typeof notebook
export type NotebookRef = RefOf<Notebook>

/** Makes a journal in which one notebook has so many notes, one commit each; its path is `notebook/0`. */
export async function fillNotebook(journal: string, definition: Notebook, count: number): Promise<void> {
  await using node = await startNode({ journal })
  const notes = new Notes('100')
  const ref = await node.spawn(definition, 'notebook/0')
  for (let from = 0; from < count; from += aheadMax) {
    const some = Array.from({ length: Math.min(aheadMax, count - from) }, (_, index) =>
      notes.make(from + index),
    )
    await ref.ask('fill', some, { timeoutMs })
  }
}
