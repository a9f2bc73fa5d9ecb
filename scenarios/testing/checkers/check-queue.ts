// C-QUEUE: reliable messages of one sender take effect at one receiver in the order in which they were accepted, without a gap.
import { broken, kept } from './verdict.ts'
import { lettersById } from './letters-story.ts'
import type { AcceptedLetter, LettersStory } from './letters-story.ts'
import type { Verdict } from './verdict.ts'

/** Guarantee O1 of reliable messages. Those that were given up are left out. */
export function checkQueue(story: LettersStory): Verdict {
  const accepted = lettersById(story)
  const givenUp = new Set(story.givenUp)
  const queues = new Map<string, AcceptedLetter[]>()
  for (const letter of story.accepted) {
    if (givenUp.has(letter.id)) continue
    const pair = pairOf(letter)
    queues.set(pair, [...(queues.get(pair) ?? []), letter])
  }
  for (const { id, by } of story.effects) {
    const letter = accepted.get(id)
    if (letter === undefined || letter.to !== by)
      return broken(`message ${id} took effect at "${by}" unasked`)
    const first = queues.get(pairOf(letter))?.shift()
    if (first === undefined || first.id !== id)
      return broken(`"${by}" took ${id} from "${letter.from}", and ${first?.id ?? 'nothing'} was next`)
  }
  return kept(story.effects.length, 'effects')
}

function pairOf({ from, to }: AcceptedLetter): string {
  return JSON.stringify([from, to])
}
