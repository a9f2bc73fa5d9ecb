// A cell: one actor's identity in a runtime. It keeps the mailbox, the place in the tree and the counters over all its lives.
import { Children } from './children.ts'
import { Mailbox } from './mailbox.ts'
import { notQueued } from './scheduler.ts'
import { SignalLane } from './signal-lane.ts'
import type { Ref, Self } from './actor.ts'
import type { AskCounters } from './ask.ts'
import type { Clock } from './clock.ts'
import type { DeadLetters, DeadReason } from './dead-letters.ts'
import type { ActorDefinition, Behaviour } from './definition.ts'
import type { Envelope, Party } from './envelope.ts'
import type { EventLog } from './event-log.ts'
import type { Exit } from './exit.ts'
import type { Fault } from './fault.ts'
import type { Random } from './random.ts'
import type { Registry } from './registry.ts'
import type { Runnable, Scheduler } from './scheduler.ts'
import type { ChildOptions, ChildSpec, Directive } from './supervision.ts'
import type { TimerEntry, TimerQueue } from './timer-queue.ts'

// What a cell is at the moment, as bits. Mail is handled only while none of `blocked` is set.
/** An async handler or hook has not ended. */
export const busy = 1
/** An operator has suspended it: its messages wait, its signals do not. */
export const suspended = 2
/** Between two lives: not begun, failed, halted or waiting for a restart. */
export const down = 4
/** Gone for good. */
export const ended = 8
/** Takes no more mail. */
export const closed = 16
/** Somebody traces it. */
export const traced = 32
/** A halt is under way: children end, then the hook runs. */
export const halting = 64
/** The message in hand was set aside by its handler. */
export const stashing = 128
/** To be killed as soon as the code that runs now has ended. */
export const doomed = 256
/** An async start has not ended; with `busy`. */
export const starting = 512
/** Its end was ordered from above: nobody asks for its restart type. */
export const ordered = 1024
export const blocked: number = busy | suspended | down | ended | doomed
/** Signals are heard only while none of these is set. */
export const deaf: number = busy | ended | doomed

/** What comes before messages; `watched` is undefined where nobody ever lived. */
export type Signal =
  | { readonly type: 'down'; readonly ref: Ref; readonly exit: Exit; readonly watched: Cell | undefined }
  | { readonly type: 'restart' }

/** `self` as its cell sees it. */
export interface LivingSelf extends Self {
  /** The life is over: whoever still holds it gets `self-expired`. */
  expire(): void
}

/**
 * Hears once how a start went. Whoever abandons a start decides what follows. Of a failed one this says true if it sees to it itself;
 * otherwise the supervisor decides.
 */
export type WhenBegun = (result: 'begun' | 'abandoned' | Fault) => boolean | void

/** What only some cells need; made at first need so that an idle actor stays small. */
export class Rare {
  /** Accepted and not handled, by reason. */
  readonly dead: Map<DeadReason, number> = new Map()
  /** Never accepted, by reason. */
  readonly refused: Map<DeadReason, number> = new Map()
  timers: Map<string, TimerEntry & { readonly wanted: boolean; cancel(): void }> | undefined = undefined
  stash: Envelope[] | undefined = undefined
  watchers: Map<object, (exit: Exit) => void> | undefined = undefined
  watching: Map<Cell, object> | undefined = undefined
  offers: Set<{ admit(): void; refuse(fault: Fault): void }> | undefined = undefined
  /** Owned by the supervision of this cell's children. */
  supervisor: object | undefined = undefined
  halt: { cut(): void; after(listener: () => void): void } | undefined = undefined
  /** Called once, when the async handler that runs now has ended. */
  whenIdle: (() => void) | undefined = undefined
  /** Called once, when the async start that runs now has ended. */
  whenBegun: WhenBegun | undefined = undefined
  /** Called once, when the cell has gone. */
  whenEnded: ((exit: Exit) => void)[] | undefined = undefined
  /** How this life is going to end, once that is decided. */
  exit: Exit | undefined = undefined
  failing: { readonly envelope: Envelope; tries: number } | undefined = undefined
  restarts = 0
  lastFault: Fault | undefined = undefined
  nextStartMs: number | undefined = undefined
  /** The begin that this cell waits for; a second one takes its place, and an end takes it back. */
  nextStart: TimerEntry | undefined = undefined
}

/** Decides and acts when an actor fails or ends; one floor up. */
export interface Supervision {
  /** How a new actor is to be looked after. @throws {Fault} `supervision-invalid` */
  childSpec(definition: ActorDefinition, options: ChildOptions | undefined, parent: Cell): ChildSpec
  /** What an error calls for, before anything is undone. */
  directive(cell: Cell, error: unknown): Directive
  /** A cell is down because of `fault`; `directive` is not resume. */
  failed(cell: Cell, fault: Fault, directive: Directive): void
  /** An operator wants a new life for a running actor. */
  restart(cell: Cell): void
  /** A life has ended by itself or by a kill, and the cell is halted. */
  ended(cell: Cell, exit: Exit): void
  /** Somebody asks a cell to stop that is between two lives. */
  stopDown(cell: Cell): void
  /** A child has gone for good. */
  gone(parent: Cell, child: Cell, exit: Exit): void
}

