// A letter: one dead message, as data.
import { wallText } from './moment.ts'
import type { DeadLetter } from '../../runtime/dead-letters.ts'
import type { Plain } from '../plain.ts'
import type { Node } from '../node.ts'

/** One message that was not handled. */
export interface Letter {
  readonly id: number
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

/** Describes a dead letter. */
export function letterOf(node: Node, { id, atMs, reason, envelope, fault }: DeadLetter): Letter {
  return {
    id,
    at: wallText(node, atMs),
    reason,
    path: envelope.to.path,
    message: envelope.name,
    from: envelope.from?.path ?? '',
    payload: node.operator.plain(envelope.payload) ?? null,
    fault: fault === undefined ? '' : `${fault.code}: ${fault.message}`,
  }
}
