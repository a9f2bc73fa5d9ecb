// C-ACCURACY: nobody is removed for what is published as borne, and whoever is lost for longer is removed in time.
import { broken, kept } from './verdict.ts'
import type { Verdict } from './verdict.ts'

/** Something that was done to a member. */
export interface MemberFault {
  readonly type: 'fault'
  readonly member: number
  /** `kill -9`, `stopped`, `cut off`: for people. */
  readonly what: string
  readonly fromMs: number
  /** Undefined if it lasted to the end. */
  readonly untilMs?: number | undefined
  /** Whether the published tolerance covers it: then it is no reason to remove anybody. */
  readonly isBorne: boolean
}

export interface MemberRemoved {
  readonly type: 'removed'
  readonly member: number
  readonly atMs: number
}

export type AccuracyEvent = MemberFault | MemberRemoved

export interface AccuracyBounds {
  /** A fault that is not borne is followed by the removal within this time, if it lasts as long. */
  readonly removedMsMax: number
  /** A removal may still come so long after the fault has ended. */
  readonly afterMsMax: number
  /** When the story ends. */
  readonly endMs: number
}

/** Guarantee N5, and the times within which a loss is found. */
export function checkAccuracy(story: readonly AccuracyEvent[], bounds: AccuracyBounds): Verdict {
  const removals = story.filter((event) => event.type === 'removed')
  const faults = story.filter((event) => event.type === 'fault')
  for (const removal of removals) {
    const reason = falseRemoval(removal, faults, bounds)
    if (reason !== undefined) return broken(reason)
  }
  for (const fault of faults) {
    const reason = missed(fault, removals, bounds)
    if (reason !== undefined) return broken(reason)
  }
  return kept(faults.length, 'faults')
}

function falseRemoval(
  { member, atMs }: MemberRemoved,
  faults: readonly MemberFault[],
  { afterMsMax }: AccuracyBounds,
): string | undefined {
  const own = faults.filter((fault) => fault.member === member)
  const isJust = own.some(
    ({ isBorne, fromMs, untilMs = Infinity }) => !isBorne && fromMs <= atMs && atMs <= untilMs + afterMsMax,
  )
  if (isJust) return undefined
  const borne = own.findLast(({ fromMs }) => fromMs <= atMs)
  const why = borne === undefined ? 'nothing had happened to it' : `all that had was "${borne.what}"`
  return `member ${member} was removed at ${atMs} ms, and ${why}`
}

function missed(
  fault: MemberFault,
  removals: readonly MemberRemoved[],
  { removedMsMax, endMs }: AccuracyBounds,
): string | undefined {
  const { member, what, fromMs, untilMs = Infinity, isBorne } = fault
  const dueMs = fromMs + removedMsMax
  if (isBorne || Math.min(untilMs, endMs) < dueMs) return undefined
  const removal = removals.find((one) => one.member === member)
  if (removal !== undefined && removal.atMs <= dueMs) return undefined
  const came = removal === undefined ? 'it was not removed' : `it was removed at ${removal.atMs} ms`
  return `member ${member} was lost by "${what}" at ${fromMs} ms, ${came}, and ${removedMsMax} ms are allowed`
}
