// A thenable: what a handler may return to say that it has not ended yet.

/** Reading `then` can run the author's code: call this where a throw is expected. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'
}
