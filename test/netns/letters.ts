// The letters between some nodes: what was sent from one to the root of another, and did not arrive or arrived twice.
import type { NetCluster } from './net-cluster.ts'

export function lostBetween({ accounts, roots }: NetCluster, names: readonly string[]): string[] {
  const lines = accounts.flatMap((account) =>
    names.includes(account.process.split('.')[0] ?? '') ? account.lines : [],
  )
  const handled = new Map<string, number>()
  for (const line of lines) if (line.type === 'handled') handled.set(line.id, (handled.get(line.id) ?? 0) + 1)
  const sent = lines.flatMap((line) => (line.type === 'sent' && roots.includes(line.to) ? [line.id] : []))
  return sent.filter((id) => handled.get(id) !== 1).map((id) => `${id}: ${handled.get(id) ?? 0} times`)
}
