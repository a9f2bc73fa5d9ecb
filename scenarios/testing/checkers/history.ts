// A history: what was seen of a run, in the order in which it happened; what the checkers judge.
import type { ExitCause } from '../../../runtime/exit.ts'
import type { Account } from '../../../runtime/accounting.ts'

/** Tells one message, ask or watch from all others of its history. */
export type Id = string | number

/** A message was handed over by `tell`, `ask` or `offer`; `seq` rises with each from this sender to this receiver. */
export interface Sent {
  readonly type: 'sent'
  readonly id: Id
  readonly from: string
  readonly to: string
  readonly seq: number
}

/** A handler began with it: again after each unstash, and on each try. */
export interface Received {
  readonly type: 'received'
  readonly id: Id
  readonly by: string
}

/** Its handler ran to the end, and did not put it aside. */
export interface Handled {
  readonly type: 'handled'
  readonly id: Id
  readonly by: string
}

/** It became a dead letter. */
export interface Dead {
  readonly type: 'dead'
  readonly id: Id
  readonly reason: string
}

/** Somebody began to wait for the reply to the message of that id. */
export interface Asked {
  readonly type: 'asked'
  readonly id: Id
  readonly atMs: number
  readonly timeoutMs: number
}

/** An ask ended; `refused` is a fault that says that the message was not handled. */
export interface Answered {
  readonly type: 'answered'
  readonly id: Id
  readonly atMs: number
  readonly how: 'reply' | 'fault' | 'refused' | 'expired'
  /** The id that the reply carried. */
  readonly echo?: Id
}

/** An actor was spawned at a path. */
export interface Spawned {
  readonly type: 'spawned'
  readonly path: string
}

/** A life of the actor at a path began; what the life before it watched is watched no more. */
export interface Began {
  readonly type: 'began'
  readonly path: string
}

/** The actor at a path was gone for good. */
export interface Ended {
  readonly type: 'ended'
  readonly path: string
  readonly cause: ExitCause
}

/** A watch began. */
export interface Watched {
  readonly type: 'watched'
  readonly watch: Id
  readonly watcher: string
  readonly target: string
}

/** The watcher ended it. */
export interface Unwatched {
  readonly type: 'unwatched'
  readonly watch: Id
}

/** The watcher heard of the end. */
export interface Down {
  readonly type: 'down'
  readonly watch: Id
  readonly cause: ExitCause
}

/** The books as they stood: of an actor, or with an empty path of the node. */
export interface Books {
  readonly type: 'books'
  readonly path: string
  readonly account: Account
}

/** Nothing was under way at this moment. As the last event it says that the history is whole. */
export interface Quiet {
  readonly type: 'quiet'
  readonly atMs: number
}

export type HistoryEvent =
  | Sent
  | Received
  | Handled
  | Dead
  | Asked
  | Answered
  | Spawned
  | Began
  | Ended
  | Watched
  | Unwatched
  | Down
  | Books
  | Quiet

export type History = readonly HistoryEvent[]

/** Whether nothing can follow: then what is missing is lost, not late. */
export function isWhole(history: History): boolean {
  return history.at(-1)?.type === 'quiet'
}
