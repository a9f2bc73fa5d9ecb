// A quarantine policy: which roots take so much of their thread that they belong in one of their own. A decision; the node moves them.
import { Fault } from '../../runtime/fault.ts'

/** A share below it is no hog. */
const cpuShareMin = 0.1
/** Bounds of the time that a root must have been a hog. */
const forMsMin = 1_000
const forMsMax = 86_400_000

/** Off unless the node's options have one: a hog may be what the thread is there for. */
export interface QuarantinePolicy {
  /** The part of a thread's time that one root takes, 0.1 to 1. */
  readonly cpuShare: number
  /** For how long without a break, 1,000 to 86,400,000 ms. */
  readonly forMs: number
}

/** A root at one look. */
export interface HogFacts {
  readonly path: string
  /** Its thread's slot. */
  readonly slot: number
  /** The part of its thread's time that its tree took since the last look, from 0 to 1. */
  readonly cpuShare: number
  /** Whether it may be moved at all. */
  readonly moves: boolean
}

export interface Hog {
  readonly path: string
  /** One line for people. */
  readonly why: string
}

/** What one look found, and what the next one has to know. */
export interface HogSearch {
  readonly hogs: readonly Hog[]
  /** Since when each has been over the limit without a break. */
  readonly since: ReadonlyMap<string, number>
}

/**
 * Finds the hogs. A root that has its thread for itself is none, however much it takes: nobody waits for it.
 * @param since from the look before; empty at first
 */
export function findHogs(
  roots: readonly HogFacts[],
  since: ReadonlyMap<string, number>,
  { policy, nowMs }: { readonly policy: QuarantinePolicy; readonly nowMs: number },
): HogSearch {
  const crowd = new Map<number, number>()
  for (const { slot } of roots) crowd.set(slot, (crowd.get(slot) ?? 0) + 1)
  const over = roots.filter(
    ({ cpuShare, slot, moves }) => moves && cpuShare >= policy.cpuShare && (crowd.get(slot) ?? 0) > 1,
  )
  const next = new Map(over.map(({ path }) => [path, since.get(path) ?? nowMs]))
  const hogs = over.flatMap(({ path, cpuShare }) => {
    const forMs = nowMs - (next.get(path) ?? nowMs)
    if (forMs < policy.forMs) return []
    const percent = Math.round(cpuShare * 100)
    return [{ path, why: `it took ${percent} % of its thread for ${Math.round(forMs)} ms` }]
  })
  return { hogs, since: next }
}

/** Reads the option `quarantine`; undefined is off. @throws {Fault} `quarantine-invalid` */
export function readQuarantine(value: unknown): QuarantinePolicy | undefined {
  if (value === undefined) return undefined
  const { cpuShare, forMs } = (typeof value === 'object' && value !== null ? value : {}) as {
    readonly cpuShare?: unknown
    readonly forMs?: unknown
  }
  const share = numberIn(cpuShare, { min: cpuShareMin, max: 1 })
  const ms = numberIn(forMs, { min: forMsMin, max: forMsMax })
  if (share !== undefined && ms !== undefined) return { cpuShare: share, forMs: ms }
  const [name, flaw] = share === undefined ? ['cpuShare', cpuShare] : ['forMs', forMs]
  const text = typeof flaw === 'number' ? String(flaw) : `a ${typeof flaw}`
  const bounds = share === undefined ? `${cpuShareMin} to 1` : `${forMsMin} to ${forMsMax} ms`
  throw new Fault(
    'quarantine-invalid',
    `Cannot use this quarantine policy: ${name} is ${text}, not a number from ${bounds}`,
    { hint: 'Give both, as in { cpuShare: 0.5, forMs: 10_000 }, or leave the option out.' },
  )
}

function numberIn(
  value: unknown,
  { min, max }: { readonly min: number; readonly max: number },
): number | undefined {
  return typeof value === 'number' && value >= min && value <= max ? value : undefined
}
