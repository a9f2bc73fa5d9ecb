// Quiescence: the actors of a subtree come to rest, so that they can be captured between two messages.
import { askChainMax } from './ask-chain.ts'
import { Cell } from './cell.ts'
import {
  away,
  busy,
  committing,
  doomed,
  ended,
  halting,
  ordered,
  paused,
  restless,
  starting,
} from './cell-flags.ts'
import { outsideOfActors } from './context.ts'
import { Deadline } from './deadline.ts'
import { Fault } from './fault.ts'
import { afterCode } from './hook.ts'
import { invariant } from './invariant.ts'
import { descendants } from './lookup.ts'
import { deathFault } from './router.ts'
import type { Host, Pauses } from './cell.ts'
import type { Envelope } from './envelope.ts'

/**
 * Pauses a root and all below it, and calls `done` once: with `still` in the very turn in which none of them runs a handler or hook, starts,
 * halts, or waits for a restart of its group; at once if that is so already and none of the actors' code is on the stack. Whoever captures
 * does so within that call: later a backoff may have ended, and its actor begun. After the deadline all go on as before, and `done` gets a
 * fault.
 *
 * While a handler runs on, what its actor sends to a paused one below the same root lets that one go on until it has no mail: the handler
 * may wait for it.
 *
 * @returns the way to give up: all go on, and `done` is not called any more. Of no effect once they are captured
 */
export function quiesce(
  root: Cell,
  { deadlineMs }: { readonly deadlineMs: number },
  done: (result: 'still' | Fault) => void,
): () => void {
  const { host } = root
  const pauses = host.pauses instanceof Quiescences ? host.pauses : new Quiescences(host)
  const quiescence = new Quiescence(root, { deadlineMs, done, over: () => pauses.remove(root) })
  pauses.add(root, quiescence)
  quiescence.start()
  return () => quiescence.giveUp()
}

/** Clears the pause of cells and lets them go on. */
export function unpause(cells: readonly Cell[]): void {
  for (const cell of cells) cell.flags &= ~(paused | restless)
  for (const cell of cells) cell.wake()
}

/** A root and all below it, parents before children. */
export function subtree(root: Cell): Cell[] {
  return [root, ...descendants(root)]
}

/** All that are under way in a runtime, by their roots. */
class Quiescences implements Pauses {
  readonly #host: Host
  readonly #byRoot = new Map<Cell, Quiescence>()

  constructor(host: Host) {
    this.#host = host
  }

  add(root: Cell, quiescence: Quiescence): void {
    invariant(!this.#byRoot.has(root), 'A root was paused that is about to move already')
    this.#byRoot.set(root, quiescence)
    this.#host.pauses = this
  }

  remove(root: Cell): void {
    this.#byRoot.delete(root)
    if (this.#byRoot.size === 0) this.#host.pauses = undefined
  }

  arrived(cell: Cell, envelope: Envelope): void {
    this.#of(cell)?.arrived(cell, envelope)
  }

  spawned(cell: Cell): void {
    this.#of(cell)?.spawned(cell)
  }

  stirred(cell: Cell): void {
    this.#of(cell)?.stirred(cell)
  }

  #of(cell: Cell): Quiescence | undefined {
    return this.#byRoot.get(rootOf(cell))
  }
}

interface QuiescenceParts {
  readonly deadlineMs: number
  readonly done: (result: 'still' | Fault) => void
  /** Called when it waits for nothing more. */
  readonly over: () => void
}

class Quiescence {
  readonly #root: Cell
  readonly #parts: QuiescenceParts
  readonly #deadline: Deadline
  /** Cells with the bit `restless`. */
  #restless = 0
  #isLooking = false
  #isOver = false
  readonly #lookSoon: () => void = outsideOfActors(() => this.#lookIfAtRest())

  constructor(root: Cell, parts: QuiescenceParts) {
    this.#root = root
    this.#parts = parts
    this.#deadline = new Deadline(() => this.#expire())
  }

