// An invariant: what must be true for the code after it to mean anything. It is checked in production too.

/** A mistake in Troupe or in its use, not an expected failure; those are Faults. */
export class Bug extends Error {
  static {
    Bug.prototype.name = 'Bug'
  }
}

/**
 * Ends the running code if the condition does not hold.
 * @param message the invariant as a sentence that turned out false; made before the check, so keep it a constant on fast paths
 * @throws {Bug}
 */
export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Bug(message)
}
