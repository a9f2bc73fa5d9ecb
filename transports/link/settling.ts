// Settling: how long those who have come to a runtime are not sent to straight away, because older mail may be on its way to them.
import { settling } from '../../runtime/cell-flags.ts'
import type { Cell, Host } from '../../runtime/cell.ts'

/** A root and all below it have all their older mail. */
export function endSettling(host: Host, top: string): void {
  const cell = host.cellAt(top)
  if (cell !== undefined && (cell.flags & settling) !== 0) clear(cell)
}

function clear(cell: Cell): void {
  cell.flags &= ~settling
  for (let child = cell.firstChild; child !== undefined; child = child.next) clear(child)
}