  start(): void {
    const { host } = this.#root
    host.timers.add(this.#deadline, host.clock.now() + this.#parts.deadlineMs)
    const cells = subtree(this.#root)
    for (const cell of cells) this.#pause(cell)
    if (this.#restless > 0) this.#letAwaitedGoOn(cells)
    this.#lookIfAtRest()
  }

  giveUp(): void {
    if ((this.#root.flags & away) !== 0) return
    this.#end()
    unpause(subtree(this.#root))
  }

  /** Lets the receiver go on if somebody waits, directly or through others, whose handler has to end. */
  arrived(cell: Cell, envelope: Envelope): void {
    if (this.#isAwaited(envelope)) this.#letGoOn(cell)
  }

  spawned(cell: Cell): void {
    this.#pause(cell)
  }

  stirred(cell: Cell): void {
    if (this.#isOver) return
    const mustGoOn = (cell.flags & (ordered | ended)) === ordered
    if (mustGoOn && (cell.flags & paused) !== 0) this.#letGoOn(cell)
    if ((cell.flags & restless) === 0) {
      if (isRestless(cell)) this.#mark(cell)
      return
    }
    if (isRestless(cell)) return
    cell.flags = (cell.flags | paused) & ~restless
    this.#restless--
    // Not now: what has stirred may be in the middle of its end.
    if (this.#restless === 0) this.#root.host.clock.soon(this.#lookSoon)
  }

  #pause(cell: Cell): void {
    // Whoever has to end does: somebody waits for that, or will.
    if ((cell.flags & ordered) === 0) cell.flags |= paused
    if (isRestless(cell)) this.#mark(cell)
  }

  #mark(cell: Cell): void {
    if ((cell.flags & restless) !== 0) return
    cell.flags |= restless
    this.#restless++
  }

  #letGoOn(cell: Cell): void {
    cell.flags &= ~paused
    this.#mark(cell)
    // Without mail it is about to get some; to wake it before would find it at rest.
    if (cell.wantsTurn) cell.wake()
  }

  /** Messages that came before the pause may be awaited as well. */
  #letAwaitedGoOn(cells: readonly Cell[]): void {
    for (const cell of cells) {
      if (cell.mailbox.isEmpty || (cell.flags & paused) === 0) continue
      if (cell.mailbox.peek(cell.mailbox.count).some((envelope) => this.#isAwaited(envelope)))
        this.#letGoOn(cell)
    }
  }

  #isAwaited(envelope: Envelope): boolean {
    let step: Envelope | undefined = envelope
    let sender = envelope.from
    for (let steps = 0; steps < askChainMax; steps++) {
      if (this.#isOwnRestless(sender)) return true
      step = step.origin?.cause
      if (step === undefined) return false
      sender = step.to
    }
    return false
  }

  #isOwnRestless(party: unknown): boolean {
    return party instanceof Cell && (party.flags & restless) !== 0 && rootOf(party) === this.#root
  }

  #lookIfAtRest(): void {
    if (this.#restless > 0 || this.#isLooking) return
    this.#isLooking = true
    afterCode(this.#root.host, () => this.#look())
  }

  /** Looks at all of them: also one that nobody has heard of may be at work. */
  #look(): void {
    const { host } = this.#root
    if (host.deferred > 0 && !this.#isOver) {
      // Somebody is to be stopped or killed once the code that ran has ended.
      host.clock.soon(() => this.#look())
      return
    }
    this.#isLooking = false
    if (this.#isOver || this.#restless > 0) return
    if ((this.#root.flags & ended) !== 0) {
      this.#finish(deathFault({ to: this.#root, name: 'move' }, 'actor-stopped'))
      return
    }
    for (const cell of subtree(this.#root)) this.#pause(cell)
    if (this.#restless === 0) this.#finish('still')
  }

  #expire(): void {
    const cell = subtree(this.#root).find((one) => (one.flags & restless) !== 0) ?? this.#root
    const fault = busyFault(this.#root, cell, this.#parts.deadlineMs)
    this.giveUp()
    this.#parts.done(fault)
  }

  #finish(result: 'still' | Fault): void {
    this.#end()
    this.#parts.done(result)
  }

  #end(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#root.host.timers.remove(this.#deadline)
    this.#parts.over()
  }
}

/** Whether something about a cell has to end, or a turn of it to come, before it can be captured. */
function isRestless(cell: Cell): boolean {
  const { flags, host } = cell
  if ((flags & ended) !== 0) return false
  if ((flags & (busy | starting | halting | doomed | ordered)) !== 0) return true
  if (host.current?.to === cell || cell.wantsTurn) return true
  // What is under way to its journal would be missing where it goes.
  if ((flags & committing) !== 0 && cell.rareIfAny?.durable !== undefined) return true
  const nextStart = cell.rareIfAny?.nextStart
  // It begins in the next turn of the event loop.
  if (nextStart !== undefined && nextStart.heapIndex < 0) return true
  return host.supervision.isActing(cell)
}

function rootOf(cell: Cell): Cell {
  let root = cell
  while (root.parent?.parent !== undefined) root = root.parent
  return root
}

function busyFault(root: Cell, cell: Cell, deadlineMs: number): Fault {
  const { host, current, flags } = cell
  const busyMs = Math.max(0, Math.floor(host.clock.now() - (cell.busySinceMs ?? host.clock.now())))
  const what =
    current !== undefined
      ? `has handled "${current.name}" for ${busyMs} ms`
      : (flags & starting) !== 0
        ? `has been starting for ${busyMs} ms`
        : (flags & busy) !== 0
          ? `has run a hook for ${busyMs} ms`
          : 'is ending or has mail that somebody waits for'
  return new Fault('move-busy', `Cannot move "${root.path}": after ${deadlineMs} ms "${cell.path}" ${what}`, {
    hint: 'Try again when its handler has ended, or give the move more time.',
    details: { path: cell.path, deadlineMs, busyMs },
  })
}
