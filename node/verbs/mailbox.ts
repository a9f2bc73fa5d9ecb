// mailbox: shows what waits for an actor.
import { actorAt } from './actor-at.ts'
import { count, optionOr, path } from './parameter.ts'
import type { Overflow } from '../../runtime/actor.ts'
import type { Envelope } from '../../runtime/envelope.ts'
import type { Plain } from '../plain.ts'
import type { Ground } from './ground.ts'
import type { Verb } from './verb.ts'

export interface MailboxInput {
  readonly actor: string
  readonly peek: number
}

/** A message that waits. */
export interface Waiting {
  /** Its place in the line, from 1. */
  readonly position: number
  readonly message: string
  /** The sending actor's path; empty for others. */
  readonly from: string
  readonly kind: 'tell' | 'ask' | 'timer'
  readonly payload: Plain
}

export interface Line {
  readonly path: string
  readonly waiting: number
  readonly stashed: number
  readonly messagesMax: number
  readonly overflow: Overflow
  /** Senders that wait for room. */
  readonly offers: number
  readonly messages: readonly Waiting[]
}

export const mailbox: Verb<MailboxInput, Line> = {
  name: 'mailbox',
  summary: 'Shows what waits for an actor, the next message first.',
  risk: 'low',
  role: 'view',
  answers: 'once',
  parameters: {
    actor: path('whose'),
    peek: optionOr(count('messages to show; default 10', { min: 0, max: 1_000 }), 10),
  },
  examples: ['mailbox clicks', 'mailbox clicks --peek 100'],
  where: ({ actor }) => ({ in: 'home', path: actor }),
  run(ground, { actor, peek }) {
    const cell = actorAt(ground, actor)
    const rare = cell.rareIfAny
    return {
      path: cell.path,
      waiting: cell.waiting,
      stashed: rare?.stash?.length ?? 0,
      messagesMax: cell.definition.messagesMax,
      overflow: cell.definition.overflow,
      offers: rare?.offers?.size ?? 0,
      messages: cell.mailbox.peek(peek).map((envelope, index) => waitingOf(ground, envelope, index + 1)),
    }
  },
}

function waitingOf(ground: Ground, envelope: Envelope, position: number): Waiting {
  const isTimer = envelope.origin !== undefined && envelope.from === envelope.to
  return {
    position,
    message: envelope.name,
    from: envelope.from?.path ?? '',
    kind: isTimer ? 'timer' : envelope.origin === undefined ? 'tell' : 'ask',
    payload: ground.operator.plain(envelope.payload) ?? null,
  }
}
