// A cell: one actor's identity in a runtime. It keeps the mailbox, the place in the tree and the counters over all its lives.
import { blocked, busy, closed, deaf, down, ended, halting, ordered, paused, restless } from './cell-flags.ts'
import { Children } from './children.ts'
import { Mailbox } from './mailbox.ts'
import { notQueued } from './scheduler.ts'
import { SignalLane } from './signal-lane.ts'
import type { Ref, Self } from './actor.ts'
import type { AskCounters } from './ask.ts'
import type { Awakener } from './awakener.ts'
import type { Clock } from './clock.ts'
import type { DeadLetters, DeadReason } from './dead-letters.ts'
import type { ActorDefinition, Behaviour } from './definition.ts'
import type { Durability, DurableLife, LetterBook } from './durable/durable-life.ts'
import type { Elsewhere } from './elsewhere.ts'
import type { Envelope, Party } from './envelope.ts'
import type { EventLog } from './event-log.ts'
import type { Exit } from './exit.ts'
import type { Fault } from './fault.ts'
import type { Random } from './random.ts'
import type { Registry } from './registry.ts'
import type { Runnable, Scheduler } from './scheduler.ts'
import type { ChildOptions, ChildSpec, Directive } from './supervision.ts'
import type { TimerEntry, TimerQueue } from './timer-queue.ts'

/** Names such as `counter$7` that one thread may give: with seven digits of 36, a million each second for 21 hours. */
export const keysPerThread: number = 36 ** 7

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

/** A message that waits for room. */
export interface WaitingOffer {
  admit(): void
  refuse(fault: Fault): void
  /** Lets somebody else wait with it, in whose hands it ends. */
  handOn(to: (envelope: Envelope, timeoutMs: number) => Promise<void>): void
}

/** Lets actors come to rest before a move. */
export interface Pauses {
  /** A message is about to enter the mailbox of a paused cell. */
  arrived(cell: Cell, envelope: Envelope): void
  /** A new cell has its place below a paused one. */
  spawned(cell: Cell): void
  /** Something has happened to a paused or restless cell: it may be at rest now. */
  stirred(cell: Cell): void
}

/** A watch of somebody elsewhere, with the way to take it back. */
export interface FarWatch {
  readonly ref: Ref
  readonly takeBack: () => void
  /** How the last one ended who lived at the path here. */
  readonly last?: Exit | undefined
}

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
  /** By path, those watched that live elsewhere, and how to take that back. */
  watchingFar: Map<string, FarWatch> | undefined = undefined
  offers: Set<WaitingOffer> | undefined = undefined
  /** Owned by the supervision of this cell's children. */
  supervisor: object | undefined = undefined
  halt: { cut(): void; after(listener: () => void): void } | undefined = undefined
  /** Called once, when the async handler that runs now has ended. */
  whenIdle: (() => void) | undefined = undefined
  /** Called once, when the async start that runs now has ended. */
  whenBegun: WhenBegun | undefined = undefined
  /** Called once, when the cell has gone. */
  whenEnded: ((exit: Exit) => void)[] | undefined = undefined
  /** Of an actor with a journal, while it lives. */
  durable: DurableLife | undefined = undefined
  /** Of an actor that was sent a letter. */
  inbox: LetterBook | undefined = undefined
  /** How this life is going to end, once that is decided. */
  exit: Exit | undefined = undefined
  failing: { readonly envelope: Envelope; tries: number } | undefined = undefined
  restarts = 0
  lastFault: Fault | undefined = undefined
  nextStartMs: number | undefined = undefined
  /** The begin that this cell waits for; a second one takes its place, and an end takes it back. */
  nextStart: TimerEntry | undefined = undefined
  /** CPU time that a cell's `cpu` had no more room for. */
  cpuMs = 0
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
  /** Whether a restart of its children is at a step that has to end before they can be captured. */
  isActing(parent: Cell): boolean
  /** What is remembered of the restarts of a cell and of its children, as plain data; stops the pauses between them. */
  capture(cell: Cell): unknown
  /** Takes up what `capture` gave, on a cell in its place in the tree. Nothing begins before `resume`. */
  restore(cell: Cell, captured: unknown): void
  /** Goes on with the pauses that `capture` has stopped or `restore` has brought. */
  resume(cell: Cell): void
  /** Begins the next life of a cell that is down. */
  beginLater(cell: Cell, delayMs: number): void
}

