// Evil: tells the main thread that it is here, and waits for ever for what nobody notifies.
import { letter } from '../courier.ts'
import type { ThreadInside } from '../../../../runtime/threads.ts'

export async function runThread(inside: ThreadInside): Promise<void> {
  inside.wire.write('messages', letter(1))
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
}
