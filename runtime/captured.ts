// What is captured: a subtree as plain data, so that another runtime can go on with it.
import type { DeadReason } from './dead-letters.ts'
import type { CapturedDurable, HandledLetters } from './durable/durable-life.ts'
import type { Exit } from './exit.ts'
import type { FaultRecord } from './fault.ts'
import type { ChildSpec } from './supervision.ts'
import type { CapturedTick } from './tick.ts'

/**
 * What stands behind a message: a timer of its receiver, known by its key; an ask, known by what whoever captures it has said; or nobody any
 * more: the ask has expired, the timer was cancelled.
 */
export type CapturedOrigin =
  | { readonly kind: 'tick'; readonly key: string }
  | { readonly kind: 'ask'; readonly data: unknown }
  | { readonly kind: 'unwanted' }

export interface CapturedMessage {
  readonly name: string
  readonly payload: unknown
  /** The sender's path. */
  readonly from: string | undefined
  readonly origin: CapturedOrigin | undefined
}

/** A `down` of the actor at that path, or the order to begin a new life. */
export type CapturedSignal =
  | { readonly type: 'down'; readonly path: string; readonly exit: Exit }
  | { readonly type: 'restart' }

/** The books of one actor. */
export interface CapturedCounts {
  readonly accepted: number
  readonly handled: number
  readonly restarts: number
  readonly dead: readonly (readonly [DeadReason, number])[]
  readonly refused: readonly (readonly [DeadReason, number])[]
}

/** A message that has failed and is to be tried again: its place, and how often it was tried. */
export interface CapturedFailing {
  readonly isStashed: boolean
  readonly index: number
  readonly tries: number
}

/** One actor between two messages. States and payloads are as they are: refs in them stay refs. */
export interface CapturedCell {
  /** The parent's place in the list; -1 for the root. */
  readonly parent: number
  /** A number stands for a name such as `counter$7`; it is the node's, not the thread's. */
  readonly key: string | number
  readonly definition: string
  readonly version: number
  readonly args: readonly unknown[]
  readonly spec: ChildSpec
  readonly behaviour: string
  /** False between two lives. */
  readonly isAlive: boolean
  readonly isDown: boolean
  readonly isClosed: boolean
  readonly isSuspended: boolean
  readonly state: unknown
  /** Of an actor with a journal, while it lives. */
  readonly durable: CapturedDurable | undefined
  /** What an actor without a journal has handled of reliable messages. */
  readonly handled: readonly HandledLetters[]
  readonly counts: CapturedCounts
  readonly mailbox: readonly CapturedMessage[]
  readonly stash: readonly CapturedMessage[]
  readonly failing: CapturedFailing | undefined
  readonly timers: readonly CapturedTick[]
  readonly signals: readonly CapturedSignal[]
  /** Paths of those whose end it is to hear. */
  readonly watches: readonly string[]
  /** Whether somebody outside of the subtree is to hear of its end. */
  readonly isWatched: boolean
  readonly lastFault: FaultRecord | undefined
  readonly exit: Exit | undefined
  /** Until its next life begins. */
  readonly startsInMs: number | undefined
  /** False where that begin is a group's affair. */
  readonly startsAlone: boolean
  /** What is remembered of its restarts and of its children's. */
  readonly supervision: unknown
}

/** A root and all below it, parents before children, siblings in the order of their start. A list, so that it is never deep. */
export interface Captured {
  readonly path: string
  readonly cells: readonly CapturedCell[]
}
