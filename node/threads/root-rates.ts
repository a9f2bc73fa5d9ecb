// The rates of roots: what they took, and who talked to them, in the time between two looks at their shares.
import type { BalanceRoot, TalkRate } from './balance-board.ts'
import type { Share, Shares } from './shares.ts'

/** The shares of one thread, by its slot and its number. */
export interface ThreadShares {
  readonly slot: number
  readonly id: number
  readonly data: Shares
}

/** What each root took in the time between two looks, where both looks saw it in one thread. */
export function ratesOf(before: readonly ThreadShares[], after: readonly ThreadShares[]): BalanceRoot[] {
  return after.flatMap(({ id, slot, data }) => {
    const earlier = before.find((part) => part.id === id)?.data
    if (earlier === undefined) return []
    const elapsedMs = Math.max(1, data.nowMs - earlier.nowMs)
    const first = new Map<string, Share>(earlier.roots.map((root) => [root.path, root]))
    return data.roots.flatMap(({ path, cpuMs, handled, moves }) => {
      const was = first.get(path)
      if (was === undefined || handled < was.handled) return []
      const cpuShare = Math.max(0, cpuMs - was.cpuMs) / elapsedMs
      return [{ path, slot, cpuShare, rate: ((handled - was.handled) * 1_000) / elapsedMs, moves }]
    })
  })
}

/**
 * Who talks to whom, as far as it is counted: a road counts what a thread sends to a root, not who in that thread sends it. So each thread
 * stands as one caller for all that live in it; what a root handles beyond what came from elsewhere, came from its own thread.
 */
export function talkOf({
  before,
  after,
  roots,
}: {
  readonly before: readonly ThreadShares[]
  readonly after: readonly ThreadShares[]
  readonly roots: readonly BalanceRoot[]
}): TalkRate[] {
  const far = after.flatMap(({ id, slot, data }): TalkRate[] => {
    const earlier = before.find((part) => part.id === id)?.data
    const elapsedMs = Math.max(1, data.nowMs - (earlier?.nowMs ?? data.nowMs))
    const first = new Map(earlier?.sent)
    return data.sent.flatMap(([top, sent]) => {
      const more = sent - (first.get(top) ?? 0)
      return more > 0 ? [{ a: callerIn(slot), b: top, rate: (more * 1_000) / elapsedMs }] : []
    })
  })
  const farRate = new Map<string, number>()
  for (const { b, rate } of far) farRate.set(b, (farRate.get(b) ?? 0) + rate)
  const near = roots.flatMap(({ path, slot, rate }) => {
    const left = rate - (farRate.get(path) ?? 0)
    return left > 0 ? [{ a: callerIn(slot), b: path, rate: left }] : []
  })
  return [...far, ...near]
}

/** Stands for all that live in a thread; no path has a space in it. */
export function callerIn(slot: number): string {
  return `thread ${slot}`
}
