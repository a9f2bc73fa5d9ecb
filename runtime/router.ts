// The router: one decision for each envelope. It goes to a cell here, or becomes a dead letter with a reason.
import { away, blocked, closed, ended, paused, traced } from './cell-flags.ts'
import { Envelope } from './envelope.ts'
import { Far } from './far.ts'
import { Fault } from './fault.ts'
import { notQueued } from './scheduler.ts'
import type { Cell, Host } from './cell.ts'
import type { DeadReason } from './dead-letters.ts'
import type { Party } from './envelope.ts'

/** Puts a message into a mailbox, or refuses it. Never throws and never runs an actor's code. */
export function deliver(cell: Cell, envelope: Envelope): void {
  if ((cell.flags & (closed | ended | traced | paused | away)) !== 0 && !isOpen(cell, envelope)) return
  if (cell.mailbox.count >= cell.definition.messagesMax && !makeRoom(cell, envelope)) return
  cell.accepted++
  cell.mailbox.push(envelope)
  if (cell.readyMs === notQueued && (cell.flags & blocked) === 0) cell.host.scheduler.ready(cell)
}

/** A message that reaches no cell: nobody lives there, or there is no way. */
export function deliverToNobody(
  host: Host,
  envelope: Envelope,
  reason: DeadReason = 'actor-unknown',
  fault?: Fault,
): void {
  host.totals.refused++
  bury(host, envelope, reason, fault)
}

/** Ends a message that a cell had accepted and does not handle. */
export function drop(cell: Cell, envelope: Envelope, reason: DeadReason, fault?: Fault): void {
  if (envelope.origin?.duty?.isSentAgain === true) {
    // It comes again: this time is over, and the message is not.
    cell.handled++
    envelope.origin.refuse(fault ?? deathFault(envelope, reason))
    return
  }
  const dead = cell.rare.dead
  dead.set(reason, (dead.get(reason) ?? 0) + 1)
  if ((cell.flags & traced) !== 0) cell.host.traces.handled(cell, envelope, reason)
  bury(cell.host, envelope, reason, fault)
}

/** Sends a dead letter once more, as a tell: whoever asked then has had an ending. */
export function resend(letter: Envelope, cell: Cell): void {
  deliver(cell, new Envelope(cell, letter.name, letter.payload, letter.from, undefined))
}

function isOpen(cell: Cell, envelope: Envelope): boolean {
  if ((cell.flags & away) !== 0) {
    sendAfter(cell, envelope)
    return false
  }
  if ((cell.flags & traced) !== 0) cell.host.traces.sent(cell, envelope)
  if ((cell.flags & (closed | ended)) === 0) {
    if ((cell.flags & paused) !== 0) cell.host.pauses?.arrived(cell, envelope)
    return true
  }
  refuse(cell, envelope, cell.rareIfAny?.exit?.cause === 'killed' ? 'actor-killed' : 'actor-stopped')
  return false
}

/** For somebody who has moved, or is about to. */
function sendAfter(cell: Cell, envelope: Envelope): void {
  const { name, payload, from, origin } = envelope
  const far = new Far(cell.path)
  cell.host.elsewhere?.send(far, new Envelope(far, name, payload, from, origin))
}

function makeRoom(cell: Cell, envelope: Envelope): boolean {
  const overflow = cell.definition.overflow
  if (overflow === 'drop-oldest') {
    const oldest = cell.mailbox.shift()
    if (oldest !== undefined) drop(cell, oldest, 'message-dropped')
    return true
  }
  refuse(cell, envelope, overflow === 'reject' ? 'mailbox-full' : 'message-dropped')
  return false
}

function refuse(cell: Cell, envelope: Envelope, reason: DeadReason): void {
  cell.host.totals.refused++
  const refused = cell.rare.refused
  refused.set(reason, (refused.get(reason) ?? 0) + 1)
  bury(cell.host, envelope, reason)
}

function bury(host: Host, envelope: Envelope, reason: DeadReason, fault?: Fault): void {
  host.deadLetters.add(reason, envelope, fault)
  envelope.origin?.refuse(fault ?? deathFault(envelope, reason))
}

const causes: Record<DeadReason, readonly [how: string, hint: string]> = {
  'actor-unknown': ['no actor lives there', 'Spawn it first, or look for its path with "ls".'],
  'actor-stopped': ['the actor is stopping or has stopped', 'Watch the ref to learn when an actor ends.'],
  'actor-failed': [
    'the actor has failed for good',
    'Ask "why" for its last failure, mend that and spawn it again.',
  ],
  'actor-killed': [
    'the actor was killed',
    'Spawn it again, or let a supervisor do so with restart "permanent".',
  ],
  'mailbox-full': ['its mailbox is full', 'Use offer, which waits for room, or raise mailbox.messagesMax.'],
  'message-dropped': [
    'its mailbox was full and its policy drops',
    'Use offer, which waits for room, or raise mailbox.messagesMax.',
  ],
  'message-unknown': ['its behaviour has no such message', 'See which messages it knows with "info".'],
  'message-unwanted': [
    'nobody waits for it any more',
    'Give the ask more time, or look why the mailbox is slow.',
  ],
  'handler-failed': ['its handler failed', 'Ask "why" for the failure and mend the handler.'],
  'message-poisoned': [
    'its handler failed each time it was tried',
    'Look at it with "dead", mend the handler and replay it.',
  ],
  'wire-full': [
    'too much waits on the way to its thread',
    'Use offer, which waits for room, or look with "threads" why that thread is slow.',
  ],
  'payload-unencodable': [
    'its payload cannot cross to another thread',
    'Send plain data, Map, Set, Date, bytes, refs or Faults.',
  ],
  'thread-lost': [
    'its thread was lost',
    'Treat the outcome as unknown; ask again if handling it twice does no harm.',
  ],
  'node-lost': [
    'its way led over a node that was lost',
    'Treat the outcome as unknown; ask again if handling it twice does no harm.',
  ],
  'entities-full': [
    'as many entities are awake as may be, and none of them is idle',
    'Use offer, which waits for room, or raise residentMax.',
  ],
  'entity-cooling': [
    'the entity has failed for good and is not woken again for a while',
    'Ask "why" for its last failure, mend that, and send again later.',
  ],
  'senders-full': [
    'it remembers as many senders of reliable messages as it may',
    'Send through fewer actors, or give each sender another receiver.',
  ],
  'handler-abandoned': ['the actor was ended in the middle of it', 'Treat the outcome as unknown.'],
}

const unknowns: ReadonlySet<DeadReason> = new Set(['handler-abandoned', 'thread-lost', 'node-lost'])

/** The fault that whoever waits for a dead message gets. */
export function deathFault(
  envelope: { readonly to: Party; readonly name: string },
  reason: DeadReason,
): Fault {
  const [how, hint] = causes[reason]
  return new Fault(reason, `Cannot have "${envelope.to.path}" handle "${envelope.name}": ${how}`, {
    hint,
    ...(unknowns.has(reason) ? { outcome: 'unknown' as const } : {}),
  })
}
