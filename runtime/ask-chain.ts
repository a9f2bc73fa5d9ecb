// A call chain: the asks that led to an ask; who would wait for itself along it is told at once.
import { busy, ended, halting } from './cell-flags.ts'
import { Fault } from './fault.ts'
import type { Cell } from './cell.ts'
import type { Envelope } from './envelope.ts'

/** Steps of a call chain that are looked at; a longer chain is a fault of its own. */
export const askChainMax = 100

/** Looks whether the asked actor waits, through the asks that led here, for the asking one. @throws {Fault} `ask-cycle` */
export function checkChain(cell: Cell, name: string, cause: Envelope): void {
  const chain: string[] = []
  let step: Envelope | undefined = cause
  while (step !== undefined && step.origin !== undefined && chain.length < askChainMax) {
    if (waitsIn(cell, step)) break
    chain.push(step.to.path)
    step = step.origin.cause
  }
  if (step === undefined || (!waitsIn(cell, step) && chain.length < askChainMax)) return
  const road = [...chain, cell.path].toReversed().join('" → "')
  throw new Fault(
    'ask-cycle',
    waitsIn(cell, step)
      ? `Cannot ask "${cell.path}" for "${name}": it waits for this reply itself, along "${road}" → "${cell.path}"`
      : `Cannot ask "${cell.path}" for "${name}": ${chain.length} actors wait for each other already, ${askChainMax} may`,
    { hint: 'Answer with a tell, or ask before the first actor waits.' },
  )
}

function waitsIn(cell: Cell, step: Envelope): boolean {
  if (step.to !== cell || (cell.flags & (halting | ended)) !== 0) return false
  return cell.host.current === step || ((cell.flags & busy) !== 0 && cell.current === step)
}
