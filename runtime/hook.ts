// A hook: the author's code that runs beside the messages; while it is on the stack nobody's life ends under it.
import { contextMessage, outOfContext } from './context.ts'
import type { Host } from './cell.ts'

/** Runs the synchronous part of a hook. */
export function runHook<T>(host: Host, run: () => T): T {
  host.hooks++
  try {
    return besideMessages(host, run)
  } finally {
    host.hooks--
  }
}

/**
 * Runs what no message waits for, also if it is brought about in the middle of one: whoever is asked in it need not fear that the asking
 * actor waits for the end of that message.
 */
export function besideMessages<T>(host: Host, run: () => T): T {
  const { current } = host
  const isInContext = contextMessage() !== undefined
  if (current === undefined && !isInContext) return run()
  host.current = undefined
  try {
    return isInContext ? outOfContext(run) : run()
  } finally {
    host.current = current
  }
}

/**
 * Acts at once if none of the actors' code is on the stack, and else as soon as it has ended. One end may bring about others, also that
 * of the actor whose code runs now, which would go on without state and be counted wrongly.
 */
export function afterCode(host: Host, act: () => void): void {
  if (host.current === undefined && host.hooks === 0 && contextMessage() === undefined) act()
  else {
    host.deferred++
    host.clock.soon(() => {
      host.deferred--
      outOfContext(act)
    })
  }
}
