// Verbs of what else the cluster agrees on: leases, settings and shards that were let go of.
import { noteShards } from './member-end.ts'
import { memberUnknown, refused } from './refused.ts'
import type { Answer } from './answer.ts'
import type { EndLease, SetSetting, Shed, TakeLease } from './command.ts'
import type { Ledger } from './ledger.ts'

/** Leases at once: each is a thing of which a cluster has one, not one of many. */
export const leasesMax = 1_024
/** Settings of a cluster. */
export const settingsMax = 1_024

export function takeLease(ledger: Ledger, { name, member }: TakeLease): Answer {
  const { roster, leases, homes } = ledger
  if (roster.get(member) === undefined) return memberUnknown(member)
  const held = leases.get(name)
  if (held?.member === member) return { type: 'leased', epoch: held.epoch }
  if (held !== undefined)
    return refused('lease-taken', `member ${held.member} has "${name}" since epoch ${held.epoch}`)
  if (leases.size >= leasesMax) return refused('leases-full', `${leases.size} of ${leasesMax} are taken`)
  const epoch = homes.nextEpoch()
  leases.set(name, { name, member, epoch })
  ledger.note({ type: 'lease-changed', name, from: 0, to: member, epoch })
  return { type: 'leased', epoch }
}

export function endLease(ledger: Ledger, { name, member, epoch }: EndLease): Answer {
  const held = ledger.leases.get(name)
  if (held?.member !== member || held.epoch !== epoch) return { type: 'counted', count: 0 }
  ledger.leases.delete(name)
  ledger.note({ type: 'lease-changed', name, from: member, to: 0, epoch })
  return { type: 'counted', count: 1 }
}

export function setSetting(ledger: Ledger, { key, value }: SetSetting): Answer {
  const { settings, roster } = ledger
  const answer: Answer = { type: 'done', view: roster.view }
  if (settings.get(key) === value) return answer
  if (value === undefined) settings.delete(key)
  else if (settings.has(key) || settings.size < settingsMax) settings.set(key, value)
  else return refused('settings-full', `there are ${settings.size} of ${settingsMax} settings`)
  ledger.note({ type: 'setting-changed', key, value })
  return answer
}

export function shed(ledger: Ledger, { member, shards }: Shed): Answer {
  if (ledger.roster.get(member) === undefined) return memberUnknown(member)
  const changed = ledger.shards.shed(member, shards)
  noteShards(ledger, changed)
  return { type: 'counted', count: changed.length }
}
