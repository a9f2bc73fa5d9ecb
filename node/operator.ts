// An operator: what somebody outside of all actors may look into and do to one of them.
import { Cell } from '../runtime/cell.ts'
import { down, halting, suspended } from '../runtime/cell-flags.ts'
import { Envelope } from '../runtime/envelope.ts'
import { kill, killForGood, stopForGood } from '../runtime/ending.ts'
import { STOPPED } from '../runtime/exit.ts'
import { Far } from '../runtime/far.ts'
import { describe } from '../runtime/inspect.ts'
import { partyOf, refOf } from '../runtime/ref.ts'
import { deathFault, resend } from '../runtime/router.ts'
import { plain, shownBounds, wholeBounds } from './plain.ts'
import { Sampler } from './sampler.ts'
import { supervisionSpec } from '../supervisors/supervision-spec.ts'
import { Supervisor } from '../supervisors/supervisor.ts'
import type { EventKind } from '../runtime/event-log.ts'
import type { DeadLetter } from '../runtime/dead-letters.ts'
import type { Exit } from '../runtime/exit.ts'
import type { Plain } from './plain.ts'
import type { ActorView } from '../runtime/inspect.ts'
import type { Runtime } from '../runtime/runtime.ts'
import type { ChildSpec, SupervisionSpec } from '../runtime/supervision.ts'

/** What says that a life has begun. */
const beginKinds: ReadonlySet<EventKind> = new Set(['spawned', 'restarted', 'activated'])

/** How an actor is looked after, and how far that has been used up. */
export interface Outlook {
  /** The parent's rules for its children. */
  readonly supervision: SupervisionSpec
  /** What the actor itself asked for. */
  readonly child: ChildSpec
  /** Restarts within the period that ends now. */
  readonly spent: number
  /** Restarts that are still allowed within it. */
  readonly left: number
  /** The last attempt under a backoff, from 1; 0 if there was none. */
  readonly attempt: number
}

/**
 * Acts from above, as a supervisor does: what it ends for good nobody starts again. The verbs go through it, so that whoever may hold an
 * actor that lives in another thread can stand in its place.
 */
export class Operator {
  describe(cell: Cell): ActorView {
    return describe(cell)
  }

  /** A value as JSON can carry it: `shown` is enough to look at, `whole` for a program that asked for it. */
  plain(value: unknown, size: 'shown' | 'whole' = 'shown'): Plain | undefined {
    return plain(value, size === 'shown' ? shownBounds : wholeBounds)
  }

  /** Tells, and throws if the message was refused on the spot. @throws {Fault} `payload-unencodable` or why it was refused */
  tell(cell: Cell, message: string, payload: unknown): void {
    const { totals, deadLetters } = cell.host
    const refusedBefore = totals.refused
    refOf(cell).tell(message, payload)
    if (totals.refused === refusedBefore) return
    const letter = deadLetters.list().at(-1)
    throw deathFault({ to: cell, name: message }, letter?.reason ?? 'actor-stopped')
  }

  /** The actor that lived at a path last, as long as the events remember it. */
  former(runtime: Runtime, path: string): Cell | undefined {
    const last = runtime.host.events.recent().findLast(({ subject }) => subject.path === path)?.subject
    return last instanceof Cell ? last : undefined
  }

  /** When this life began, in milliseconds since the node's start; undefined if the events no longer tell. */
  begunMs(cell: Cell): number | undefined {
    const events = cell.host.events.recent()
    const last = events.findLast(({ kind, subject }) => subject === cell && beginKinds.has(kind))
    return last?.atMs
  }

  /** Looks at many actors again and again. */
  sampler(): Sampler {
    return new Sampler()
  }

  /** Ends an actor for good: after its mail, children first, within its shutdown time. */
  stop(cell: Cell): Promise<Exit> {
    return new Promise((resolve) => stopForGood(cell, STOPPED, resolve))
  }

  /** Ends the life of an actor at once; its restart type decides whether there is another. */
  kill(cell: Cell): void {
    kill(cell)
  }

  killForGood(cell: Cell): void {
    killForGood(cell)
  }

  /** Gives an actor a new life once its running handler has ended; one that waits for a restart gets it now. */
  restart(cell: Cell): void {
    if ((cell.flags & (down | halting)) === down) cell.host.supervision.restart(cell)
    else cell.signal({ type: 'restart' })
  }

  /** Lets the mail wait. A handler that runs goes on to its end. Says whether that is new. */
  suspend(cell: Cell): boolean {
    if ((cell.flags & suspended) !== 0) return false
    cell.flags |= suspended
    cell.host.events.emit('suspended', cell)
    return true
  }

  /** Lets the mail be handled again. Says whether that is new. */
  resume(cell: Cell): boolean {
    if ((cell.flags & suspended) === 0) return false
    cell.host.events.emit('resumed', cell)
    cell.unblock(suspended)
    return true
  }

  /** Sends a dead letter again, to whoever lives at its path now. */
  replay(letter: DeadLetter, cell: Cell): void {
    cell.host.deadLetters.take(letter.id)
    resend(letter.envelope, cell)
  }

  /** The same to whoever lives at its path in another thread. */
  replayAway({ host }: Runtime, letter: DeadLetter): void {
    host.deadLetters.take(letter.id)
    const { to, name, payload, from } = letter.envelope
    const far = new Far(to.path)
    host.elsewhere?.send(far, new Envelope(far, name, payload, partyOf(from), undefined))
  }

  /** How an actor is looked after; undefined for the guardian, whom nobody does. */
  outlook(cell: Cell): Outlook | undefined {
    const { parent, host } = cell
    if (parent === undefined) return undefined
    const supervision = supervisionSpec(parent.definition.spec.supervision)
    const supervisor = parent.rareIfAny?.supervisor
    const { restartsAt, attempt } =
      supervisor instanceof Supervisor ? supervisor.outlook(cell) : { restartsAt: [], attempt: 0 }
    const spent = restartsAt.filter((atMs) => host.clock.now() <= atMs + supervision.periodMs).length
    return { supervision, child: cell.spec, spent, left: Math.max(0, supervision.intensity - spent), attempt }
  }
}
