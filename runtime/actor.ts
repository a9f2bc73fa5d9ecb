// An actor as its author and its callers see it: the definition, `self` and the ref, and the types that tie them together.
import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { CatchUp } from './commit.ts'
import type { Exit } from './exit.ts'
import type { ChildOptions, SupervisionSpec } from './supervision.ts'

/** What an actor answers to: a message's name to a function from its payload to its reply. */
export type Protocol = Record<string, (...payload: never[]) => unknown>

/** The protocol of a ref that was found by its path: any name, any payload, checked when it is handled. */
export type AnyProtocol = Record<string, (payload?: unknown) => unknown>

/** A table of message handlers; `self` comes first, then one payload or none. */
export type Handlers<S, E = unknown> = Record<string, (self: Self<S, E>, payload: never) => unknown>

/** What can happen to an actor: by name, how that changes its state, in place or by the new state that is returned. */
export type Events<S, E> = { [K in keyof E]: (state: S, payload: E[K]) => unknown }

type EventPayload<P> = unknown extends P ? [payload?: undefined] : [payload: P]

/** One event with its payload: `['deposited', 5]`. */
export type EventOf<E> = {
  [K in keyof E & string]: readonly [name: K, ...payload: EventPayload<E[K]>]
}[keyof E & string]

/** An event as it was written by older code. */
export interface OldEvent {
  readonly name: string
  readonly payload: unknown
  readonly version: number
}

/** What a durable actor has been given back before its life begins. */
export interface Recovered {
  /** Number of the last record of its journal; 0 in its first life. */
  readonly seq: number
}

/** When a durable actor's state is written down whole, so that its next life need not begin with the first event. */
export interface SnapshotOptions {
  /** After so many records, 1 to 1,000,000; default 1,000. */
  readonly every?: number
  /** Deletes events that two snapshots make unnecessary. Default false: projections may want them. */
  readonly deletesEvents?: boolean
}

/** The protocol that a handler table is: the handlers without `self`, their replies awaited. */
export type ProtocolOf<H> = {
  [K in keyof H]: H[K] extends (self: never, ...payload: infer P) => infer R
    ? (...payload: P) => Awaited<R>
    : never
}

/** Milliseconds until an ask or an offer gives up; 1 to 2,147,483,647, default 5,000. */
export interface DeadlineOptions {
  readonly timeoutMs?: number
}

/** How long an ask waits, and whether it may be sent again. */
export interface AskOptions extends DeadlineOptions {
  /**
   * Asks a durable actor so that the same message can be sent again: what it has handled under a key it does not handle again, the reply is
   * that of the first time. 1 to 128 printable ASCII characters; an actor remembers its last 1,000 keys.
   */
  readonly idempotencyKey?: string
}

/** How a message travels to an actor in another thread. */
export interface TellOptions {
  /** Buffers in the payload that are moved instead of copied; the sender cannot read them any more. Here they are handed over as they are. */
  readonly transfer?: readonly ArrayBuffer[]
  /**
   * Only in a handler or a hook of a durable actor: the message is written with what the handler persists, leaves once that is safe, and is
   * sent again until its receiver has handled it. It takes effect once, in order from this sender.
   */
  readonly reliable?: boolean
}

declare const understands: unique symbol

type WithOptions<P extends unknown[], O> = P extends []
  ? [payload?: undefined, options?: O]
  : [...P, options?: O]

/**
 * A typed handle on an actor's path. It stays valid whatever happens to the actor: restarts, moves, or a successor of the same name.
 * Refs are equal when their paths are; they may travel in payloads and state.
 */
export interface Ref<P extends Protocol = AnyProtocol> {
  /**
   * For the compiler alone, no ref has it. It tells refs of other protocols apart, which methods do not; a ref of any protocol can be
   * given for all of them, and all for it.
   */
  // oxlint-disable-next-line no-explicit-any
  readonly [understands]?: string extends keyof P ? any : P

  /** The actor's name, such as `bank/ada`; says nothing of where it lives. */
  readonly path: string

  /**
   * Hands a message over and returns at once. At most once, in order from this sender; what cannot be delivered becomes a dead letter
   * with a reason. Never waits and never throws for the receiver's sake. With `reliable: true` it is written down and sent until it has
   * arrived.
   * @throws {Fault} `sender-volatile` `handler-over` `outbox-full` `payload-unencodable` `payload-too-large` of reliable ones
   */
  tell<K extends keyof P & string>(name: K, ...rest: WithOptions<Parameters<P[K]>, TellOptions>): void

  /**
   * Sends a message and waits for its reply. Ends exactly once: with the reply, with a fault, or at its deadline.
   * @throws {Fault} `ask-expired` no reply in time; the outcome is unknown
   * @throws {Fault} `ask-cycle` the asked actor waits, directly or through others, for this one
   * @throws {Fault} `handler-failed` the handler threw something that is not a Fault; a Fault arrives as it was thrown
   * @throws {Fault} `actor-unknown` `actor-stopped` `actor-killed` `message-unknown` `mailbox-full` `message-dropped` not handled
   * @throws {Fault} `key-invalid` `actor-volatile` `reply-lost` of those with an idempotencyKey
   */
  ask<K extends keyof P & string>(
    name: K,
    ...rest: WithOptions<Parameters<P[K]>, AskOptions>
  ): Promise<ReturnType<P[K]>>

