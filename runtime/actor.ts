// An actor as its author and its callers see it: the definition, `self` and the ref, and the types that tie them together.
import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { Exit } from './exit.ts'
import type { ChildOptions, SupervisionSpec } from './supervision.ts'

/** What an actor answers to: a message's name to a function from its payload to its reply. */
export type Protocol = Record<string, (...payload: never[]) => unknown>

/** The protocol of a ref that was found by its path: any name, any payload, checked when it is handled. */
export type AnyProtocol = Record<string, (payload?: unknown) => unknown>

/** A table of message handlers; `self` comes first, then one payload or none. */
export type Handlers<S> = Record<string, (self: Self<S>, payload: never) => unknown>

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

/** How a message travels to an actor in another thread. */
export interface TellOptions {
  /** Buffers in the payload that are moved instead of copied; the sender cannot read them any more. Here they are handed over as they are. */
  readonly transfer?: readonly ArrayBuffer[]
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
   * with a reason. Never waits and never throws for the receiver's sake.
   */
  tell<K extends keyof P & string>(name: K, ...rest: WithOptions<Parameters<P[K]>, TellOptions>): void

  /**
   * Sends a message and waits for its reply. Ends exactly once: with the reply, with a fault, or at its deadline.
   * @throws {Fault} `ask-expired` no reply in time; the outcome is unknown
   * @throws {Fault} `ask-cycle` the asked actor waits, directly or through others, for this one
   * @throws {Fault} `handler-failed` the handler threw something that is not a Fault; a Fault arrives as it was thrown
   * @throws {Fault} `actor-unknown` `actor-stopped` `actor-killed` `message-unknown` `mailbox-full` `message-dropped` not handled
   */
  ask<K extends keyof P & string>(
    name: K,
    ...rest: WithOptions<Parameters<P[K]>, DeadlineOptions>
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
}

/** Writes lines that carry the actor's path; they become events of the node. */
export interface Log {
  debug(message: string, details?: unknown): void
  info(message: string, details?: unknown): void
  warn(message: string, details?: unknown): void
  error(message: string, details?: unknown): void
}

/** What an actor knows and can do; the first argument of each handler and hook. Good only for the life it was given to. */
export interface Self<S = unknown> {
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

  /** Sends this actor a message after `delayMs`. @throws {Fault} `timer-invalid` `timers-full` `message-unknown` `payload-unencodable` */
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
export interface ActorSpec<A extends unknown[], S, H, B> {
  /** Makes the state of each new life from the arguments of the spawn. */
  state?(...args: A): S
  readonly on: H
  /** Further handler tables, for `self.become(name)`. */
  readonly behaviours?: B
  /** Runs before the first message of each life. */
  started?(self: Self<S>): void | Promise<void>
  /** Runs last in each life that does not end by a kill. */
  stopping?(self: Self<S>, exit: Exit): void | Promise<void>
  /** Hears that a watched actor has ended. */
  down?(self: Self<S>, ref: Ref, exit: Exit): void | Promise<void>
  /** The version of the state's shape; a whole number from 1. */
  readonly version?: number
  /**
   * Makes a state of this version from that of an older one, when an actor moves to where newer code is loaded. Without it such an actor
   * cannot move there. What it throws gives up the move; the actor goes on where it is.
   */
  upgrade?(state: unknown, fromVersion: number): S
  readonly mailbox?: MailboxOptions
  /** Schemas for payloads that come from outside the node. */
  readonly accepts?: { readonly [K in keyof H]?: StandardSchemaV1 }
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
