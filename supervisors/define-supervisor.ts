// A supervisor definition: an actor that does nothing but look after a fixed list of children.
import { compiled, defineActor } from '../runtime/definition.ts'
import { Fault } from '../runtime/fault.ts'
import { childSpec, listedDefaults, supervisionSpec } from './supervision-spec.ts'
import type { Definition, Self } from '../runtime/actor.ts'
import type { ChildSpec, SupervisionSpec } from '../runtime/supervision.ts'

/** Children that one list may name. */
export const listedChildrenMax = 10_000

/** One line of a supervisor's list. */
export interface ListedChild extends Partial<ChildSpec> {
  /** One path segment, unique in the list. */
  readonly name: string
  readonly actor: Definition
  /** For the actor's state factory. */
  readonly args?: readonly unknown[]
}

/** How to look after whom. */
export interface SupervisorSpec extends Partial<SupervisionSpec> {
  /** Started in this order, each after the one before has started; stopped in reverse. Permanent unless they say otherwise. */
  readonly children: readonly ListedChild[]
  /** How the supervisor itself wants to be looked after; its shutdown has no deadline unless given, as in OTP. */
  readonly child?: Partial<ChildSpec>
  readonly version?: number
}

/** What a supervisor tells of a child. */
export interface ChildState {
  readonly name: string
  readonly definition: string
  readonly restart: string
  readonly isAlive: boolean
}

interface SupervisorState {
  readonly listed: readonly ListedChild[]
}

interface SupervisorTable {
  readonly children: (self: Self<SupervisorState>) => ChildState[]
}

/**
 * Defines a supervisor with a static list of children. It answers `children`.
 * @throws {Fault} `supervision-invalid` a field is unknown or out of range, or two children share a name
 * @example
 * const shop = defineSupervisor('shop', {
 *   strategy: 'rest-for-one',
 *   children: [{ name: 'stock', actor: stock }, { name: 'till', actor: till }],
 * })
 */
export function defineSupervisor(
  name: string,
  spec: SupervisorSpec,
): Definition<[], SupervisorState, SupervisorTable> {
  const { children, child, version, ...supervision } = spec
  checkList(name, children)
  const listed = children.map(complete)
  return defineActor(name, {
    state: (): SupervisorState => ({ listed }),
    on: { children: statesOf },
    supervision: supervisionSpec(supervision),
    child: { shutdownMs: Infinity, ...child },
    ...(version === undefined ? {} : { version }),
    async started(self) {
      for (const { actor, args, ...options } of listed) await self.start(actor, options, ...((args ?? []) as never))
    },
  })
}

function complete(listed: ListedChild): ListedChild {
  const { name, actor, args, ...options } = listed
  const { child } = compiled(actor).spec
  const defaults = child === undefined ? listedDefaults : childSpec(child, listedDefaults)
  const { restart, significant, shutdownMs, backoff } = childSpec(options, defaults)
  const whole = { name, actor, restart, significant, shutdownMs, args: args ?? [] }
  return backoff === undefined ? whole : { ...whole, backoff }
}

function statesOf(self: Self<SupervisorState>): ChildState[] {
  const alive = new Set(self.children.map((ref) => ref.path.slice(ref.path.lastIndexOf('/') + 1)))
  return self.state.listed.map(({ name, actor, restart }) => ({
    name,
    definition: actor.name,
    restart: restart ?? 'permanent',
    isAlive: alive.has(name),
  }))
}

function checkList(name: string, children: readonly ListedChild[]): void {
  const attempt = `Cannot define supervisor "${name}"`
  if (!Array.isArray(children) || children.length > listedChildrenMax) {
    throw new Fault('supervision-invalid', `${attempt}: children is not a list of up to ${listedChildrenMax}`, {
      hint: 'Give children: [{ name, actor }].',
    })
  }
  const names = new Set<string>()
  for (const child of children) {
    if (names.has(child.name)) {
      throw new Fault('supervision-invalid', `${attempt}: two children are called "${child.name}"`, {
        hint: 'Give each child a name of its own.',
      })
    }
    names.add(child.name)
  }
}
