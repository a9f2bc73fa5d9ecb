// A member's end: it leaves the roster, and all that it had goes to others, waits, or is let go, in one step.
import { isTrusted } from './member.ts'
import { hosting } from '../placement/hosting.ts'
import { Spread } from '../placement/spread.ts'
import { decisionsMax } from './decision.ts'
import { giveHome, letGo } from './home-verbs.ts'
import { fatesOf, foundHomes } from './lost-clans.ts'
import type { Shard } from './cluster-facts.ts'
import type { Decision, Ended, MemberEnd } from './decision.ts'
import type { Ledger } from './ledger.ts'
import type { Member } from './member.ts'

export function endMember(
  ledger: Ledger,
  member: Member,
  how: { end: MemberEnd; decision: Decision },
): Ended {
  const { roster, homes } = ledger
  const { number, name, peer, uid } = member
  roster.remove(member)
  const fates = fatesOf(homes.of(number), spreadOf(ledger))
  const count = (isSo: (to: number | 'stopped') => boolean): number =>
    fates.filter(({ to }) => isSo(to)).length
  const ended: Ended = {
    number,
    name,
    peer,
    uid,
    end: how.end,
    view: roster.view,
    decision: how.decision,
    rehomed: count((to) => to !== 'stopped' && to !== 0),
    waiting: count((to) => to === 0),
    stopped: count((to) => to === 'stopped'),
  }
  ledger.ended = [...ledger.ended, ended].slice(-decisionsMax)
  ledger.note({ type: 'member-ended', member, end: how.end, view: roster.view, ended })
  for (const { home, to } of fates) {
    if (to === 'stopped') letGo(ledger, home, 'stopped')
    else giveHome(ledger, home, { to: roster.get(to), cause: 'lost' })
  }
  endLeases(ledger, number)
  shareAgain(ledger)
  return ended
}

/** Gives the roots that nobody has to whoever can have them now. */
export function findHomes(ledger: Ledger): void {
  const { roster, homes } = ledger
  const named = (node: string, definitions: readonly string[]): number | undefined => {
    const member = roster.byName(node)
    if (member?.status !== 'up') return undefined
    return definitions.every((one) => hosting(member.hosts, one) !== 'none') ? member.number : undefined
  }
  const found = foundHomes(homes.of(0), { spread: spreadOf(ledger), named })
  for (const { home, to } of found) giveHome(ledger, home, { to: roster.get(to), cause: 'found' })
}

/** Spreads the shards over those that are up. */
export function shareAgain(ledger: Ledger): void {
  const { roster, shards } = ledger
  const owners = [...roster.all()].filter((member) => member.status === 'up' && isTrusted(member))
  const changed = shards.share(
    owners.map(({ number }) => number),
    (number) => roster.get(number) !== undefined,
  )
  noteShards(ledger, changed)
}

export function noteShards(ledger: Ledger, changed: readonly Shard[]): void {
  for (const { shard, owner, from, epoch } of changed)
    ledger.note({ type: 'shard-changed', shard, from, to: owner, epoch })
}

function endLeases(ledger: Ledger, number: number): void {
  for (const { name, member, epoch } of ledger.leases.values()) {
    if (member !== number) continue
    ledger.leases.delete(name)
    ledger.note({ type: 'lease-changed', name, from: number, to: 0, epoch })
  }
}

/** Who takes in roots that nobody has placed there. */
function spreadOf({ roster, homes }: Ledger): Spread {
  const open = [...roster.all()].filter((member) => member.status === 'up' && isTrusted(member))
  return new Spread(
    open.map(({ number, hosts, load }) => ({ number, hosts, load, roots: homes.countOf(number) })),
  )
}
