// Verbs of homes: how claims, releases and moves change the ledger. Each checks all before it changes anything.
import { homeBytes, homesBytesMax, homesMax } from './home.ts'
import { memberUnknown, refused, siteOf } from './refused.ts'
import type { Answer, ClaimResult, Refusal } from './answer.ts'
import type { HomeCause } from './change.ts'
import type { Claim, ClaimHomes, HomeMark, RehomeHomes, ReleaseHomes, SettleHomes } from './command.ts'
import type { Home } from './home.ts'
import type { Ledger } from './ledger.ts'
import type { Member } from './member.ts'

export function claimHomes(ledger: Ledger, { member: number, claims }: ClaimHomes): Answer {
  const member = ledger.roster.get(number)
  if (member === undefined) return memberUnknown(number)
  if (member.status === 'draining') return draining(member)
  return { type: 'claims', results: claims.map((claim) => claimHome(ledger, member, claim)) }
}

export function releaseHomes(ledger: Ledger, { member, homes }: ReleaseHomes): Answer {
  let count = 0
  for (const mark of homes) {
    const home = marked(ledger, mark)
    if (home?.member !== member) continue
    letGo(ledger, home, 'released')
    count++
  }
  return { type: 'counted', count }
}

export function settleHomes(ledger: Ledger, { member, homes }: SettleHomes): Answer {
  if (ledger.roster.get(member) === undefined) return memberUnknown(member)
  let count = 0
  for (const mark of homes) {
    const home = marked(ledger, mark)
    if (home === undefined || home.member !== member || home.isSettled) continue
    const settled = { ...home, isSettled: true }
    ledger.homes.put(settled)
    ledger.note({ type: 'home-settled', home: settled })
    count++
  }
  return { type: 'counted', count }
}

export function rehomeHomes(ledger: Ledger, { homes: marks, to }: RehomeHomes): Answer {
  const target = ledger.roster.get(to)
  if (target === undefined) return memberUnknown(to)
  if (target.status === 'draining') return draining(target)
  const tops = new Set(marks.map(({ top }) => top))
  const homes: Home[] = []
  for (const mark of marks) {
    const home = marked(ledger, mark)
    if (home === undefined || tops.size !== marks.length) return stale(ledger, mark)
    const apart = partedBy(ledger, { top: home.top, member: to }, tops)
    if (apart !== undefined) return apart
    homes.push(home)
  }
  const moved = homes.map((home) => giveHome(ledger, home, { to: target, cause: 'moved' }))
  return { type: 'rehomed', epochs: moved.map(({ epoch }) => epoch) }
}

/**
 * Gives a root another member, or nobody, at the next epoch. Who takes over from one that is lost has it settled only when it says so.
 * @param given.to undefined is nobody
 */
export function giveHome(
  ledger: Ledger,
  home: Home,
  { to, cause }: { to: Member | undefined; cause: HomeCause },
): Home {
  const member = to?.number ?? 0
  const node = to?.name ?? home.node
  const epoch = ledger.homes.nextEpoch()
  const given = { ...home, member, node, epoch, isSettled: cause === 'moved' }
  ledger.homes.put(given)
  const { top } = home
  ledger.note({ type: 'home-changed', top, from: home.member, to: member, epoch, cause, home: given })
  return given
}

export function letGo(ledger: Ledger, home: Home, cause: 'released' | 'stopped'): void {
  ledger.homes.remove(home)
  const { top, member, epoch } = home
  ledger.note({ type: 'home-changed', top, from: member, to: 0, epoch, cause, home })
}

function claimHome(ledger: Ledger, member: Member, claim: Claim): ClaimResult {
  const { homes } = ledger
  const { top, ticket } = claim
  const taken = homes.get(top)
  if (taken !== undefined) {
    const isSame = taken.member === member.number && taken.ticket === ticket
    return isSame ? { type: 'claimed', epoch: taken.epoch } : { type: 'taken', home: siteOf(taken) }
  }
  const apart = partedBy(ledger, { top, member: member.number }, new Set())
  if (apart !== undefined) return apart
  const epoch = homes.lastEpoch + 1
  const home = { ...claim, member: member.number, epoch, isSettled: true, node: member.name }
  const bytes = homes.bytes + homeBytes(home)
  if (homes.count >= homesMax || bytes > homesBytesMax) {
    const why = `${homes.count} of ${homesMax} homes take ${homes.bytes} of ${homesBytesMax} bytes`
    return refused('homes-full', why)
  }
  homes.nextEpoch()
  homes.put(home)
  ledger.note({ type: 'home-changed', top, from: 0, to: member.number, epoch, cause: 'claimed', home })
  return { type: 'claimed', epoch }
}

/** Kin share a node, because a child of one could have the other's name. @param along those that go the same way */
function partedBy(
  { homes }: Ledger,
  { top, member }: { top: string; member: number },
  along: ReadonlySet<string>,
): Refusal | undefined {
  const isApart = (kin: Home): boolean => kin.member !== member && !along.has(kin.top)
  const above = homes.above(top)
  // All that are above live together, and so does whoever is below one of them; the way they go they go together too.
  const apart = above !== undefined && isApart(above) ? above : homes.below(top).find((kin) => isApart(kin))
  if (apart === undefined) return undefined
  const where = apart.member === 0 ? 'nobody has it now' : `member ${apart.member} has it`
  return refused('place-split', `it shares a path, and so a node, with another root: ${where}`, apart)
}

function stale(ledger: Ledger, { top, epoch }: HomeMark): Refusal {
  const home = ledger.homes.get(top)
  const now = home === undefined ? 'nobody has it' : `it has epoch ${home.epoch}`
  return refused('home-stale', `${now}, not epoch ${epoch}, or it is named twice`, home)
}

function marked(ledger: Ledger, { top, epoch }: HomeMark): Home | undefined {
  const home = ledger.homes.get(top)
  return home?.epoch === epoch ? home : undefined
}

function draining({ number, name }: Member): Refusal {
  return refused('member-draining', `"${name}", member ${number}, is draining and takes no new roots`)
}
