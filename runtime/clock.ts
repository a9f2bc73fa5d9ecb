// A clock: where time and turns of the event loop come from. A contract; node/ has the real one, the test kit one that is moved by hand.

/** A call that is due once. */
export interface Alarm {
  /** Makes sure that it is not called; does nothing once it was. */
  cancel(): void
}

export interface Clock {
  /** Monotonic milliseconds with fractions, from a start of the clock's own; never goes back. */
  now(): number

  /** Milliseconds since 1970; may jump, so it is for showing and for records, never for measuring. */
  wall(): number

  /**
   * Calls `run` once, at or after monotonic `atMs`, never before and never within this call. A time that has passed is due at once;
   * Infinity is never due.
   */
  alarm(atMs: number, run: () => void): Alarm

  /** Calls `run` before the event loop goes on: a microtask. I/O and timers wait for it. */
  soon(run: () => void): void

  /** Calls `run` in the event loop's next turn, after I/O and timers had their share. Calls come in the order they were asked for. */
  later(run: () => void): void
}
