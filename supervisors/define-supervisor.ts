// A supervisor definition: an actor that does nothing but look after a fixed list of children.
import { compiled, defineActor } from '../runtime/definition.ts'
import { Fault } from '../runtime/fault.ts'
import { checkName } from '../runtime/path.ts'
import { recordField, refusal } from './spec-field.ts'
import { admitChild, childSpec, listedDefaults, supervisionSpec } from './supervision-spec.ts'
import type { Definition, Self } from '../runtime/actor.ts'
import type { ChildOptions, SupervisionSpec } from '../runtime/supervision.ts'

/** Children that one list may name. */
export const listedChildrenMax = 10_000

/** One line of a supervisor's list. */
export interface ListedChild extends ChildOptions {
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
  readonly child?: ChildOptions
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
 * @throws {Fault} `name-invalid` `definition-invalid` of a child
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
  const { children, child, version, ...rest } = spec
  const supervision = supervisionSpec(rest)
  checkList(name, children)
  const listed = children.map((line) => complete(line, supervision))
  const ownSpec = childSpec({ shutdownMs: Infinity, ...child })
  return defineActor(name, {
    state: (): SupervisorState => ({ listed }),
    on: { children: statesOf },
    supervision,
    child: ownSpec,
    ...(version === undefined ? {} : { version }),
    async started(self) {
      for (const { actor, args, ...options } of listed)
        await self.start(actor, options, ...((args ?? []) as never))
    },
  })
}

/** A line with everything that it leaves out; what could not be spawned is refused now, not at the start. */
function complete(line: ListedChild, supervision: SupervisionSpec): ListedChild {
  const { name, actor, args, ...options } = line
  checkName(name)
  if (args !== undefined && !Array.isArray(args)) {
    throw refusal(
      'args',
      args,
      'a list of arguments',
      `Give args of "${name}" as a list for its state factory.`,
    )
  }
  const { child } = compiled(actor).spec
  const defaults = child === undefined ? listedDefaults : childSpec(child, listedDefaults)
  const spec = childSpec(options, defaults)
  admitChild(supervision, spec)
  const { restart, significant, shutdownMs, backoff } = spec
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
    throw new Fault(
      'supervision-invalid',
      `${attempt}: children is not a list of up to ${listedChildrenMax}`,
      {
        hint: 'Give children: [{ name, actor }].',
      },
    )
  }
  const names = new Set<unknown>()
  for (const child of children as readonly unknown[]) {
    const own = recordField('children', child)['name']
    if (names.has(own)) {
      throw new Fault('supervision-invalid', `${attempt}: two children are called "${String(own)}"`, {
        hint: 'Give each child a name of its own.',
      })
    }
    names.add(own)
  }
}
