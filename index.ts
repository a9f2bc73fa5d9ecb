// The front door: what a program that uses Troupe imports.
export { defineActor } from './runtime/definition.ts'
export { Fault } from './runtime/fault.ts'
export { startNode, Node } from './node/node.ts'
export { defineSupervisor } from './supervisors/define-supervisor.ts'
export type {
  ActorSpec,
  AnyProtocol,
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
export type { Account, Audit } from './runtime/accounting.ts'
export type { Exit } from './runtime/exit.ts'
export type { FaultRecord } from './runtime/fault.ts'
export type { NodeOptions, RootOptions } from './node/node.ts'
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
