// Whether a handler or hook runs whose end writes down what is staged: outside of one nobody would.
import { Fault } from '../fault.ts'
import type { Cell } from '../cell.ts'

/** @throws {Fault} `handler-over` */
export function checkRunning(cell: Cell, attempt: string): void {
  if (cell.isBusy || cell.host.current?.to === cell || cell.host.hooks > 0) return
  throw new Fault(
    'handler-over',
    `${attempt}: the handler that it comes from is over, and nothing writes it down`,
    {
      hint: 'Await what the handler has begun, so that it is over when that is.',
    },
  )
}
