// Reads a failure message: what came from another node is believed only if it has the shape and the size of one.
import { opinionsMax, phiMax } from './opinion.ts'
import type { Beat, FailureMessage } from './failure-message.ts'
import type { Opinion } from './opinion.ts'

type Fields = Readonly<Record<string, unknown>>

/** @returns undefined if it is no failure message; what it does not know of a message is left out */
export function readFailureMessage(value: unknown): FailureMessage | undefined {
  if (!isFields(value)) return undefined
  const { type, nonce, subject, sequence } = value
  switch (type) {
    case 'beat':
      return readBeat(value)
    case 'grant':
      return isCount(sequence) ? { type, sequence } : undefined
    case 'ping':
    case 'pong':
      return isCount(nonce) ? { type, nonce } : undefined
    case 'probe':
    case 'alive':
      return isCount(nonce) && isCount(subject) ? { type, nonce, subject } : undefined
    default:
      return undefined
  }
}

function readBeat(fields: Fields): Beat | undefined {
  const { member, sequence, view, lagMs, isActing, heard, heardMs, opinions } = fields
  if (!isCount(member) || !isCount(sequence) || !isCount(view) || !isCount(heard)) return undefined
  if (!isTime(lagMs) || !isTime(heardMs) || typeof isActing !== 'boolean') return undefined
  if (!Array.isArray(opinions) || opinions.length > opinionsMax) return undefined
  const read: Opinion[] = []
  for (const one of opinions as readonly unknown[]) {
    const opinion = readOpinion(one)
    if (opinion === undefined) return undefined
    read.push(opinion)
  }
  return { type: 'beat', member, sequence, view, lagMs, isActing, heard, heardMs, opinions: read }
}

function readOpinion(value: unknown): Opinion | undefined {
  if (!isFields(value)) return undefined
  const { member, says, evidence, silentMs, phi, forMs, hadConnection, flaps, heardBy } = value
  if (says !== 'suspects' && says !== 'link-broken') return undefined
  if (evidence !== 'silence' && evidence !== 'unreachable' && evidence !== 'refused') return undefined
  if (!isCount(member) || !isTime(silentMs) || !isTime(forMs) || !isCount(flaps)) return undefined
  if (!isTime(phi) || phi > phiMax || typeof hadConnection !== 'boolean') return undefined
  if (!Array.isArray(heardBy) || heardBy.length > opinionsMax || !heardBy.every(isCount)) return undefined
  return { member, says, evidence, silentMs, phi, forMs, hadConnection, flaps, heardBy: heardBy.slice() }
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0
}

function isTime(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value < Infinity
}
