// An explanation: a decision about a member in a line and facts that are stored with it, and in the lines that `why` prints.
import type { FailureDecision, Judgement, KeepReason, RemovalReason, Voice } from './decision.ts'

/** One thing that was known when it was decided; the form in which the council keeps it. */
export interface ExplainedFact {
  readonly name: string
  readonly value: number | string
}

/** A decision as the council keeps it. */
export interface Explained {
  /** One line, without a full stop. */
  readonly why: string
  /** By the leader's wall clock, in milliseconds since 1970. */
  readonly atMs: number
  /** The leader's number. */
  readonly by: number
  readonly facts: readonly ExplainedFact[]
}

/** Voices that are told one by one; the others are counted. */
export const voicesToldMax = 64

/** What the council stores. */
export function explained(decision: FailureDecision): Explained {
  return {
    why: `${decision.name} ${verdictOf(decision.judgement)}`,
    atMs: decision.wallMs,
    by: decision.leader,
    facts: [...courtFacts(decision), ...voiceFacts(decision), ...leaseFacts(decision)],
  }
}

/** The lines of `why`, from the decision or from what was stored of it. */
export function explain(decision: FailureDecision | Explained): string[] {
  const { why, facts } = 'facts' in decision ? decision : explained(decision)
  const width = Math.max(0, ...facts.map(({ name }) => name.length))
  return [why, ...facts.map(({ name, value }) => `  ${name.padEnd(width)}  ${value}`)]
}

const removals: Readonly<Record<RemovalReason, string>> = {
  gone: 'its process is gone, its address refuses connections',
  silent: 'a majority of those that listen hear nothing of it',
  deaf: 'it is heard, and hears neither the leader nor most others',
  'cut-off': 'it and the leader do not hear each other, and it would never act again',
  'link-broken': 'it and another member cannot hear each other, and it is the one to go',
}

const keeps: Readonly<Record<KeepReason, string>> = {
  trusted: 'nobody speaks against it',
  outvoted: 'no majority of those that listen suspects it',
  'too-soon': 'its silence is shorter than what is borne',
  leader: 'it leads, and judges',
  'leader-unsure': 'the leader cannot tell whether it is the one that is cut off',
  'leader-stalled': 'the leader itself stalled a moment ago',
}

function verdictOf(judgement: Judgement): string {
  switch (judgement.act) {
    case 'keep':
      return `is kept: ${keeps[judgement.why]}`
    case 'wait':
      return `is to be removed when its lease is over: ${removals[judgement.why]}`
    case 'remove':
      return `is removed: ${removals[judgement.why]}`
  }
}

function courtFacts(decision: FailureDecision): ExplainedFact[] {
  const { leader, term, view, listened, against, votersHeard, quorum, confirmedAgoMs } = decision
  const confirmed =
    confirmedAgoMs === undefined ? 'by no quorum yet' : `by a quorum ${ms(confirmedAgoMs)} ago`
  return [
    { name: 'decided by', value: `${leader} in term ${term}, view ${view}` },
    { name: 'confirmed', value: confirmed },
    { name: 'voters heard', value: `${votersHeard.length} of the ${quorum} needed: ${list(votersHeard)}` },
    { name: 'listened to', value: `${listened.length}: ${list(listened)}` },
    { name: 'against it', value: `${against.length} of ${listened.length}` },
  ]
}

function voiceFacts({ against }: FailureDecision): ExplainedFact[] {
  const told = against
    .slice(0, voicesToldMax)
    .map((voice) => ({ name: `${voice.observer} says`, value: said(voice) }))
  const left = against.length - told.length
  return left === 0 ? told : [...told, { name: 'others', value: `${left} more say so` }]
}

function said(voice: Voice): string {
  const { says, evidence, silentMs, phi, forMs, heardBy, flaps, hadConnection, isActing, ageMs } = voice
  const words = [
    `${says}: ${evidence}, silent for ${ms(silentMs)}, phi ${phi}, for ${ms(forMs)}, said ${ms(ageMs)} ago`,
  ]
  if (heardBy.length > 0) words.push(`heard by ${list(heardBy)}`)
  if (flaps > 0) words.push(`lifted ${flaps} times lately`)
  if (!isActing) words.push('does not count, it held no lease')
  if (!hadConnection) words.push('never had a connection')
  return words.join('; ')
}

function leaseFacts({ atMs, grantedMs, leaseOverMs, timing }: FailureDecision): ExplainedFact[] {
  const granted =
    grantedMs === undefined ? 'none by this leader' : `received ${ms(atMs - grantedMs)} before the decision`
  const overMs = atMs - leaseOverMs
  return [
    { name: 'last granted', value: granted },
    {
      name: 'lease',
      value:
        `${ms(timing.leaseMs)}, drift ${timing.drift * 100} %, margin ${ms(timing.marginMs)}; over for certain ` +
        (overMs >= 0 ? `${ms(overMs)} before the decision` : `in ${ms(-overMs)}`),
    },
  ]
}

function ms(value: number): string {
  return `${Math.round(value)} ms`
}

function list(members: readonly number[]): string {
  return members.length === 0 ? 'nobody' : members.join(', ')
}
