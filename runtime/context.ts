// The context: which message is being handled, also after an `await` in its handler.
import { AsyncLocalStorage } from 'node:async_hooks'
import type { Envelope } from './envelope.ts'

const handled = new AsyncLocalStorage<Envelope>()
const outside = AsyncLocalStorage.snapshot()

/** Runs an async handler so that whatever it sends, also after an `await`, is known to come from this message's receiver. */
export function inContextOf<T>(
  envelope: Envelope,
  run: (self: never, payload: unknown) => T,
  self: unknown,
): T {
  // The handler and its `self` come from the same cell; the scheduler cannot know the author's type.
  return handled.run(envelope, run, self as never, envelope.payload)
}

/** The message whose async handler runs now, if any. */
export function contextMessage(): Envelope | undefined {
  return handled.getStore()
}

/** Runs something as if no message were being handled. */
export function outOfContext<T>(run: () => T): T {
  return outside(run)
}

/** Wraps what runs for everybody, such as the pump: without it each actor would see the context of whoever woke the pump. */
export function outsideOfActors(run: () => void): () => void {
  return () => outside(run)
}
