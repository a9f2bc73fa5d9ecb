// A thread that rests: says that it is here, does nothing for a while, and says that it is still here.
import { letter } from './courier.ts'
import type { Clock } from '../../../runtime/clock.ts'
import type { ThreadInside } from '../../../runtime/threads.ts'

export async function runThread({ wire }: ThreadInside, { clock }: { readonly clock: Clock }): Promise<void> {
  wire.write('messages', letter(1))
  clock.alarm(clock.now() + 40, () => wire.write('messages', letter(2)))
}
