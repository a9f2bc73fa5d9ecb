// The rule of broken links: of two members that cannot hear each other while others hear both, which one goes, and when.
import { linkBrokenMsMax } from './timing.ts'
import type { Facts, MemberFacts } from './decision.ts'
import type { MemberNumber } from './opinion.ts'

/** Two members, the lower number first. */
export interface BrokenLink {
  readonly one: MemberNumber
  readonly other: MemberNumber
  /** Which of the two complain, for however long. */
  readonly sayers: readonly MemberNumber[]
}

/** The links that have been broken for longer than is borne, as either end says. */
export function brokenLinks(listened: readonly MemberFacts[]): BrokenLink[] {
  const links = new Map<string, BrokenLink>()
  for (const { member, report } of listened) {
    for (const opinion of report?.opinions ?? []) {
      if (opinion.says !== 'link-broken' || opinion.forMs < linkBrokenMsMax) continue
      const one = Math.min(member, opinion.member)
      const other = Math.max(member, opinion.member)
      const isBoth = listened.some(
        (own) =>
          own.member === opinion.member &&
          own.report?.opinions.some((back) => back.member === member) === true,
      )
      links.set(`${one} ${other}`, { one, other, sayers: isBoth ? [one, other] : [member] })
    }
  }
  return [...links.values()]
}

/**
 * Whether a member is the one to go of a pair it belongs to. Where only one of them complains it is that one: it may lie, and it would be heard
 * as well without the other. Else the one with more broken links goes; between equals whoever does not lead, then whoever does not vote, then
 * the younger.
 */
export function isLinkLoser(facts: Facts, subject: MemberNumber, listened: readonly MemberFacts[]): boolean {
  const own = facts.members.find(({ member }) => member === subject)
  // What it says itself counts too: it may be the only one that notices.
  const links = brokenLinks(own === undefined ? listened : [...listened, own])
  return links.some((link) => {
    const { one, other } = link
    if (one !== subject && other !== subject) return false
    return loser(facts, links, link) === subject
  })
}

/**
 * Whether a way between the leader and the member has been broken for longer than is borne, whoever else hears it: it is given no lease, so it
 * could do nothing for the rest of its life.
 */
export function isCutFromLeader({ leader, members }: Facts, { member, report }: MemberFacts): boolean {
  if ((report?.leaderHeardMs ?? 0) >= linkBrokenMsMax) return true
  const led = members.find((one) => one.member === leader)
  return (
    led?.report?.opinions.some((one) => one.member === member && one.silentMs >= linkBrokenMsMax) === true
  )
}

function loser(facts: Facts, links: readonly BrokenLink[], link: BrokenLink): MemberNumber {
  const { one: a, other: b, sayers } = link
  if (a === facts.leader) return b
  if (b === facts.leader) return a
  const [sayer] = sayers
  if (sayers.length === 1 && sayer !== undefined) return sayer
  const brokenOf = (member: MemberNumber): number =>
    links.filter(({ one, other }) => one === member || other === member).length
  if (brokenOf(a) !== brokenOf(b)) return brokenOf(a) > brokenOf(b) ? a : b
  const votes = (member: MemberNumber): boolean =>
    facts.members.some((one) => one.member === member && one.isVoter)
  if (votes(a) !== votes(b)) return votes(a) ? b : a
  return Math.max(a, b)
}
