// The workload `idle`: what a node costs whose threads have had something to do and now have nothing.
import { BareThreads } from './bare-threads.ts'
import { echo } from './actors.ts'
import { startThreadedNode } from './troupe-node.ts'
import type { Repetition, Workload } from '../workload.ts'

/** How long one repetition watches, after a moment in which everything may come to rest. */
const watchMs = 2_000
const restMs = 200

export const idle: Workload = { troupe, limit }

async function troupe(): Promise<Repetition> {
  const node = await startThreadedNode(2)
  const refs = await Promise.all(
    [1, 2].map((thread) => node.spawn(echo, { name: `echo-${thread}`, place: { thread } })),
  )
  return repetition(() => Promise.all(refs.map((ref) => ref.ask('echo', 'awake'))))
}

async function limit(): Promise<Repetition> {
  const threads = new BareThreads('limit', 2)
  await threads.connect(1, 2)
  return repetition(() => threads.order(1, { name: 'ask', to: 2, places: 1, asks: 1 }))
}

/** @param rouse lets all threads do something */
function repetition(rouse: () => Promise<unknown>): Repetition {
  return async () => {
    await rouse()
    await elapsed(restMs)
    const startMs = performance.now()
    const before = process.cpuUsage()
    await elapsed(watchMs)
    const { user, system } = process.cpuUsage(before)
    const usedMs = (user + system) / 1_000
    return { 'idle/cpu': (usedMs * 100) / (performance.now() - startMs) }
  }
}

function elapsed(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms)
  })
}
