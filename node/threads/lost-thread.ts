// A lost thread: the fault for each way in which a thread can end while the node goes on.
import { Fault } from '../../runtime/fault.ts'
import { describeThrown } from '../../runtime/thrown.ts'
import { stackHead } from '../verbs/stack-head.ts'

/** Something was thrown where nobody waited: in a timer, in an event handler, in a promise that nobody awaits. */
export function crashedFault(thread: number, thrown: unknown): Fault {
  const { name, message } = describeThrown(thrown)
  const what = message === '' ? name : `${name}: ${message}`
  return new Fault('thread-crashed', `Cannot go on with thread ${thread}: it threw ${what}`, {
    hint: 'Mend the code that threw: outside of a handler there is no supervisor to catch it.',
    details: { thread, name, message, stack: stackHead(thrown) },
    cause: thrown,
  })
}

/** It left by itself: `process.exit`, or nothing kept it alive. */
export function exitedFault(thread: number, exitCode: number): Fault {
  return new Fault('thread-exited', `Cannot go on with thread ${thread}: it exited with code ${exitCode}`, {
    hint: 'Call process.exit on no thread: to end an actor, use self.stop.',
    details: { thread, exitCode },
  })
}

export function memoryFullFault(thread: number, heapMiBMax: number): Fault {
  return new Fault(
    'thread-memory-full',
    `Cannot go on with thread ${thread}: its heap outgrew the ${heapMiBMax} MiB it may have`,
    {
      hint: 'Look for an actor whose state or mailbox grows without end, or give threads more heap.',
      details: { thread, heapMiBMax },
    },
  )
}

/** The node itself has ended it. */
export function terminatedFault(thread: number): Fault {
  return new Fault('thread-terminated', `Cannot go on with thread ${thread}: the node has ended it`, {
    hint: 'Read the event before this one: it says why the node gave the thread up.',
    details: { thread },
  })
}
