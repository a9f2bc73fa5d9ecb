// A stall: whether a thread still takes turns, judged from outside. A decision; who looks and who replaces the thread is elsewhere.
import { Fault } from '../../runtime/fault.ts'
import type { ThreadUsage } from '../../runtime/threads.ts'

/** A thread without a turn for so long is replaced; with the time to notice and to replace it, within two seconds. */
export const threadStallMsDefault = 1_000
/** Below it a collection of garbage would do. */
export const threadStallMsMin = 100
/** Longer is for ever. */
export const threadStallMsMax = 86_400_000
/** What a thread may take to start or to load modules, without a turn. */
export const threadStartMsMax = 10_000
/** How often to look in the time after which a thread is stalled. */
const looksInStall = 4

export interface StallLimits {
  readonly stallMs: number
  readonly startMsMax: number
  /** Time between two looks; what the looker is late beyond it counts against nobody. */
  readonly lookMs: number
}

/** What is seen of a thread at one look. */
export interface Sight {
  /** The looker's monotonic time. */
  readonly atMs: number
  readonly usage: ThreadUsage
  /** Pings that it has answered, in all. */
  readonly pongs: number
  /** It loads modules, which may take long and is no turn. */
  readonly isLoading: boolean
}

/**
 * `well` · `loading` it starts or loads modules, within what that may take · `ping` nothing was seen of it for half
 * the time: ask it, an answer is a sign of life · `stalled` nothing was seen of it for too long, and it did not answer.
 */
export type StallVerdict = 'well' | 'loading' | 'ping' | 'stalled'

/** What is remembered from look to look. */
export interface Stall {
  readonly sight: Sight
  /** Without a sign of life, as far as the looker was there to see it. */
  readonly silentMs: number
  /** Since it was asked, or undefined. */
  readonly askedMs: number | undefined
  readonly isStarted: boolean
}

export interface StallJudgement {
  readonly stall: Stall
  readonly verdict: StallVerdict
  /** For the event and the fault, in whole milliseconds. */
  readonly silentMs: number
}

/** The limits that belong to an option `threadStallMs`. @throws {Fault} `threads-invalid` */
export function stallLimits(stallMs: number = threadStallMsDefault): StallLimits {
  if (!(stallMs >= threadStallMsMin && stallMs <= threadStallMsMax)) {
    throw new Fault(
      'threads-invalid',
      `Cannot give threads ${String(stallMs)} ms without a turn: ${threadStallMsMin} to ${threadStallMsMax} ms may be`,
      { hint: 'Give threadStallMs in milliseconds, or leave it out for 1,000.' },
    )
  }
  return { stallMs, startMsMax: Math.max(threadStartMsMax, stallMs), lookMs: stallMs / looksInStall }
}

/** The first look, when the thread is started. */
export function stallBegin(sight: Sight): Stall {
  return { sight, silentMs: 0, askedMs: undefined, isStarted: false }
}

/**
 * Judges a thread anew. A sign of life is a turn, an answer, or idle time: who waits in the event loop is not blocked. A handler that runs
 * for long shows none of them, nor does `Atomics.wait`. One look adds at most `lookMs` to the silence: when the looker itself was late, or
 * the whole machine was asleep, that is not held against the thread.
 */
export function judgeStall(before: Stall, sight: Sight, limits: StallLimits): StallJudgement {
  const { usage, pongs } = sight
  const last = before.sight
  const hasTurned = usage.turns !== last.usage.turns || pongs !== last.pongs
  const isStarted = before.isStarted || hasTurned || !sight.isLoading
  if (hasTurned || usage.idleMs > last.usage.idleMs) {
    return {
      stall: { sight, silentMs: 0, askedMs: undefined, isStarted },
      verdict: isStarted && !sight.isLoading ? 'well' : 'loading',
      silentMs: 0,
    }
  }
  const passedMs = Math.min(Math.max(0, sight.atMs - last.atMs), limits.lookMs)
  const silentMs = before.silentMs + passedMs
  const askedMs = before.askedMs === undefined ? undefined : before.askedMs + passedMs
  const verdict = verdictOf({ silentMs, askedMs, isBusyStarting: !isStarted || sight.isLoading }, limits)
  const stall = { sight, silentMs, askedMs: verdict === 'ping' ? 0 : askedMs, isStarted }
  return { stall, verdict, silentMs: Math.round(silentMs) }
}

function verdictOf(
  seen: {
    readonly silentMs: number
    readonly askedMs: number | undefined
    readonly isBusyStarting: boolean
  },
  { stallMs, startMsMax, lookMs }: StallLimits,
): StallVerdict {
  const { silentMs, askedMs, isBusyStarting } = seen
  if (isBusyStarting) return silentMs >= startMsMax ? 'stalled' : 'loading'
  if (askedMs === undefined) return silentMs >= stallMs / 2 ? 'ping' : 'well'
  return silentMs >= stallMs && askedMs >= lookMs ? 'stalled' : 'well'
}
