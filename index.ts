// The front door: what a program that uses Troupe imports.
export { defineActor } from './runtime/definition.ts'
export { Fault } from './runtime/fault.ts'
export { Node } from './node/node.ts'
export { startNode } from './node/start-node.ts'
export { defineSupervisor } from './supervisors/define-supervisor.ts'
export type {
  ActorSpec,
  AnyProtocol,
  AskOptions,
  DeadlineOptions,
  Definition,
  DefinitionProtocol,
  Handlers,
  Log,
  MailboxOptions,
  Overflow,
  Protocol,
  ProtocolOf,
  Ref,
  RefOf,
  Self,
  SpawnOptions,
  TellOptions,
  TimerOptions,
} from './runtime/actor.ts'
export type { CatchUp } from './runtime/commit.ts'
export type { Account, Audit } from './runtime/accounting.ts'
export type { Exit } from './runtime/exit.ts'
export type { FaultRecord } from './runtime/fault.ts'
export type { EntityOptions } from './node/entities/entity-options.ts'
export type { NodeOptions, RootOptions } from './node/node.ts'
export type { EventFilter } from './node/projections/event-filter.ts'
export type { EventOptions, EventStream } from './node/projections/event-stream.ts'
export type { Projection, ProjectionStatus } from './node/projections/projection.ts'
export type { ProjectionHandler, ProjectionSpec } from './node/projections/projection-spec.ts'
export type { RecordedEvent } from './node/projections/recorded-event.ts'
export type { Place } from './node/threads/place.ts'
export type {
  AutoShutdown,
  Backoff,
  ChildOptions,
  ChildSpec,
  Directive,
  DirectiveRule,
  RestartType,
  Strategy,
  SupervisionSpec,
} from './runtime/supervision.ts'
