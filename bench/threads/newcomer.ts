// The child of the workload `thread`: a process that starts threads of one peer, tells what they cost and ends.
import { collect } from '../heap.ts'
import { echo } from './actors.ts'
import { startBareWorker } from './bare-worker.ts'
import { startThreadedNode } from './troupe-node.ts'

/** What a newcomer sends to its parent. */
export interface ThreadCost {
  readonly readyMs: number
  /** Of one more thread, when there are some already. */
  readonly rssBytes: number
}

/** Threads that are weighed together. */
const weighed = 4

const cost = process.argv[2] === 'troupe' ? await troupe() : await limit()
process.send?.(cost, undefined, {}, () => process.exit())

/** Two nodes of different size stay alive, so that what a node costs once, and its spare thread, cancel each other out. */
async function troupe(): Promise<ThreadCost> {
  // The first of all loads the modules of the main thread.
  await startedNode(1, 'first')
  const small = await gained(() => startedNode(1, 'small'))
  const large = await gained(() => startedNode(1 + weighed, 'large'))
  return { readyMs: small.tookMs, rssBytes: (large.bytes - small.bytes) / weighed }
}

/** Resolves when an actor in each thread has answered. */
async function startedNode(threads: number, name: string): Promise<void> {
  const node = await startThreadedNode(threads)
  const numbers = Array.from({ length: threads }, (_, index) => index + 1)
  await Promise.all(
    numbers.map(async (thread) => {
      const ref = await node.spawn(echo, { name: `${name}-${thread}`, place: { thread } })
      await ref.ask('echo', thread)
    }),
  )
}

async function limit(): Promise<ThreadCost> {
  await startBareWorker()
  const { tookMs } = await gained(startBareWorker)
  const { bytes } = await gained(() => Promise.all(Array.from({ length: weighed }, startBareWorker)))
  return { readyMs: tookMs, rssBytes: bytes / weighed }
}

/** What the process has gained by something, and how long that took. */
async function gained(
  start: () => Promise<unknown>,
): Promise<{ readonly bytes: number; readonly tookMs: number }> {
  await collect()
  const beforeBytes = process.memoryUsage.rss()
  const startMs = performance.now()
  await start()
  const tookMs = performance.now() - startMs
  await collect()
  return { bytes: process.memoryUsage.rss() - beforeBytes, tookMs }
}
