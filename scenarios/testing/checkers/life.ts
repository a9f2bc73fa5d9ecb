// A life story: what happened to the actors of a node, as data that checkers can replay.
import type { Halted } from '../../../runtime/event-log.ts'
import type { ExitCause } from '../../../runtime/exit.ts'
import type { ChildSpec, Directive, SupervisionSpec } from '../../../runtime/supervision.ts'

/** Tells an actor from all others of its story, also from a successor of the same path. The guardian is 0. */
export type ActorId = number

/** A new actor, with how it wants to be looked after and how it looks after its own. */
export interface Spawned {
  readonly type: 'spawned'
  readonly id: ActorId
  readonly parent: ActorId
  readonly path: string
  readonly child: ChildSpec
  readonly supervision: SupervisionSpec
  readonly atMs: number
}

/** A failure that calls for a decision. */
export interface Failed {
  readonly type: 'failed'
  readonly id: ActorId
  readonly atMs: number
  /** What the rules of its parent ask for. */
  readonly directive: Directive
  /** It was told to stop, so that this life is its last. */
  readonly isLast: boolean
}

/** What can happen to an actor that is there. */
export type LifeEvent =
  | Spawned
  | { readonly type: 'started'; readonly id: ActorId; readonly atMs: number }
  | Failed
  | {
      readonly type: 'halted'
      readonly id: ActorId
      readonly atMs: number
      readonly by: Halted['by']
      readonly cause: ExitCause
    }
  | { readonly type: 'backoff'; readonly id: ActorId; readonly atMs: number; readonly attempt: number }
  | { readonly type: 'restarted'; readonly id: ActorId; readonly atMs: number }
  /** `code` is that of the fault which is passed up, or of which a root is given up. */
  | { readonly type: 'escalated'; readonly id: ActorId; readonly atMs: number; readonly code: string }
  | { readonly type: 'ended'; readonly id: ActorId; readonly atMs: number; readonly cause: ExitCause }

export type LifeStory = readonly LifeEvent[]

/** The fault of a supervisor that has used up its budget. */
export const exhausted = 'restarts-exhausted'