  /**
   * Waits until the mailbox has room, then tells; callers are served in order.
   * @throws {Fault} `offer-expired` no room in time; nothing was sent
   * @throws {Fault} `offers-full` too many callers wait already
   * @throws {Fault} `actor-unknown` `actor-stopped` `actor-killed` there is nobody to wait for
   */
  offer<K extends keyof P & string>(
    name: K,
    ...rest: WithOptions<Parameters<P[K]>, DeadlineOptions>
  ): Promise<void>

  /** Calls `observer` exactly once when the actor has ended, with how; at once if it lives no more. Returns the way to stop watching. */
  watch(observer: (exit: Exit) => void): () => void

  /** Asks the actor to end kindly: after the mail it has, children first. A permanent child is started again by its supervisor. */
  stop(): void

  /** Ends the actor after the code that runs now; its mail stays for its successor or becomes dead letters. */
  kill(): void

  equals(other: Ref): boolean
  toString(): string
}

/** How to spawn: a name alone, or a name and what the supervisor should know. */
export interface SpawnOptions extends ChildOptions {
  /** One path segment for a child, a path for a root; without it a name such as `counter$7` is given. */
  readonly name?: string | undefined
}

/** When a timer's message is sent, and under which key it can be replaced or cancelled. */
export interface TimerOptions {
  /** Default: the message's name. A timer started under a key in use replaces the old one. */
  readonly key?: string
  /** In a durable actor: the timer is written with what the handler persists, is due by the wall clock, and outlives the process. */
  readonly durable?: boolean
  /**
   * What becomes of the beats of a durable timer that nobody was awake for: `skip` none is made up for, `once` one for all of them, `each`
   * every one, the last 1,000 at most. Default `once`.
   */
  readonly catchUp?: CatchUp
}

/** Writes lines that carry the actor's path; they become events of the node. */
export interface Log {
  debug(message: string, details?: unknown): void
  info(message: string, details?: unknown): void
  warn(message: string, details?: unknown): void
  error(message: string, details?: unknown): void
}

/** What an actor knows and can do; the first argument of each handler and hook. Good only for the life it was given to. */
export interface Self<S = unknown, E = unknown> {
  /** The actor's own data; change it in place or assign a new value. */
  state: S
  readonly ref: Ref
  readonly path: string
  readonly log: Log

  /** Milliseconds since 1970 by the node's clock. */
  now(): number
  /** A number from 0 up to 1, from the node's source of chance. */
  random(): number

  /**
   * Starts a child, which lives, moves and ends with this actor.
   * @throws {Fault} `name-invalid` `name-taken` `supervision-invalid` `actors-full` `tree-too-deep` `actor-stopped` `start-failed`
   */
  spawn<A extends unknown[], C, H, B>(
    definition: Definition<A, C, H, B>,
    options?: string | SpawnOptions,
    ...args: A
  ): Ref<DefinitionProtocol<H, B>>
  /**
   * The same, and waits until the child's `started` hook has ended.
   * @throws {Fault} `start-failed` and those of `spawn`
   */
  start<A extends unknown[], C, H, B>(
    definition: Definition<A, C, H, B>,
    options?: string | SpawnOptions,
    ...args: A
  ): Promise<Ref<DefinitionProtocol<H, B>>>
  /** The children alive now, in the order of their start. */
  readonly children: readonly Ref[]

  /**
   * Sends this actor a message after `delayMs`; with `durable: true` at that time, also if the process has ended meanwhile.
   * @throws {Fault} `timer-invalid` `timers-full` `message-unknown` `payload-unencodable` `actor-volatile` `handler-over`
   */
  after(delayMs: number, name: string, payload?: unknown, options?: TimerOptions): void
  /** Sends it again and again; a beat that finds the last one still unhandled is skipped and counted. */
  every(periodMs: number, name: string, payload?: unknown, options?: TimerOptions): void
  /** Stops a timer; its message is not handled even if it waits in the mailbox already. Says whether there was one. */
  cancel(key: string): boolean

  /** From now on `down` is called once when that actor ends, also if it has ended long ago. */
  watch(ref: Ref): void
  /** Stops watching; no `down` comes after this returns. */
  unwatch(ref: Ref): void

  /** Answers to another handler table of the definition from the next message on; without a name to `on`. */
  become(behaviour?: string): void
  readonly behaviour: string

  /** Puts the message in hand aside. @throws {Fault} `stash-full` `stash-misused` */
  stash(): void
  /** Puts all that was set aside back to the front of the mailbox, in order. */
  unstash(): void

  /** Ends this actor after its mail; with a child's ref, ends that child for good. */
  stop(child?: Ref): void

