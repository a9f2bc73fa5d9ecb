// Waiting within bounds: for a promise, but no longer than a time, and not after whoever waits has gone.
import { Fault } from '../../runtime/fault.ts'
import type { Clock } from '../../runtime/clock.ts'

/** What a wait brings that was too long. */
export const expired: unique symbol = Symbol('expired')

/**
 * Waits for a promise for at most `ms`.
 * @returns what the promise brought, or `expired`
 * @throws {Fault} `command-cancelled` the signal was aborted first
 */
export async function within<T>(
  clock: Clock,
  wait: { readonly ms: number; readonly signal: AbortSignal },
  promise: Promise<T>,
): Promise<T | typeof expired> {
  const { promise: over, resolve } = Promise.withResolvers<typeof expired>()
  const alarm = clock.alarm(clock.now() + wait.ms, () => resolve(expired))
  try {
    return await unlessAborted(wait.signal, Promise.race([promise, over]))
  } finally {
    alarm.cancel()
  }
}

/** Waits for a promise as long as somebody wants it. @throws {Fault} `command-cancelled` */
export async function unlessAborted<T>(signal: AbortSignal, promise: Promise<T>): Promise<T> {
  const { promise: cancelled, reject } = Promise.withResolvers<never>()
  const cancel = (): void => reject(cancelledFault())
  if (signal.aborted) cancel()
  signal.addEventListener('abort', cancel, { once: true })
  try {
    return await Promise.race([promise, cancelled])
  } finally {
    signal.removeEventListener('abort', cancel)
  }
}

/** The fault of a command that nobody waits for any more. */
export function cancelledFault(): Fault {
  return new Fault('command-cancelled', 'Cannot finish the command: it was cancelled', {
    hint: 'What it had begun goes on; look with "info" or "why".',
    outcome: 'unknown',
  })
}
