// The workloads `replace-blocked` and `replace-crashed`: a thread is lost, and its actors answer again from another one.
import { BareThreads } from './bare-threads.ts'
import { echo, saboteur } from './actors.ts'
import { startThreadedNode } from './troupe-node.ts'
import type { Ref } from 'troupe'
import type { EchoProtocol } from './actors.ts'
import type { Repetition, Workload } from '../workload.ts'

export const replaceBlocked: Workload = { troupe: () => troupe('block', 'replace-blocked/time') }
export const replaceCrashed: Workload = { troupe: () => troupe('crash', 'replace-crashed/time'), limit }

/** A node for each repetition: an actor that is lost again and again is given up at last. */
async function troupe(how: 'block' | 'crash', figure: string): Promise<Repetition> {
  return async () => {
    await using node = await startThreadedNode(2)
    const bystander = await node.spawn(echo, { name: 'bystander', place: { thread: 1 } })
    const culprit = await node.spawn(saboteur, { name: 'culprit', place: { thread: 1 } })
    await bystander.ask('echo', 'before')
    const startMs = performance.now()
    culprit.tell(how)
    await answered(bystander)
    return { [figure]: performance.now() - startMs }
  }
}

/** The first question follows the culprit's last message on the same way, so that the thread that is lost answers none. */
async function answered(ref: Ref<EchoProtocol>): Promise<void> {
  for (;;) {
    try {
      await ref.ask('echo', 'after')
      return
    } catch {
      // Lost with the thread, or nobody there yet: ask again in the next turn.
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
}

async function limit(): Promise<Repetition> {
  const threads = new BareThreads('limit', 1)
  await threads.order(1, { name: 'answer' })
  return async () => {
    const startMs = performance.now()
    await threads.replace(1)
    return { 'replace-crashed/time': performance.now() - startMs }
  }
}
