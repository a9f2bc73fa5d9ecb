// No threads: for a node that has none besides the main one.
import { Fault } from '../../runtime/fault.ts'
import type { Threads } from '../../runtime/threads.ts'

export const noThreads: Threads = {
  cores: 1,
  start() {
    throw new Fault('threads-full', 'Cannot start a thread: the node has none besides the main one', {
      hint: 'Start the node with the option `threads`.',
    })
  },
}
