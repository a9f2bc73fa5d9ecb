// The options of threads: how many a node starts, and the bounds that it holds them to.
import { Fault } from '../../runtime/fault.ts'
import { threadStallMsMax, threadStallMsMin } from './stall.ts'
import { threadsMax } from './crew.ts'

/** Below it a thread could hardly hold its own code. */
export const heapMiBMin = 64
/** More than V8 can address anyway. */
export const heapMiBMaxMax = 1_048_576

/** @throws {Fault} `threads-invalid` */
export function threadCount(wanted: number | 'auto' | undefined, cores: number): number {
  if (wanted === undefined) return 0
  if (wanted === 'auto') return Math.max(1, cores - 1)
  if (Number.isInteger(wanted) && wanted >= 0 && wanted < threadsMax) return wanted
  throw invalid(`${String(wanted)} threads`, `a node has 0 to ${threadsMax - 1}, or "auto"`)
}

/** Looks at the bounds before anything is started. @throws {Fault} `threads-invalid` */
export function checkThreadOptions(options: {
  readonly threadStallMs?: number
  readonly threadHeapMiBMax?: number
}): void {
  const { threadStallMs, threadHeapMiBMax } = options
  if (isOutside(threadStallMs, threadStallMsMin, threadStallMsMax))
    throw invalid(
      `a threadStallMs of ${String(threadStallMs)}`,
      `it is ${threadStallMsMin} to ${threadStallMsMax} ms`,
    )
  if (isOutside(threadHeapMiBMax, heapMiBMin, heapMiBMaxMax))
    throw invalid(
      `a threadHeapMiBMax of ${String(threadHeapMiBMax)}`,
      `it is ${heapMiBMin} to ${heapMiBMaxMax} MiB`,
    )
}

function isOutside(value: number | undefined, min: number, max: number): boolean {
  return value !== undefined && !(value >= min && value <= max)
}

function invalid(what: string, bounds: string): Fault {
  return new Fault('threads-invalid', `Cannot start a node with ${what}: ${bounds}`, {
    hint: 'Give a number within the bounds, or leave the option out.',
  })
}