/** What all cells of a runtime share. */
export interface Host {
  readonly name: string
  readonly clock: Clock
  readonly random: Random
  /** Added to the number of each name that is given here: no other runtime of the node gives the same. */
  readonly keyBase: number
  readonly timers: TimerQueue
  readonly scheduler: Scheduler<Cell>
  readonly registry: Registry<Cell>
  readonly deadLetters: DeadLetters
  readonly events: EventLog
  readonly asks: AskCounters
  readonly totals: Totals
  readonly supervision: Supervision
  readonly isStrict: boolean
  /** Where durable actors are kept; undefined on a node without a journal. */
  durability: Durability | undefined
  /** Where a payload would not survive the codec. */
  flawOf(payload: unknown): { readonly path: string; readonly what: string } | undefined
  readonly traces: {
    sent(cell: Cell, envelope: Envelope): void
    handled(cell: Cell, envelope: Envelope, outcome: string): void
  }
  /** Wakes whoever sleeps under a path; undefined where nobody does, and where those elsewhere see to it. */
  awakener: Awakener<Cell> | undefined
  /** Who takes what is not for anybody here; undefined where there is nobody else. */
  elsewhere: Elsewhere | undefined
  /** The cell that lives at a path. */
  cellAt(path: string): Cell | undefined
  /** The message whose synchronous handler runs now. */
  current: Envelope | undefined
  /** How many hooks and state factories are on the stack. */
  hooks: number
  /** Acts that wait for the actors' code on the stack to end. */
  deferred: number
  /** Undefined while nobody is about to move. */
  pauses: Pauses | undefined
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
  /** Dead letters of cells that came from another runtime, which has them; less those of cells that have moved away. Zero over all. */
  deadElsewhere = 0
}

/** What an async handler or hook works on; made while there is one, so that an idle actor stays small. */
class InHand {
  readonly sinceMs: number | undefined
  envelope: Envelope | undefined = undefined

  constructor(sinceMs: number | undefined) {
    this.sinceMs = sinceMs
  }
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
  runNext: Runnable | undefined = undefined
  readyMs: number = notQueued
  cpu = 0
  previous: Cell | undefined = undefined
  next: Cell | undefined = undefined
  #inHand: InHand | undefined = undefined
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
    return typeof this.key === 'string'
      ? this.key
      : `${this.definition.name}$${(this.host.keyBase + this.key).toString(36)}`
  }

  get path(): string {
    const above = this.parent
    if (above === undefined) return ''
    // A root's own name is its path; one without a name carries the node of its birth.
    if (above.parent === undefined)
      return typeof this.key === 'string' ? this.key : `${this.host.name}/${this.name}`
    return `${above.path}/${this.name}`
  }

  /** Whether it stands in the registry: a name costs a child most of its spawn time, but roots that others reach must be found at once. */
  get hasName(): boolean {
    return (
      typeof this.key === 'string' || (this.host.elsewhere !== undefined && this.parent?.parent === undefined)
    )
  }

  get rare(): Rare {
    this.#rare ??= new Rare()
    return this.#rare
  }

  /** The same without making it. */
  get rareIfAny(): Rare | undefined {
    return this.#rare
  }

  /** The message whose async handler has not ended. */
  get current(): Envelope | undefined {
    return this.#inHand?.envelope
  }

  set current(envelope: Envelope | undefined) {
    if (envelope === undefined) this.#inHand = undefined
    else {
      this.#inHand ??= new InHand(undefined)
      this.#inHand.envelope = envelope
    }
  }

  /** When `busy` was set last, by the scheduler's record time; asked only while it is set. */
  get busySinceMs(): number | undefined {
    return this.#inHand?.sinceMs
  }

  set busySinceMs(sinceMs: number | undefined) {
    this.#inHand = new InHand(sinceMs)
  }

  /** CPU time of its turns over all its lives, in milliseconds, as its thread's meter saw it. */
  get cpuMs(): number {
    return (this.cpu >>> 1) / 1_000 + (this.#rare?.cpuMs ?? 0)
  }

  get isBusy(): boolean {
    return (this.flags & busy) !== 0
  }

  get isOrdered(): boolean {
    return (this.flags & ordered) !== 0
  }

  /** Messages that wait, in the mailbox alone. */
  get waiting(): number {
    return this.mailbox.count
  }

  /** @param before the sibling that it is to stand before; otherwise it is the last */
  link(child: Cell, before?: Cell): void {
    this.#children ??= new Children()
    this.#children.add(child, before)
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
    else if ((this.flags & (paused | restless)) !== 0) this.host.pauses?.stirred(this)
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
