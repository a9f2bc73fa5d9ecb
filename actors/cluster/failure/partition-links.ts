// Links with cuts: who hears whom when some are cut, and what a leader would know after they have been for long.
import { leaseTimingDefault } from './timing.ts'
import type { Facts, MemberFacts } from './decision.ts'
import type { MemberNumber, Opinion } from './opinion.ts'

/** Longer than anything that is borne. */
const longMs = 60_000

interface Named {
  readonly member: MemberNumber
  readonly name: string
  readonly isVoter: boolean
}

export class Links {
  readonly #cut: ReadonlySet<string>

  constructor(cut: readonly (readonly [from: MemberNumber, to: MemberNumber])[]) {
    this.#cut = new Set(cut.map(([from, to]) => `${from} ${to}`))
  }

  /** Whether what the one sends reaches the other. */
  carries(from: MemberNumber, to: MemberNumber): boolean {
    return from === to || !this.#cut.has(`${from} ${to}`)
  }

  isWhole(a: MemberNumber, b: MemberNumber): boolean {
    return this.carries(a, b) && this.carries(b, a)
  }
}

/** What the leader knows in the end. It is taken to have its quorum; whoever asks has seen to that. */
export function factsAfterCut(members: readonly Named[], leader: MemberNumber, links: Links): Facts {
  return {
    atMs: 0,
    view: 0,
    term: 0,
    leader,
    confirmedMs: 0,
    // Whoever is to go is given no more lease, and goes when it is over.
    grantsBeforeMs: -longMs,
    lagMs: 0,
    timing: leaseTimingDefault,
    members: members.map((own): MemberFacts => {
      const isHeard = links.carries(own.member, leader)
      const opinions = members.flatMap(
        (other) => opinionAfterCut(members, own.member, other.member, links) ?? [],
      )
      const leaderHeardMs = links.carries(leader, own.member) ? 0 : longMs
      const report = isHeard
        ? { receivedMs: 0, lagMs: 0, isActing: links.isWhole(leader, own.member), leaderHeardMs, opinions }
        : undefined
      return { member: own.member, name: own.name, isVoter: own.isVoter, grantedMs: undefined, report }
    }),
  }
}

function opinionAfterCut(
  members: readonly Named[],
  observer: MemberNumber,
  subject: MemberNumber,
  links: Links,
): Opinion | undefined {
  if (links.carries(subject, observer)) return undefined
  const helpers = members.filter(
    ({ member }) => member !== observer && links.isWhole(observer, member) && links.isWhole(member, subject),
  )
  return {
    member: subject,
    says: helpers.length === 0 ? 'suspects' : 'link-broken',
    evidence: 'silence',
    silentMs: longMs,
    phi: 8,
    forMs: longMs,
    hadConnection: true,
    flaps: 0,
    heardBy: helpers.map(({ member }) => member),
  }
}
