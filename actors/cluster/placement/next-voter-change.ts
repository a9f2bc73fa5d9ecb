// The next change of voters: who of the members gets a vote in the council, or loses it. A decision, one step at a time.
import { isTrusted } from '../state/member.ts'
import type { VoterChange } from '../council/council.ts'
import type { Member } from '../state/member.ts'

/** Five go on without two of them; each further one makes every decision slower and hardly any safer. */
export const votersMax = 5

export type VoterMember = Pick<Member, 'number' | 'kind' | 'status'>

/**
 * Decides who gets or loses a vote next, until an odd number of members that are up and trusted has one. Odd, because an even number needs
 * one vote more for a quorum, and so goes on without no more of them than the odd number below it: two stop when either is lost, one only when
 * that one is. The price of one among two nodes: the log stands on one disk.
 * @param leader keeps its vote as long as another can go
 * @returns undefined if all is as it should be, or nothing can be done
 */
export function nextVoterChange(
  members: readonly VoterMember[],
  voters: readonly number[],
  leader?: number,
): VoterChange | undefined {
  const byNumber = new Map(members.map((member) => [member.number, member]))
  const voting = voters.toSorted((a, b) => a - b)
  const gone = voting.find((number) => !byNumber.has(number))
  // They count in every quorum and never answer: they go before anybody comes, but for the last one.
  if (gone !== undefined && voting.length > 1) return { remove: gone }
  const fit = members.filter((member) => isFit(member, voting)).map(({ number }) => number)
  if (fit.length === 0) return undefined
  const wanted = Math.min(votersMax, fit.length % 2 === 0 ? fit.length - 1 : fit.length)
  const kept = voting.filter((number) => fit.includes(number))
  const unfit = voting.find((number) => !fit.includes(number))
  const next = fit.filter((number) => !voting.includes(number)).toSorted((a, b) => a - b)[0]
  // One that drains votes until another has taken its place, unless there is no room for both.
  if (kept.length < wanted && next !== undefined && voting.length < votersMax) return { add: next }
  if (unfit !== undefined) return removal(unfit, voting)
  if (kept.length > wanted)
    return removal(
      kept.findLast((number) => number !== leader),
      voting,
    )
  return undefined
}

/** Whoever joins has a vote only if it has founded the cluster. */
function isFit(member: VoterMember, voting: readonly number[]): boolean {
  if (!isTrusted(member) || member.status === 'draining') return false
  return member.status === 'up' || voting.includes(member.number)
}

/** The last vote is never taken: without it nothing could be decided any more. */
function removal(number: number | undefined, voting: readonly number[]): VoterChange | undefined {
  return number === undefined || voting.length < 2 ? undefined : { remove: number }
}
