// The fault of one offer too many: as many wait for an entity to be woken as may.
import { Fault } from '../../runtime/fault.ts'
import { roomWaitersMax } from './waiting-room.ts'

export function offersFull(path: string, count: number): Fault {
  return new Fault(
    'offers-full',
    `Cannot offer to "${path}": ${count} of ${roomWaitersMax} offers wait until an entity may be woken`,
    { hint: 'Slow the callers down; each offer must be awaited before the next.' },
  )
}
