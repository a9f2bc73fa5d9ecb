// Evil: tells the main thread that it is here, and spins for ever.
import { letter } from '../courier.ts'
import type { ThreadInside } from '../../../../runtime/threads.ts'

export async function runThread(inside: ThreadInside): Promise<void> {
  inside.wire.write('messages', letter(1))
  for (;;);
}