  /**
   * Writes an event to the journal, and applies it to the state. Resolves once it is safe on the disk and applied; in the order of the
   * calls. The handler is not over before that, awaited or not: nobody sees its reply, and no other message is handled.
   * @throws {Fault} `event-unknown` `actor-volatile` `payload-unencodable` `record-too-large` `journal-full` `journal-busy` nothing was
   *   written; the state is as it was
   * @throws {Fault} `journal-failed` `journal-fenced` whether it was written is unknown: the actor begins a new life from its journal
   */
  persist<K extends keyof E & string>(name: K, ...payload: EventPayload<E[K]>): Promise<void>
  /** The same for several events, 1 to 10,000: all of them become safe, or none. */
  persistAll(events: readonly EventOf<E>[]): Promise<void>
  /** Writes the state as it is now, in an actor with `durable: 'state'`. Resolves once it is safe; its faults are those of `persist`. */
  save(): Promise<void>
  /** Deletes what the journal has of this actor: after the next restart it knows nothing. Its state stays as it is until then. */
  forget(): Promise<void>
}

/** What happens to a message that finds the mailbox full. */
export type Overflow = 'reject' | 'drop-newest' | 'drop-oldest'

export interface MailboxOptions {
  /** Messages that may wait, 1 to 1,000,000; default 100,000. */
  readonly messagesMax?: number
  /** `reject` and `drop-newest` refuse the new one (an ask is told `mailbox-full` or `message-dropped`), `drop-oldest` the first in line. */
  readonly overflow?: Overflow
}

/** Everything `defineActor` takes besides the name. */
export interface ActorSpec<A extends unknown[], S, H, B, E = unknown> {
  /** Makes the state of each new life from the arguments of the spawn. */
  state?(...args: A): S
  /** Makes the actor durable: what happens to it is written down by `self.persist`, and its state is made of that again in each life. */
  readonly events?: Events<S, E>
  readonly on: H
  /** Further handler tables, for `self.become(name)`. */
  readonly behaviours?: B
  /** Runs before the first message of each life. */
  started?(self: Self<S, E>): void | Promise<void>
  /** Runs before `started` in each life of a durable actor, once its state is made again. */
  recovered?(self: Self<S, E>, recovered: Recovered): void | Promise<void>
  /** Runs last in each life that does not end by a kill. */
  stopping?(self: Self<S, E>, exit: Exit): void | Promise<void>
  /** Hears that a watched actor has ended. */
  down?(self: Self<S, E>, ref: Ref, exit: Exit): void | Promise<void>
  /** `state` makes the actor durable without events: the last state that `self.save` has written is what it begins with. */
  readonly durable?: 'state'
  /** The versions of the events' payloads, whole numbers from 1; 1 where an event is not named. */
  readonly eventVersions?: { readonly [K in keyof NoInfer<E>]?: number }
  /** Makes of an event of an older version, or of a name that is gone, one of today; undefined leaves it out. */
  upcast?(
    event: OldEvent,
  ): { readonly name: keyof NoInfer<E> & string; readonly payload?: unknown } | undefined
  /** By what projections find this actor's events. */
  readonly tags?: readonly string[] | ((event: string, payload: unknown) => readonly string[])
  readonly snapshots?: SnapshotOptions
  /** The version of the state's shape; a whole number from 1. */
  readonly version?: number
  /**
   * Makes a state of this version from that of an older one, when an actor moves to where newer code is loaded, or begins with a state that
   * older code has written. Without it such an actor cannot move there. What it throws gives up the move; the actor goes on where it is.
   */
  upgrade?(state: unknown, fromVersion: number): S
  readonly mailbox?: MailboxOptions
  /** Schemas for payloads that come from outside the node. */
  readonly accepts?: { readonly [K in keyof NoInfer<H>]?: StandardSchemaV1 }
  /** How often a message that fails is handled before it is quarantined, 1 to 100; default 1, which keeps "at most once". */
  readonly triesMax?: number
  /** How this actor looks after its children. */
  readonly supervision?: Partial<SupervisionSpec>
  /** How this actor wants to be looked after, unless the spawn says otherwise. */
  readonly child?: ChildOptions
  /** False pins the actor to where it was spawned. */
  readonly moves?: boolean
}

/** All tables of `behaviours` as one; a name that several tables share has one payload type. */
type Merged<B> = (
  B[keyof B] extends infer H ? (H extends unknown ? (table: H) => void : never) : never
) extends (table: infer M) => void
  ? M
  : unknown

/** The protocol over all behaviours of a definition. */
export type DefinitionProtocol<H, B> = string extends keyof B
  ? ProtocolOf<H>
  : ProtocolOf<H> & Omit<ProtocolOf<Merged<B>>, keyof H>

/** What `defineActor` returns: a name, a version and the code; never a running thing. */
export interface Definition<A extends unknown[] = never, S = unknown, H = unknown, B = unknown> {
  readonly name: string
  readonly version: number
  readonly spec: ActorSpec<A, S, H, B>
}

/** The ref type of a definition: `RefOf<typeof account>`. */
export type RefOf<D> = D extends { readonly spec: ActorSpec<never, infer _S, infer H, infer B> }
  ? Ref<DefinitionProtocol<H, B>>
  : never
