// A letter: one dead message, as data.
import { wallText } from './moment.ts'
import type { DeadLetter } from '../../runtime/dead-letters.ts'
import type { Plain } from '../plain.ts'
import type { Located, Spot } from './spot.ts'
import type { Ground } from './ground.ts'

/** One message that was not handled. */
export interface Letter extends Located {
  /** By which it can be sent again; of a letter in another thread `3.17`, with the number of the thread. */
  readonly id: number | string
  readonly at: string
  readonly reason: string
  readonly path: string
  readonly message: string
  /** The sending actor's path; empty for others. */
  readonly from: string
  readonly payload: Plain
  /** What its handler threw, in words; empty if none did. */
  readonly fault: string
}

/** The letter as it is known outside of its thread: another one in the same place begins to count anew. */
export function letterFrom<L extends { readonly id: number | string }>(letter: L, { id }: Spot): L {
  return id === 0 ? letter : { ...letter, id: idFrom(letter.id, { id }) }
}

/** `3.17`. */
export function idFrom(letter: number | string, { id }: Pick<Spot, 'id'>): number | string {
  return id === 0 ? letter : `${id}.${letter}`
}

/** Describes a dead letter. */
export function letterOf(ground: Ground, { id, atMs, reason, envelope, fault }: DeadLetter): Letter {
  return {
    id,
    at: wallText(ground, atMs),
    reason,
    path: envelope.to.path,
    message: envelope.name,
    from: envelope.from?.path ?? '',
    payload: ground.operator.plain(envelope.payload) ?? null,
    fault: fault === undefined ? '' : `${fault.code}: ${fault.message}`,
  }
}
