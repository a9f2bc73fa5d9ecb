// A trial: one fault done to a running cluster, undone, and what was seen of it.
import { machineMs } from './member-process.ts'
import type { Convergence, NetCluster } from './net-cluster.ts'
import type { NetFault } from './faults.ts'
import type { Verdict } from '../../scenarios/testing/checkers/verdict.ts'

/** How long three nodes may take to be one cluster again. */
export const convergeMs = 10_000

export interface Trial {
  readonly fault: string
  readonly victim: string
  /** Who was removed first, and how long after the beginning of the fault somebody knew; undefined if nobody was. */
  readonly removed: { readonly name: string; readonly ms: number } | undefined
  /** From the fault until each of the victim's roots handles messages elsewhere; undefined if one does not. */
  readonly servingMs: number | undefined
  readonly convergence: Convergence
  readonly verdicts: Readonly<Record<string, Verdict>>
}

export async function tryFault(cluster: NetCluster, fault: NetFault): Promise<Trial> {
  const leader = cluster.leader()
  const follower = [...cluster.running.keys()].findLast((name) => name !== leader) ?? ''
  const victim = fault.victim === 'leader' ? leader : follower
  const added = await cluster.add(victim)
  const spokenTo = cluster.rootsOf(victim).filter((root) => cluster.roots.includes(root))
  const roots = [...new Set([added, ...spokenTo])]
  const sinceMs = machineMs()
  await fault.begin(cluster, victim)
  const seen = (): Pick<Trial, 'removed' | 'servingMs'> => ({
    removed: firstRemoved(cluster, sinceMs),
    servingMs: servingMs(cluster, { victim, roots, sinceMs }),
  })
  await cluster.ear.until(
    () => fault.endsWithRemoval && seen().removed !== undefined && seen().servingMs !== undefined,
    fault.lastsMs,
  )
  const effect = seen()
  const healedMs = machineMs()
  await fault.end(cluster, victim)
  const convergence = await cluster.converge(healedMs, convergeMs)
  return {
    fault: fault.name,
    victim,
    ...effect,
    convergence,
    verdicts: await cluster.judge(fault.stoppedMs ?? 0),
  }
}

/** What is wrong with it; empty if nothing is. */
export function flawsOf({ fault, convergence, verdicts }: Trial): string[] {
  const broken = Object.entries(verdicts).filter(([, { holds }]) => holds === false)
  const flaws = broken.map(([name, { reason }]) => `${fault}: ${name}: ${reason}`)
  if (!convergence.isReached) {
    const seconds = (convergence.afterMs / 1_000).toFixed(1)
    flaws.push(`${fault}: not one cluster ${seconds} s after the end: ${convergence.lacks.join('; ')}`)
  }
  return flaws
}

export function row(trial: Trial): string {
  const { fault, victim, removed, servingMs: serving, convergence, verdicts } = trial
  const of = Object.values(verdicts)
  const kept = of.filter(({ holds }) => holds === true).length
  const gone = removed === undefined ? '–' : `${removed.name}, ${seconds(removed.ms)}`
  const cells = [fault, victim, gone, seconds(serving), seconds(convergence.afterMs), `${kept}/${of.length}`]
  return `| ${cells.join(' | ')} |`
}

function seconds(ms: number | undefined): string {
  return ms === undefined ? '–' : `${(ms / 1_000).toFixed(2)} s`
}

function firstRemoved(cluster: NetCluster, sinceMs: number): Trial['removed'] {
  const removals = [...cluster.running.values()].flatMap(({ lines }) =>
    recent(lines, sinceMs).flatMap((line) => {
      if (line.type !== 'view') return []
      const there = new Set(line.members.map(([, name]) => name))
      const name = cluster.names.find((one) => !there.has(one))
      return name === undefined ? [] : [{ name, ms: line.atMs - sinceMs }]
    }),
  )
  return removals.toSorted((a, b) => a.ms - b.ms)[0]
}

function servingMs(
  cluster: NetCluster,
  {
    victim,
    roots,
    sinceMs,
  }: { readonly victim: string; readonly roots: readonly string[]; readonly sinceMs: number },
): number | undefined {
  const first = new Map<string, number>()
  for (const { name, lines } of cluster.running.values()) {
    if (name === victim) continue
    for (const line of recent(lines, sinceMs)) {
      if (line.type !== 'handled' || !roots.includes(line.by)) continue
      first.set(line.by, Math.min(first.get(line.by) ?? Infinity, line.atMs - sinceMs))
    }
  }
  return first.size < roots.length ? undefined : Math.max(0, ...first.values())
}

function recent<L extends { readonly atMs: number }>(lines: readonly L[], sinceMs: number): L[] {
  const from = lines.findLastIndex(({ atMs }) => atMs < sinceMs)
  return lines.slice(from + 1)
}
