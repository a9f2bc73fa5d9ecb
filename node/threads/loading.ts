// Loading: a module that all threads of a node import before any actor of it can be spawned.
import { Fault } from '../../runtime/fault.ts'
import type { Prepared } from '../definitions.ts'
import type { Crew, Member } from './crew.ts'

/**
 * Loads in all threads, also in those that come up meanwhile, and keeps the definitions at the end, so that nothing can be spawned that
 * some thread does not have. What a thread has loaded when another one refuses is of no use, and does no harm: it can be loaded again.
 * @param load loads in one thread
 * @throws {Fault} that of the first thread that refuses, with its slot
 */
export async function loadEverywhere(
  crew: Crew,
  prepared: Prepared,
  load: (thread: number, url: string) => Promise<unknown>,
): Promise<string[]> {
  const done = new Set<number>()
  for (;;) {
    const missing = crew.members.filter(({ id, isLost }) => !isLost && !done.has(id))
    if (missing.length === 0) return prepared.keep()
    // Others may have come up when these have loaded.
    await Promise.all(missing.map((member) => loadIn(member, () => load(member.id, prepared.url))))
    for (const { id } of missing) done.add(id)
  }
}

async function loadIn({ slot }: Member, load: () => Promise<unknown>): Promise<void> {
  try {
    await load()
  } catch (error) {
    const fault = Fault.wrap(error, 'file-unloadable', 'Cannot load a file')
    // Another one takes its place, and is asked then.
    if (fault.code === 'thread-lost') return
    const where = slot === 0 ? 'the spare thread' : `thread ${slot}`
    throw Fault.from({ ...fault.toJSON(), message: `${fault.message}, in ${where}` })
  }
}
