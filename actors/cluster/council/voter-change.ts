// A change of voters: whether the leader may write it down, and who votes then.
import { ByteReader } from './byte-reader.ts'
import { ByteWriter } from './byte-writer.ts'
import { votersMax } from './entry.ts'
import type { Refusal } from './message.ts'
import type { VoterChange } from './council.ts'

/** Entries that a member may be behind when it is given a vote: with more, a decision could have to wait for it. */
export const voterLagEntriesMax = 1_024

/** What a leader knows when it is asked. */
export interface ChangeView {
  readonly voters: readonly number[]
  /** Whether the last list of voters is decided. */
  readonly isDecided: boolean
  /** Whether an entry of this leader's term is. */
  readonly isStarted: boolean
  /** Of the one who is to vote; undefined if it does not follow this leader. */
  readonly follower: { readonly behind: number; readonly canVote: boolean } | undefined
}

/** Rules 28 to 30. @returns who votes then, or why not */
export function changedVoters(change: VoterChange, view: ChangeView): readonly number[] | Refusal {
  const { voters } = view
  const member = 'add' in change ? change.add : change.remove
  if (!view.isStarted) return 'leader-too-new'
  if (!view.isDecided) return 'change-under-way'
  if (voters.includes(member) === 'add' in change) return 'already-so'
  if ('remove' in change)
    return voters.length === 1 ? 'last-voter' : voters.filter((voter) => voter !== member)
  if (voters.length >= votersMax) return 'voters-full'
  if (view.follower === undefined) return 'not-following'
  if (!view.follower.canVote) return 'not-durable'
  if (view.follower.behind > voterLagEntriesMax) return 'behind'
  return [...voters, member].toSorted((a, b) => a - b)
}

export function encodeChange(change: VoterChange): Uint8Array {
  const isAdd = 'add' in change
  return new ByteWriter()
    .byte(isAdd ? 1 : 0)
    .number(isAdd ? change.add : change.remove)
    .done()
}

export function decodeChange(bytes: Uint8Array): VoterChange | undefined {
  const reader = new ByteReader(bytes)
  const isAdd = reader.flag()
  const member = reader.number()
  if (!reader.isDone || member < 1) return undefined
  return isAdd ? { add: member } : { remove: member }
}
