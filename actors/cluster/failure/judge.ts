// The judge: who is to be removed, kept or waited for, as a pure function of what the leader knows.
import { leaseOverMs } from './grants.ts'
import { isCutFromLeader, isLinkLoser } from './judge-link.ts'
import { flapExtraMs, flapsMax, goneMsMin, reportFreshMs, silenceMsMin, stallMsMax } from './timing.ts'
import type { Facts, FailureDecision, Judgement, MemberFacts, RemovalReason, Voice } from './decision.ts'
import type { MemberNumber } from './opinion.ts'

/** How many of the voters make a quorum. */
export function quorumOf(voterCount: number): number {
  return Math.floor(voterCount / 2) + 1
}

/**
 * Judges one member. Nobody is removed unless the leader has a quorum behind it and has not stalled, a majority of those that listen agree,
 * the silence is longer than what is published as borne, and the member's lease is over.
 */
export function judge(facts: Facts, subject: MemberNumber): Judgement {
  if (subject === facts.leader) return { act: 'keep', why: 'leader' }
  const listened = listeners(facts, subject)
  const voices = voicesAgainst(facts, subject, listened)
  const found = removalReason(facts, subject, listened, voices)
  if (found === 'trusted' || found === 'outvoted' || found === 'too-soon') return { act: 'keep', why: found }
  if (facts.lagMs > stallMsMax) return { act: 'keep', why: 'leader-stalled' }
  if (!isSure(facts, subject)) return { act: 'keep', why: 'leader-unsure' }
  const overMs = leaseOverMs(factsOf(facts, subject)?.grantedMs, facts.grantsBeforeMs, facts.timing)
  if (facts.atMs < overMs) return { act: 'wait', why: found, untilMs: overMs }
  return { act: 'remove', why: found }
}

/** The judgement with its inputs, as it is stored. */
export function decide(facts: Facts, subject: MemberNumber, wallMs: number): FailureDecision {
  const listened = listeners(facts, subject)
  const own = factsOf(facts, subject)
  return {
    subject,
    name: own?.name ?? String(subject),
    judgement: judge(facts, subject),
    atMs: facts.atMs,
    wallMs,
    view: facts.view,
    term: facts.term,
    leader: facts.leader,
    listened: listened.map(({ member }) => member),
    against: voicesAgainst(facts, subject, listened),
    votersHeard: votersHeard(facts),
    quorum: quorumOf(facts.members.filter(({ isVoter }) => isVoter).length),
    confirmedAgoMs: facts.confirmedMs === undefined ? undefined : facts.atMs - facts.confirmedMs,
    leaseOverMs: leaseOverMs(own?.grantedMs, facts.grantsBeforeMs, facts.timing),
    grantedMs: own?.grantedMs,
    timing: facts.timing,
  }
}

/** Whoever does not follow the leader any more goes first: to remove one that does may cost the quorum while the others count. */
const order: readonly RemovalReason[] = ['gone', 'silent', 'deaf', 'cut-off', 'link-broken']

/**
 * The one to be removed now, if any. One for each view: a removal changes who votes and what a quorum is, so the next is judged by what is
 * known after it.
 */
export function firstRemoval(judged: readonly FailureDecision[]): FailureDecision | undefined {
  return judged
    .filter(({ judgement }) => judgement.act === 'remove')
    .toSorted((a, b) => rank(a) - rank(b) || a.subject - b.subject)[0]
}

function rank({ judgement: { act, why } }: FailureDecision): number {
  return act === 'remove' ? order.indexOf(why) : order.length
}

/** Whoever has spoken lately and did not stall; not the one that is judged. */
function listeners(facts: Facts, subject: MemberNumber): MemberFacts[] {
  return facts.members.filter(
    (member) =>
      member.member !== subject && isFresh(facts, member) && (member.report?.lagMs ?? 0) <= stallMsMax,
  )
}

function isFresh({ atMs }: Facts, { report }: MemberFacts): boolean {
  return report !== undefined && atMs - report.receivedMs <= reportFreshMs
}

