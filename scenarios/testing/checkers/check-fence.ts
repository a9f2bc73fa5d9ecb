// C-FENCE: once an owner has read what there is, nobody before him adds to it, and each number is given once.
import { told } from './journal-story.ts'
import { broken, kept } from './verdict.ts'
import type { Attempted, Claimed, JournalStory } from './journal-story.ts'
import type { Verdict } from './verdict.ts'

/** Guarantee P1: a lower epoch never writes. */
export function checkFence(story: JournalStory): Verdict {
  const fence = new Fence()
  for (const event of story) {
    const reason = fence.take(event)
    if (reason !== undefined) return broken(reason)
  }
  return kept(fence.claimCount, 'claims')
}

class Fence {
  readonly #attempts = new Map<number, Attempted>()
  readonly #safe = new Map<string, Attempted>()
  /** Of each actor the claim of the highest epoch. */
  readonly #claims = new Map<string, Claimed>()
  /** The highest epoch at the time when a claim was made. */
  readonly #floors = new Map<number, number>()
  claimCount = 0

  take(event: JournalStory[number]): string | undefined {
    switch (event.type) {
      case 'attempted':
        this.#attempts.set(event.attempt, event)
        return undefined
      case 'claiming':
        this.#floors.set(event.claim, this.#claims.get(event.id)?.epoch ?? 0)
        return undefined
      case 'claimed':
        return this.#claimed(event)
      case 'answered': {
        const attempt = this.#attempts.get(event.attempt)
        if (attempt === undefined) return `attempt ${event.attempt} was answered and never made`
        return event.how === 'safe' ? this.#kept(attempt) : undefined
      }
    }
  }

  #claimed(claimed: Claimed): string | undefined {
    const { id, epoch, claim } = claimed
    this.claimCount++
    const floor = this.#floors.get(claim) ?? 0
    const last = this.#claims.get(id)
    if (epoch <= floor || epoch === last?.epoch)
      return `"${id}" was claimed by epoch ${epoch} after epoch ${floor}`
    if (last === undefined || epoch > last.epoch) this.#claims.set(id, claimed)
    return undefined
  }

  /** The answer may come after a claim that has found the record: what that claim has read tells. */
  #kept(attempt: Attempted): string | undefined {
    const { id, epoch, seq, kind } = attempt
    const claim = this.#claims.get(id)
    if (claim === undefined || epoch > claim.epoch)
      return `${told(id, attempt)} is safe, and that epoch has claimed nothing`
    if (epoch < claim.epoch && seq > claim.seq)
      return `${told(id, attempt)} is safe, and epoch ${claim.epoch} had found ${claim.seq} as the last number`
    if (kind === 'snapshot') return undefined
    const key = `${seq} ${id}`
    const twin = this.#safe.get(key)
    this.#safe.set(key, attempt)
    return twin === undefined ? undefined : `${told(id, attempt)} is safe, and so is ${told(id, twin)}`
  }
}
