// A restart type: which ends of a child make its supervisor start it again.
import type { Exit } from '../runtime/exit.ts'
import type { RestartType } from '../runtime/supervision.ts'

/** Every restart type, for validation and for the console's completion. */
export const restartTypes: readonly RestartType[] = ['permanent', 'transient', 'temporary']

/**
 * Says whether a child of this type is started again after this end. After Erlang/OTP's `restart`.
 *
 * A superseded child is never started again, not even a permanent one: its identity lives on in a newer home,
 * and a second life here would break "at most one live incarnation". It does not ask who ended the child: a
 * stop or kill by the supervisor itself is no reason to come here.
 */
export function restarts(type: RestartType, exit: Exit): boolean {
  if (exit.cause === 'superseded') return false
  switch (type) {
    case 'permanent':
      return true
    case 'transient':
      return exit.cause === 'failed' || exit.cause === 'killed'
    case 'temporary':
      return false
  }
}
