// A thread that litters: makes far more garbage than its heap may hold, some of it old, and says when it is done.
import { letter } from './courier.ts'
import type { Clock } from '../../../runtime/clock.ts'
import type { ThreadInside } from '../../../runtime/threads.ts'

export async function runThread({ wire }: ThreadInside, { clock }: { readonly clock: Clock }): Promise<void> {
  for (let round = 0; round < 60; round++) {
    // Objects that live as long as this are old when they die.
    const kept: object[] = []
    for (let index = 0; index < 200_000; index++) kept.push({ index, round })
    await new Promise<void>((resolve) => clock.later(resolve))
  }
  wire.write('messages', letter(1))
}
