// The body of a thread in tests: it keeps a journal in memory and gives others their part in it, as the main thread of a node does.
import { JournalDesk } from '../../../node/threads/journal-desk.ts'
import { MemoryJournal } from '../../../node/journal/memory-journal.ts'
import { Runtime } from '../../../runtime/runtime.ts'
import { Station } from '../../../node/threads/station.ts'
import { Tree } from '../../../supervisors/tree.ts'
import type { Notes } from '../../../node/threads/orders.ts'
import type { ThreadContracts } from '../../../node/threads/thread.ts'
import type { ThreadInside } from '../../../runtime/threads.ts'

/** Told `journal-new` it begins a journal; that is all it knows besides what a journal is asked. */
export async function runThread(inside: ThreadInside, { clock, random }: ThreadContracts): Promise<void> {
  const { id, name } = inside.request
  const runtime = new Runtime({ name, clock, random, thread: id, supervision: new Tree() })
  let desk = newDesk(clock)
  const station = new Station({
    thread: id,
    runtime,
    guide: {
      resolve: (_path, answer) => answer(undefined),
      awaken: (_path, _waitMs, answer) => answer(undefined),
      watch: () => () => undefined,
      ended: () => undefined,
    },
    desk: {
      call: (link, verb, input) => desk.answer(link.thread, verb, input) ?? null,
      control: (_link, verb, input) => {
        if (verb === 'journal-new') desk = newDesk(clock)
        else desk.release(input as Notes['journal-release'])
      },
    },
  })
  station.link(0, inside.wire)
}

function newDesk(clock: ThreadContracts['clock']): JournalDesk {
  return new JournalDesk(new MemoryJournal(clock, { bytesMax: 268_435_456 }), () => true)
}
