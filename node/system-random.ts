// The system's chance: random numbers that nobody can repeat. Good for jitter and choice, not for secrets.
import { invariant } from '../runtime/invariant.ts'
import type { Random } from '../runtime/random.ts'

/** The real Random. It has no seed, so a fork is the source itself. */
export class SystemRandom implements Random {
  next(): number {
    return Math.random()
  }

  integer(limit: number): number {
    invariant(
      Number.isSafeInteger(limit) && limit >= 1,
      'A random integer was wanted below a limit that is not 1 to 2^53 - 1',
    )
    // 53 random bits: small numbers come more often by less than limit / 2^53.
    return Math.floor(Math.random() * limit)
  }

  fork(_label: string): Random {
    return this
  }
}
