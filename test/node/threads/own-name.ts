// Not evil: asks the package under its name whether it is the very instance that the thread runs, and says so.
import { Fault } from 'troupe'
import { Fault as Own } from '../../../runtime/fault.ts'
import { letter } from './courier.ts'
import type { ThreadInside } from '../../../runtime/threads.ts'

export async function runThread(inside: ThreadInside): Promise<void> {
  inside.wire.write('messages', letter(Fault === Own ? 1 : 0))
}
