// A judge of ordeals: what was seen must be what was promised.
import type { Ordeal } from './ordeal.ts'

/** How late the end of an ask may be by its node's clock, in milliseconds. */
const tickMs = 1

export function judge(ordeal: Ordeal): string[] {
  return [
    ...ordeal.flaws,
    ...singleLives(ordeal),
    ...once(ordeal),
    ...inOrder(ordeal),
    ...asks(ordeal),
    ...watches(ordeal),
  ]
}

/** M1: once a later life of a name has acted, no earlier one does. */
function singleLives({ ledger }: Ordeal): string[] {
  const flaws: string[] = []
  const latest = new Map<string, { life: number; atMs: number }>()
  for (const { path, life, atMs, id } of ledger.acts) {
    const last = latest.get(path)
    if (last !== undefined && life < last.life)
      flaws.push(
        `"${path}": life ${life} handled ${id} at ${atMs} ms, and life ${last.life} had at ${last.atMs} ms`,
      )
    if (last === undefined || life >= last.life) latest.set(path, { life, atMs })
  }
  return flaws
}

/** D1. */
function once({ ledger }: Ordeal): string[] {
  const seen = new Set<string>()
  return ledger.acts.flatMap(({ path, id }) => {
    const key = `${path} ${id}`
    if (seen.has(key)) return [`"${path}" handled ${id} twice`]
    seen.add(key)
    return []
  })
}

/** O1: by each process of a sender. */
function inOrder({ ledger }: Ordeal): string[] {
  const last = new Map<string, number>()
  return ledger.acts.flatMap(({ path, id }) => {
    const [number, sender, to] = id.split(' ')
    // What another has passed on is from that one.
    if (to !== path) return []
    const key = `${sender} ${path}`
    const before = last.get(key) ?? 0
    last.set(key, Number(number))
    return Number(number) > before ? [] : [`"${path}" handled ${id} after ${before}`]
  })
}

/** D2. */
function asks({ questions, cluster, ledger }: Ordeal): string[] {
  const handled = new Set(ledger.acts.map(({ path, id }) => `${path} ${id}`))
  return questions.flatMap(({ id, by, atMs, timeoutMs, ends }) => {
    const isAlive = cluster.running.includes(by)
    if (ends.length > 1) return [`ask ${id} ended ${ends.length} times`]
    const [end] = ends
    if (end === undefined) return isAlive ? [`ask ${id} has not ended`] : []
    const lateMs = end.atMs - atMs - timeoutMs - by.clock.frozenMs
    if (lateMs > tickMs) return [`ask ${id} ended ${lateMs} ms late by ${end.how}`]
    const path = id.split(' ')[2] ?? ''
    if (end.isRefused && handled.has(`${path} ${id}`))
      return [`ask ${id} was refused by ${end.how}, and handled`]
    return []
  })
}

/** S2: at the end everybody that was watched has ended. */
function watches({ lookouts, cluster }: Ordeal): string[] {
  return lookouts.flatMap(({ path, by, causes }) => {
    const isAlive = cluster.running.includes(by)
    if (causes.length > 1 || (isAlive && causes.length === 0))
      return [`a watch of "${path}" by ${by.name} was told ${JSON.stringify(causes)}`]
    return []
  })
}
