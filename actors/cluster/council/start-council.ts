// Starts a node's part in the council: opens what the storage holds and brings it to life.
import { CouncilStore } from './council-store.ts'
import { encodeVoters, newEntry } from './entry.ts'
import { Raft } from './raft.ts'
import { RaftLog } from './raft-log.ts'
import { Replica } from './replica.ts'
import { RunningCouncil } from './running-council.ts'
import type { Council, CouncilOptions, CouncilTiming } from './council.ts'
import type { CouncilParts } from './running-council.ts'
import type { Stored } from './log-frame.ts'

/** Milliseconds. */
export const heartbeatMsDefault = 100
export const electionMinMsDefault = 400
export const electionMaxMsDefault = 700

const usualTiming: CouncilTiming = {
  heartbeatMs: heartbeatMsDefault,
  electionMinMs: electionMinMsDefault,
  electionMaxMs: electionMaxMsDefault,
}

/**
 * Starts this node's part in the council. A founder, and a voter that is alone, lead soon after it returns.
 * @throws {Fault} `council-damaged` what the storage holds is not what was written · `disk-failed`
 */
export async function startCouncil(options: CouncilOptions): Promise<Council> {
  const council = new RunningCouncil(await openCouncil(options))
  council.wake()
  return council
}

/** The parts of a council that does not run yet. */
export async function openCouncil(options: CouncilOptions): Promise<CouncilParts> {
  const { self, storage, clock } = options
  const empty = options.found === true ? foundation(self) : { term: 0, vote: 0, entries: [] }
  const fresh: Stored = { self, lives: 1, snapshot: undefined, base: { index: 0, term: 0 }, ...empty }
  const opened = storage && (await CouncilStore.open(storage, self, empty))
  const stored = opened?.stored ?? fresh
  const log = new RaftLog(stored)
  const replica = new Replica(options.machine)
  if (log.snapshot !== undefined) replica.restore(log.snapshot)
  const raft = new Raft({
    self,
    term: stored.term,
    vote: stored.vote,
    log,
    canVote: options.mayVote ?? storage !== undefined,
    timing: { ...usualTiming, ...options.timing },
    random: options.random,
    contacts: options.contacts ?? [],
    now: clock.now(),
  })
  return { options, raft, replica, store: opened?.store, life: stored.lives }
}

/** The first entry of a cluster: its founder votes. */
function foundation(self: number): Pick<Stored, 'term' | 'vote' | 'entries'> {
  const voters = { kind: 'voters', member: 0, counter: 0, settled: 0, data: encodeVoters([self]) } as const
  return { term: 1, vote: self, entries: [newEntry(1, 1, voters)] }
}
