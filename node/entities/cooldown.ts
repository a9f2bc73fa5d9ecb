// A cooldown: how long an entity that has failed for good is not woken, so that a message which fails each time cannot spin.
import type { Exit } from '../../runtime/exit.ts'

/** The first pause, in milliseconds; each that follows is twice as long. */
export const cooldownMsMin = 1_000
/** The longest pause, in milliseconds. */
export const cooldownMsMax = 60_000
/** Entities that are remembered to have failed; of more the oldest may be woken at once. */
export const cooldownsKeptMax = 10_000

export interface Cooldown {
  /** From 1. */
  readonly attempt: number
  readonly untilMs: number
}

/** The pause after one more failure. What lies as far back as the longest pause does not count any more. */
export function nextCooldown(before: Cooldown | undefined, nowMs: number): Cooldown {
  const isRecent = before !== undefined && nowMs <= before.untilMs + cooldownMsMax
  const attempt = isRecent ? before.attempt + 1 : 1
  return { attempt, untilMs: nowMs + Math.min(cooldownMsMax, cooldownMsMin * 2 ** (attempt - 1)) }
}

export class Cooldowns {
  readonly #byPath = new Map<string, Cooldown>()

  /** Whether it may not be woken yet. */
  isCooling(path: string, nowMs: number): boolean {
    const cooldown = this.#byPath.get(path)
    return cooldown !== undefined && nowMs < cooldown.untilMs
  }

  /** A life has ended for good; says whether that begins a pause. */
  note(path: string, exit: Exit, nowMs: number): boolean {
    if (exit.cause !== 'failed') return false
    const cooldown = nextCooldown(this.#byPath.get(path), nowMs)
    this.#byPath.delete(path)
    if (this.#byPath.size >= cooldownsKeptMax) this.#forgetOldest()
    this.#byPath.set(path, cooldown)
    return true
  }

  #forgetOldest(): void {
    for (const path of this.#byPath.keys()) {
      this.#byPath.delete(path)
      return
    }
  }
}
