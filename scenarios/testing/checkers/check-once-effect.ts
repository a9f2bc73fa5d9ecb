// C-ONCE-EFFECT: each reliable message that was accepted takes effect exactly once, at the one that it was sent to, and nothing else does.
import { broken, kept, missing } from './verdict.ts'
import { lettersById } from './letters-story.ts'
import type { LetterId, LettersStory } from './letters-story.ts'
import type { Verdict } from './verdict.ts'

/** Guarantee D3. */
export function checkOnceEffect(story: LettersStory): Verdict {
  const accepted = lettersById(story)
  if (accepted.size < story.accepted.length) return broken('two messages were accepted with one id')
  const done = new Set<LetterId>()
  for (const { id, by } of story.effects) {
    const letter = accepted.get(id)
    if (letter === undefined) return broken(`message ${id} took effect at "${by}", but was never accepted`)
    if (letter.to !== by) return broken(`message ${id} was for "${letter.to}" and took effect at "${by}"`)
    if (done.has(id)) return broken(`message ${id} took effect at "${by}" twice`)
    done.add(id)
  }
  for (const id of story.givenUp) {
    if (done.has(id)) return broken(`message ${id} took effect, and was given up`)
    done.add(id)
  }
  const lost = story.accepted.find(({ id }) => !done.has(id))
  if (lost !== undefined)
    return missing(story.isWhole, `message ${lost.id} from "${lost.from}" to "${lost.to}" took no effect`)
  return kept(done.size, 'reliable messages')
}
