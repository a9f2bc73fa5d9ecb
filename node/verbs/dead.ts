// dead: shows the messages that were not handled, and sends them again.
import { Fault } from '../../runtime/fault.ts'
import { actorAt, isUnder } from './actor-at.ts'
import { argumentInvalid } from './input.ts'
import { letterOf } from './letter.ts'
import { count, option, optional, optionOr, path, text } from './parameter.ts'
import { listedDefault } from './scan.ts'
import type { DeadLetter } from '../../runtime/dead-letters.ts'
import type { Letter } from './letter.ts'
import type { Node } from '../node.ts'
import type { Verb } from './verb.ts'

export interface DeadInput {
  readonly path: string | undefined
  readonly reason: string | undefined
  readonly replay: string | undefined
  readonly limit: number
}

export interface Dead {
  /** The newest that are kept, the oldest first. */
  readonly letters: readonly Letter[]
  /** Kept ones that fit the filters. */
  readonly kept: number
  /** All there ever were on this node. */
  readonly total: number
  readonly reasons: Readonly<Record<string, number>>
  /** The ids of those that were sent again. */
  readonly replayed: readonly number[]
}

export const dead: Verb<DeadInput, Dead> = {
  name: 'dead',
  summary: 'Shows the messages that were not handled and why, and sends them again with --replay.',
  details:
    'A replayed message is a tell, and no dead letter any more. "all" leaves out those whose actor does not live, ' +
    'and the quarantined ones (message-poisoned), which have to be named.',
  risk: 'medium',
  role: 'operate',
  answers: 'once',
  parameters: {
    path: optional(path('only those for this actor and all below it')),
    reason: option(text('only those that died of this')),
    replay: option(text('a number from the list, or "all" that fit the filters')),
    limit: optionOr(count(`lines at most; default ${listedDefault}`, { min: 1, max: 1_100 }), listedDefault),
  },
  examples: ['dead', 'dead clicks --reason handler-failed', 'dead --replay 17', 'dead clicks --replay all'],
  run(node, { path: top, reason, replay, limit }) {
    const { deadLetters } = node.runtime.host
    const fits = deadLetters
      .list()
      .filter((letter) => isUnder(letter.envelope.to.path, top) && isOf(letter, reason))
    const replayed = replay === undefined ? [] : send(node, replay, fits)
    const kept = replay === undefined ? fits : fits.filter(({ id }) => replayed.includes(id))
    return {
      letters: kept.slice(-limit).map((letter) => letterOf(node, letter)),
      kept: kept.length,
      total: deadLetters.total,
      reasons: deadLetters.counts(),
      replayed,
    }
  },
}

function isOf(letter: DeadLetter, reason: string | undefined): boolean {
  return reason === undefined || letter.reason === reason
}

function send(node: Node, which: string, fits: readonly DeadLetter[]): number[] {
  if (which === 'all')
    return fits.flatMap((letter) => (isReplayable(node, letter) ? resend(node, letter) : []))
  const id = Number(which)
  if (!/^\d{1,15}$/.test(which))
    throw argumentInvalid({ verb: 'dead', name: 'replay' }, which, 'a number from the list, or "all"')
  const letter = fits.find((kept) => kept.id === id)
  if (letter !== undefined) return [resend(node, letter)]
  throw new Fault('letter-unknown', `Cannot replay ${id}: no dead letter of that number is kept`, {
    hint: 'See which are kept with "dead"; older ones are only counted.',
  })
}

function isReplayable(node: Node, { reason, envelope }: DeadLetter): boolean {
  return reason !== 'message-poisoned' && node.runtime.cellAt(envelope.to.path) !== undefined
}

function resend(node: Node, letter: DeadLetter): number {
  node.operator.replay(letter, actorAt(node, letter.envelope.to.path))
  return letter.id
}
