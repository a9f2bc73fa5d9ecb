// The workload `scaling`: work that needs nothing from outside, on two threads at once, against the same on one.
import { BareThreads } from './bare-threads.ts'
import { Clerk } from './clerk.ts'
import { grinder } from './actors.ts'
import { grindJobs } from './grind.ts'
import { startThreadedNode } from './troupe-node.ts'
import type { Repetition, Workload } from '../workload.ts'

const threadNumbers = [1, 2]

export const scaling: Workload = { troupe, limit }

async function troupe(): Promise<Repetition> {
  const node = await startThreadedNode(threadNumbers.length)
  const clerk = await Clerk.at(node)
  const grinders = await Promise.all(
    threadNumbers.map((thread) => node.spawn(grinder, { name: `grinder-${thread}`, place: { thread } })),
  )
  return repetition(async (count) => {
    const told = clerk.told(count)
    for (const one of grinders.slice(0, count)) one.tell('grind', { left: grindJobs, clerk: clerk.ref })
    await told
  })
}

async function limit(): Promise<Repetition> {
  const threads = new BareThreads('limit', threadNumbers.length)
  return repetition(async (count) => {
    await Promise.all(threadNumbers.slice(0, count).map((thread) => threads.order(thread, { name: 'grind' })))
  })
}

/** @param run does the work once on each of so many threads */
function repetition(run: (count: number) => Promise<void>): Repetition {
  const timedMs = async (count: number): Promise<number> => {
    const startMs = performance.now()
    await run(count)
    return performance.now() - startMs
  }
  return async () => {
    const oneMs = await timedMs(1)
    const allMs = await timedMs(threadNumbers.length)
    return { 'scaling/ratio': (oneMs * threadNumbers.length) / allMs }
  }
}
