// The workloads `moves` and `moves-10k`: many small actors go from one thread to the other, a thousand of them at a time.
import { ballast } from './ballast.ts'
import { perSecond } from '../workload.ts'
import { startThreadedNode } from './troupe-node.ts'
import { traveller } from './actors.ts'
import type { Repetition, Sample, Workload } from '../workload.ts'

/** A small actor's state. */
const stateBytes = 100
/** Moves under way at once; a node takes some thousands. */
const placesMax = 1_000

export const moves: Workload = {
  troupe: () => troupe(2_000, (count, startMs) => ({ 'moves/move': perSecond(count, startMs) })),
}

export const moves10k: Workload = {
  troupe: () => troupe(10_000, (_count, startMs) => ({ 'moves-10k/time': performance.now() - startMs })),
}

async function troupe(
  actors: number,
  sample: (count: number, startMs: number) => Sample,
): Promise<Repetition> {
  const node = await startThreadedNode(2)
  const state = ballast(stateBytes)
  const refs = await Promise.all(
    Array.from({ length: actors }, (_, index) =>
      node.spawn(traveller, { name: `traveller-${index}`, place: { thread: 1 } }, state),
    ),
  )
  let thread = 1
  return async () => {
    thread = 3 - thread
    const startMs = performance.now()
    const waiting = refs.values()
    const place = async (): Promise<void> => {
      for (const ref of waiting) await node.move(ref, { thread })
    }
    await Promise.all(Array.from({ length: placesMax }, place))
    return sample(actors, startMs)
  }
}