/** What all cells of a runtime share. */
export interface Host {
  readonly name: string
  readonly clock: Clock
  readonly random: Random
  readonly timers: TimerQueue
  readonly scheduler: Scheduler<Cell>
  readonly registry: Registry<Cell>
  readonly deadLetters: DeadLetters
  readonly events: EventLog
  readonly asks: AskCounters
  readonly totals: Totals
  readonly supervision: Supervision
  readonly isStrict: boolean
  /** Where a payload would not survive the codec. */
  flawOf(payload: unknown): { readonly path: string; readonly what: string } | undefined
  readonly traces: {
    sent(cell: Cell, envelope: Envelope): void
    handled(cell: Cell, envelope: Envelope, outcome: string): void
  }
  /** The message whose synchronous handler runs now. */
  current: Envelope | undefined
  /** How many hooks and state factories are on the stack. */
  hooks: number
  /** Makes `self` for a new life. */
  makeSelf(cell: Cell): LivingSelf
}

/** Sums over the cells that have gone, and what never reached a cell. */
export class Totals {
  actors = 0
  spawned = 0
  accepted = 0
  handled = 0
  deadInCells = 0
  refused = 0
  restarts = 0
  timerBeatsSkipped = 0
}

export class Cell implements Runnable, Party {
  readonly host: Host
  readonly definition: ActorDefinition
  readonly parent: Cell | undefined
  /** A number stands for a name such as `counter$7`: most actors are never looked at by name. */
  readonly key: string | number
  readonly spec: ChildSpec
  readonly args: readonly unknown[]
  readonly mailbox: Mailbox = new Mailbox()
  behaviour: Behaviour
  state: unknown = undefined
  self: LivingSelf | undefined = undefined
  ref: Ref | undefined = undefined
  flags: number = down
  /** Rises with each begin and each end of a life: what an abandoned handler brings back late is not taken. */
  life = 0
  accepted = 0
  handled = 0
  signals: SignalLane<Signal> | undefined = undefined
  /** The message whose async handler has not ended. */
  current: Envelope | undefined = undefined
  /** When `busy` was set last, by the scheduler's record time. */
  busySinceMs: number | undefined = undefined
  runNext: Runnable | undefined = undefined
  readyMs: number = notQueued
  previous: Cell | undefined = undefined
  next: Cell | undefined = undefined
  #children: Children<Cell> | undefined = undefined
  #rare: Rare | undefined = undefined

  constructor(
    place: { readonly host: Host; readonly parent: Cell | undefined; readonly key: string | number },
    definition: ActorDefinition,
    life: { readonly spec: ChildSpec; readonly args: readonly unknown[] },
  ) {
    this.host = place.host
    this.parent = place.parent
    this.key = place.key
    this.definition = definition
    this.behaviour = definition.on
    this.spec = life.spec
    this.args = life.args
  }

  get name(): string {
    return typeof this.key === 'string' ? this.key : `${this.definition.name}$${this.key.toString(36)}`
  }

  get path(): string {
    const above = this.parent
    if (above === undefined) return ''
    // A root's own name is its path; one without a name carries the node of its birth.
    if (above.parent === undefined)
      return typeof this.key === 'string' ? this.key : `${this.host.name}/${this.name}`
    return `${above.path}/${this.name}`
  }

  get rare(): Rare {
    this.#rare ??= new Rare()
    return this.#rare
  }

  /** The same without making it. */
  get rareIfAny(): Rare | undefined {
    return this.#rare
  }

  get isOrdered(): boolean {
    return (this.flags & ordered) !== 0
  }

  /** Messages that wait, in the mailbox alone. */
  get waiting(): number {
    return this.mailbox.count
  }

  link(child: Cell): void {
    this.#children ??= new Children()
    this.#children.add(child)
  }

  unlink(child: Cell): void {
    this.#children?.delete(child)
    if (this.#children?.count === 0) this.#children = undefined
  }

  get firstChild(): Cell | undefined {
    return this.#children?.first
  }

  get lastChild(): Cell | undefined {
    return this.#children?.last
  }

  get childCount(): number {
    return this.#children?.count ?? 0
  }

  /** A copy of the list of children, in the order of their start. */
  children(): Cell[] {
    return this.#children === undefined ? [] : [...this.#children]
  }

  /** Clears a bit and takes a turn if there is something to do. */
  unblock(bit: number): void {
    this.flags &= ~bit
    this.wake()
  }

  wake(): void {
    if (this.wantsTurn) this.host.scheduler.ready(this)
  }

  /** Whether a turn would get anything done. */
  get wantsTurn(): boolean {
    if (this.signals !== undefined && (this.flags & deaf) === 0) return true
    if ((this.flags & blocked) !== 0) return false
    return !this.mailbox.isEmpty || (this.flags & (closed | halting)) === closed
  }

  signal(signal: Signal): void {
    if ((this.flags & ended) !== 0) return
    this.signals ??= new SignalLane()
    this.signals.push(signal)
    this.wake()
  }
}
