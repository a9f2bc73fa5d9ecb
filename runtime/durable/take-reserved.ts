// Taking what the runtime has sent: letters, acknowledgements, beats; each either over at once or a message for a handler.
import { ackName, arrivedName, beatName, letterName, onceName } from './reserved.ts'
import { drop } from '../router.ts'
import { takeLetter } from './inbox.ts'
import { takeOnce } from './once.ts'
import type { Cell } from '../cell.ts'
import type { Envelope } from '../envelope.ts'

/** The message to be handled in its place; `taken` if there is none, and it counts as handled; `dropped` if it is a dead letter. */
export function takeReserved(cell: Cell, envelope: Envelope): Envelope | 'taken' | 'dropped' {
  const durable = cell.rareIfAny?.durable
  switch (envelope.name) {
    case letterName:
      return takeLetter(cell, envelope)
    case onceName:
      return takeOnce(cell, envelope)
    case beatName:
      return durable === undefined ? 'taken' : durable.beats.take(envelope)
    case ackName:
      // Who has become somebody else owes nothing.
      if (durable === undefined || durable.letters.take(envelope.payload)) return 'taken'
      break
    case arrivedName:
      durable?.letters.write()
      return 'taken'
  }
  drop(cell, envelope, 'message-unknown')
  return 'dropped'
}
