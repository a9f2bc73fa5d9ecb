// A story of letters: which reliable messages were accepted and what took effect, as the journals of both sides tell; what its checkers judge.

/** Tells one reliable message from all others. */
export type LetterId = string | number

/** A reliable message was written with its sender's commit. Those of one sender in the order in which it sent them. */
export interface AcceptedLetter {
  readonly id: LetterId
  readonly from: string
  readonly to: string
}

/** One took effect: it is in what its receiver has written. Those of one receiver in the order in which it wrote them. */
export interface LetterEffect {
  readonly id: LetterId
  readonly by: string
}

export interface LettersStory {
  readonly accepted: readonly AcceptedLetter[]
  readonly effects: readonly LetterEffect[]
  /** Those that were given up, with a dead letter: they have no effect. */
  readonly givenUp: readonly LetterId[]
  /** Nobody owes anything any more: what is missing is lost. */
  readonly isWhole: boolean
}

export function lettersById(story: LettersStory): Map<LetterId, AcceptedLetter> {
  return new Map(story.accepted.map((letter) => [letter.id, letter]))
}
