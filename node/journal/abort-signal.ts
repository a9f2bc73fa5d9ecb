// An abort signal made of a cancel signal, for what takes no other.
import type { CancelSignal } from '../../runtime/cancel-signal.ts'

/** Follows one that may be of any make. */
export function abortSignalOf(signal: CancelSignal): AbortSignal {
  const controller = new AbortController()
  if (signal.aborted) controller.abort()
  else signal.addEventListener('abort', () => controller.abort(), { once: true })
  return controller.signal
}