function voicesAgainst(facts: Facts, subject: MemberNumber, listened: readonly MemberFacts[]): Voice[] {
  return listened.flatMap(({ member, report }) => {
    const opinion = report?.opinions.find((one) => one.member === subject)
    if (report === undefined || opinion === undefined) return []
    return [
      { ...opinion, observer: member, isActing: report.isActing, ageMs: facts.atMs - report.receivedMs },
    ]
  })
}

function removalReason(
  facts: Facts,
  subject: MemberNumber,
  listened: readonly MemberFacts[],
  voices: readonly Voice[],
): RemovalReason | 'trusted' | 'outvoted' | 'too-soon' {
  if (isDeaf(facts, subject)) return 'deaf'
  const suspecting = voices.filter(({ says, isActing }) => says === 'suspects' && isActing)
  const isAgreed = suspecting.length > listened.length / 2
  if (isAgreed && isGone(voices, suspecting, listened.length)) return 'gone'
  const borneMs = silenceBorneMs(suspecting)
  const silent = suspecting.filter(({ silentMs }) => silentMs >= borneMs)
  if (silent.length > listened.length / 2) return 'silent'
  const own = factsOf(facts, subject)
  if (own !== undefined && isCutFromLeader(facts, own)) return 'cut-off'
  if (isLinkLoser(facts, subject, listened)) return 'link-broken'
  if (voices.length === 0) return 'trusted'
  return isAgreed ? 'too-soon' : 'outvoted'
}

/** Its address refused a majority of those that had a connection to it. Who trusts it has one. */
function isGone(voices: readonly Voice[], suspecting: readonly Voice[], listenerCount: number): boolean {
  const unable = voices.filter(({ hadConnection }) => !hadConnection).length
  const refused = suspecting.filter(
    ({ hadConnection, evidence, silentMs }) =>
      hadConnection && evidence === 'refused' && silentMs >= goneMsMin,
  )
  return refused.length > (listenerCount - unable) / 2
}

/** A member that keeps falling silent and coming back is borne longer each time: each removal would cost more than it. */
function silenceBorneMs(voices: readonly Voice[]): number {
  const flaps = Math.max(0, ...voices.map((voice) => voice.flaps))
  return silenceMsMin + flapExtraMs * Math.min(flaps, flapsMax)
}

/** It is heard, and says that it hears neither the leader nor most of the others: what it says arrives, what is said to it does not. */
function isDeaf(facts: Facts, subject: MemberNumber): boolean {
  const own = factsOf(facts, subject)
  if (own?.report === undefined || !isFresh(facts, own) || own.report.leaderHeardMs === undefined)
    return false
  if (own.report.leaderHeardMs < silenceMsMin || own.report.lagMs > stallMsMax) return false
  const unheard = own.report.opinions.filter(({ silentMs }) => silentMs >= silenceMsMin)
  return (
    unheard.length > (facts.members.length - 1) / 2 && unheard.some(({ member }) => member === facts.leader)
  )
}

/** Whether it is certain that this leader is not the one that is cut off, and would not be without the member. */
function isSure(facts: Facts, subject: MemberNumber): boolean {
  const { confirmedMs, atMs, timing } = facts
  if (confirmedMs === undefined || atMs - confirmedMs >= timing.leaseMs) return false
  const voters = facts.members.filter(({ isVoter }) => isVoter)
  const heard = votersHeard(facts)
  const others = voters.filter(({ member }) => member !== subject)
  const othersHeard = heard.filter((member) => member !== subject)
  return heard.length >= quorumOf(voters.length) && othersHeard.length >= quorumOf(others.length)
}

/** Voters that are heard and hear the leader. */
function votersHeard(facts: Facts): MemberNumber[] {
  return facts.members
    .filter((member) => member.isVoter && isFresh(facts, member))
    .filter(({ report }) => (report?.leaderHeardMs ?? Infinity) < silenceMsMin)
    .map(({ member }) => member)
}

function factsOf(facts: Facts, subject: MemberNumber): MemberFacts | undefined {
  return facts.members.find(({ member }) => member === subject)
}
