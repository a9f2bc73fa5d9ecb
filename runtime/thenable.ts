// A thenable: what a handler may return to say that it has not ended yet.

/** Reading `then` can run the author's code: call this where a throw is expected. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  const canHave = (typeof value === 'object' && value !== null) || typeof value === 'function'
  return canHave && 'then' in value && typeof value.then === 'function'
}

// Reflect would do as well, but at half the speed.
const { then } = Promise.prototype

/**
 * Calls one of the two exactly once, never within this call, and never throws: whatever the author's object does in its `then`, and
 * however often. A promise as the language makes them costs no second one.
 */
export function whenSettled(
  result: PromiseLike<unknown>,
  done: (value: unknown) => void,
  failed: (error: unknown) => void,
): void {
  try {
    if (isPlainPromise(result)) {
      void then.call(result, done, failed)
      return
    }
  } catch {
    // A getter of the author's has thrown, before anybody was registered; below, a throw is a rejection.
  }
  void then.call(new Promise((resolve) => resolve(result)), done, failed)
}

function isPlainPromise(result: PromiseLike<unknown>): result is Promise<unknown> {
  return result instanceof Promise && result.constructor === Promise && result.then === then
}
