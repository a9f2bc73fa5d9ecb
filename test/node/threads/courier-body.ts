// The courier as the body of a thread.
import { startCourier } from './courier.ts'
import type { ThreadInside } from '../../../runtime/threads.ts'
import type { Clock } from '../../../runtime/clock.ts'

/** The thread lives by its wires. */
export async function runThread(inside: ThreadInside, { clock }: { readonly clock: Clock }): Promise<void> {
  startCourier(inside, (run) => clock.later(run))
}
