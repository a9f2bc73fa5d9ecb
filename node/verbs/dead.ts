// dead: shows the messages that were not handled, and sends them again.
import { Fault } from '../../runtime/fault.ts'
import { actorUnknown, isUnder } from './actor-at.ts'
import { livesSomewhere } from './ground.ts'
import { argumentInvalid } from './input.ts'
import { idFrom, letterFrom, letterOf } from './letter.ts'
import { acrossNodes, count, option, optional, optionOr, path, text } from './parameter.ts'
import { listedDefault } from './scan.ts'
import type { DeadLetter } from '../../runtime/dead-letters.ts'
import type { Letter } from './letter.ts'
import type { Ground } from './ground.ts'
import { sumCounts } from '../threads/books.ts'
import { locatedAt } from './spot.ts'
import type { Part } from './spot.ts'
import type { Verb } from './verb.ts'
import type { Where } from './where.ts'

export interface DeadInput {
  readonly path: string | undefined
  readonly reason: string | undefined
  readonly replay: string | undefined
  readonly limit: number
  readonly node: string | undefined
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
  readonly replayed: readonly (number | string)[]
}

export const dead: Verb<DeadInput, Dead> = {
  name: 'dead',
  summary: 'Shows the messages that were not handled and why, and sends them again with --replay.',
  details:
    'A replayed message is a tell, and no dead letter any more. "all" leaves out those whose actor does not live, ' +
    'and the quarantined ones (message-poisoned), which have to be named. A number is that of a letter on this node, or on the one of --node.',
  risk: 'medium',
  role: 'operate',
  answers: 'once',
  parameters: {
    path: optional(path('only those for this actor and all below it')),
    reason: option(text('only those that died of this')),
    replay: option(text('a number from the list, or "all" that fit the filters')),
    limit: optionOr(count(`lines at most; default ${listedDefault}`, { min: 1, max: 1_100 }), listedDefault),
    node: acrossNodes('all'),
  },
  examples: ['dead', 'dead clicks --reason handler-failed', 'dead --replay 17', 'dead clicks --replay all'],
  where: placeOf,
  across: {
    unasked: ({ replay }) => (replay === undefined || replay === 'all' ? 'all' : 'own'),
    merge: (parts, { limit }) =>
      mergedDead(
        parts.map(({ data, node }) => ({
          ...data,
          letters: data.letters.map((letter) => locatedAt(letter, node)),
        })),
        limit,
      ),
  },
  async run(ground, { path: top, reason, replay, limit }) {
    const { deadLetters } = ground.runtime.host
    const fits = deadLetters
      .list()
      .filter((letter) => isUnder(letter.envelope.to.path, top) && isOf(letter, reason))
    const replayed = replay === undefined ? [] : await send(ground, replay, fits)
    const kept = replay === undefined ? fits : fits.filter(({ id }) => replayed.includes(id))
    return {
      letters: kept.slice(-limit).map((letter) => letterOf(ground, letter)),
      kept: kept.length,
      total: deadLetters.total,
      reasons: deadLetters.counts(),
      replayed,
    }
  },
}

/** A letter with a number is in one thread, whose letters alone are looked through. */
function placeOf(input: DeadInput): Where<Dead> {
  const [, thread, letter] = /^(?:(\d{1,10})\.)?(\d{1,15})$/.exec(input.replay ?? '') ?? []
  if (letter === undefined) return { in: 'all', merge: (parts) => mergeDead(parts, input.limit) }
  const own = { ...input, replay: letter }
  return {
    in: 'thread',
    id: Number(thread ?? 0),
    input: own,
    placed: (part) => mergeDead([part], input.limit),
    gone: () => letterUnknown(`${thread}.${letter}`),
  }
}

/** The letters of all threads by their times. */
export function mergeDead(parts: readonly Part<Dead>[], limit: number): Dead {
  return mergedDead(
    parts.map(({ data, ...spot }) => ({
      ...data,
      letters: data.letters.map((letter) => letterFrom(letter, spot)),
      replayed: data.replayed.map((letter) => idFrom(letter, spot)),
    })),
    limit,
  )
}

function mergedDead(all: readonly Dead[], limit: number): Dead {
  const letters = all.flatMap((one) => one.letters)
  return {
    letters: letters.toSorted((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0)).slice(-limit),
    kept: all.reduce((sum, { kept }) => sum + kept, 0),
    total: all.reduce((sum, { total }) => sum + total, 0),
    reasons: sumCounts(all.map(({ reasons }) => reasons)),
    replayed: all.flatMap(({ replayed }) => replayed),
  }
}

function isOf(letter: DeadLetter, reason: string | undefined): boolean {
  return reason === undefined || letter.reason === reason
}

async function send(ground: Ground, which: string, fits: readonly DeadLetter[]): Promise<number[]> {
  if (which === 'all') return await sendAll(ground, fits)
  const id = Number(which)
  if (!/^\d{1,15}$/.test(which))
    throw argumentInvalid({ verb: 'dead', name: 'replay' }, which, 'a number from the list, or "all"')
  const letter = fits.find((kept) => kept.id === id)
  if (letter === undefined) throw letterUnknown(which)
  if (!(await livesSomewhere(ground, letter.envelope.to.path)))
    throw actorUnknown(ground, letter.envelope.to.path)
  resend(ground, letter)
  return [id]
}

async function sendAll(ground: Ground, fits: readonly DeadLetter[]): Promise<number[]> {
  const receivers = [...new Set(fits.map(({ envelope }) => envelope.to.path))]
  const isThere = await Promise.all(receivers.map((receiver) => livesSomewhere(ground, receiver)))
  const living = new Set(receivers.filter((_, index) => isThere[index]))
  const wanted = fits.filter(
    ({ reason, envelope }) => reason !== 'message-poisoned' && living.has(envelope.to.path),
  )
  for (const letter of wanted) resend(ground, letter)
  return wanted.map(({ id }) => id)
}

function resend({ operator, runtime }: Ground, letter: DeadLetter): void {
  const cell = runtime.cellAt(letter.envelope.to.path)
  if (cell === undefined) operator.replayAway(runtime, letter)
  else operator.replay(letter, cell)
}

function letterUnknown(which: string): Fault {
  return new Fault('letter-unknown', `Cannot replay ${which}: no dead letter of that number is kept`, {
    hint: 'See which are kept with "dead"; older ones are only counted.',
  })
}
