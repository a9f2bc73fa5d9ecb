// Waiting within time: for a promise, but no longer than a deadline of the runtime's own clock.
import { Deadline } from '../../runtime/deadline.ts'
import { Fault } from '../../runtime/fault.ts'
import type { Host } from '../../runtime/cell.ts'

/** @throws {Fault} `thread-silent` nothing came in time */
export async function within<T>(host: Host, ms: number, promise: Promise<T>): Promise<T> {
  const { promise: over, reject } = Promise.withResolvers<never>()
  const deadline = new Deadline(() =>
    reject(
      new Fault('thread-silent', `Cannot have an answer: another thread gave none within ${ms} ms`, {
        hint: 'See "threads" whether it is blocked.',
        outcome: 'unknown',
      }),
    ),
  )
  host.timers.add(deadline, host.clock.now() + ms)
  try {
    return await Promise.race([promise, over])
  } finally {
    host.timers.remove(deadline)
  }
}

/** Resolves after so many milliseconds of the runtime's own clock. */
export function pause(host: Host, ms: number): Promise<void> {
  return new Promise((resolve) => {
    host.timers.add(new Deadline(resolve), host.clock.now() + ms)
  })
}
