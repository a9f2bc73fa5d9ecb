// Significance: whether a supervisor shuts itself down because a child that mattered has ended.
import type { AutoShutdown } from '../runtime/supervision.ts'

/** Every kind of automatic shutdown, for validation and for the console's completion. */
export const autoShutdowns: readonly AutoShutdown[] = ['never', 'any-significant', 'all-significant']

/**
 * Says whether the supervisor stops after a child has ended. After Erlang/OTP's `auto_shutdown`.
 *
 * To be asked only when the child ended by itself and is not started again: a transient one that stopped, a
 * temporary one however it ended. A child that its supervisor or an operator took down shuts nothing down.
 *
 * @param endedSignificant whether the child that ended was significant
 * @param significantLeft significant children that live or wait for their next try, without the ended one
 */
export function shutsDown(auto: AutoShutdown, endedSignificant: boolean, significantLeft: number): boolean {
  switch (auto) {
    case 'never':
      return false
    case 'any-significant':
      return endedSignificant
    case 'all-significant':
      return endedSignificant && significantLeft === 0
  }
}
