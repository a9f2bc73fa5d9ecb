// The stash: messages that an actor has put aside for later.
import { stashing } from './cell-flags.ts'
import { Fault } from './fault.ts'
import type { Cell } from './cell.ts'
import type { Envelope } from './envelope.ts'

/** Messages that one actor may put aside. */
export const stashMax = 10_000

/**
 * Puts the message in hand aside, once its handler has ended. It is neither handled nor answered until it comes back; a handler that fails
 * after all has failed with it. @throws {Fault} `stash-full` `stash-misused`
 */
export function stashCurrent(cell: Cell): void {
  const current = cell.host.current
  const envelope = current?.to === cell ? current : cell.current
  if (envelope === undefined || (cell.flags & stashing) !== 0) {
    throw new Fault(
      'stash-misused',
      `Cannot stash in "${cell.path}": there is no message in hand that is not set aside already`,
      {
        hint: 'Call self.stash() once, in the handler of the message.',
      },
    )
  }
  if (envelope.origin?.duty !== undefined) {
    throw new Fault(
      'stash-misused',
      `Cannot stash in "${cell.path}": "${envelope.name}" is written down as handled when its handler ends`,
      { hint: 'Keep what it says in the state until it can be used.' },
    )
  }
  const held = cell.rareIfAny?.stash?.length ?? 0
  if (held >= stashMax) {
    throw new Fault(
      'stash-full',
      `Cannot stash in "${cell.path}": it holds ${held} of ${stashMax} messages`,
      {
        hint: 'Refuse messages with a Fault instead, or unstash earlier.',
      },
    )
  }
  cell.flags |= stashing
}

/** Takes a message that was marked so by its handler. */
export function putAside(cell: Cell, envelope: Envelope): void {
  const { rare } = cell
  rare.stash ??= []
  rare.stash.push(envelope)
}

/** Puts all back in front of the mailbox, the oldest first. */
export function unstashAll(cell: Cell): void {
  const stash = cell.rareIfAny?.stash
  if (stash === undefined || stash.length === 0) return
  for (let i = stash.length - 1; i >= 0; i--) {
    const envelope = stash[i]
    if (envelope !== undefined) cell.mailbox.unshift(envelope)
  }
  stash.length = 0
  cell.wake()
}
