// A restore: what was captured elsewhere becomes a subtree of this runtime, complete and paused.
import { Arrival } from './arrival.ts'
import { Cell } from './cell.ts'
import { closed, ended } from './cell-flags.ts'
import { escapeText } from './escape.ts'
import { Fault } from './fault.ts'
import { furnish, watchAgain } from './furnish.ts'
import { runHook } from './hook.ts'
import { actorsMax } from './spawn.ts'
import type { Captured, CapturedCell } from './captured.ts'
import type { Host } from './cell.ts'
import type { ActorDefinition } from './definition.ts'
import type { Plan, RestoreContext } from './furnish.ts'

/**
 * Checks what was captured, then builds it under the guardian: it counts, and holds its names, from here on, but does nothing until
 * `activate`. Nobody may send it anything before; `dispose` takes it away.
 * @throws {Fault} `definition-unknown` from `definitionOf` · `definition-differs` the state is of another version, and nothing bridges that
 * @throws {Fault} `behaviour-unknown` `name-taken` `actors-full` `actor-stopped` there is no place for it here
 * @throws {Fault} `upgrade-failed` the definition's `upgrade` threw
 */
export function restore(host: Host, guardian: Cell, captured: Captured, context: RestoreContext): Arrival {
  checkRoom(host, guardian, captured)
  const plans = captured.cells.map((cell) => planOf({ host, path: captured.path }, cell, context))
  const cells: Cell[] = []
  for (const plan of plans) cells.push(place(host, guardian, cells, plan))
  try {
    checkNames(host, captured.path, cells)
  } catch (fault) {
    cells[0]?.parent?.unlink(cells[0])
    throw fault
  }
  const ticks = plans.flatMap((plan, index) => furnish(cells[index] as Cell, plan, context))
  watchAgain(cells, plans, context)
  return new Arrival(captured, cells, ticks)
}

interface Attempt {
  readonly host: Host
  /** The root's. */
  readonly path: string
}

function planOf({ host, path }: Attempt, data: CapturedCell, context: RestoreContext): Plan {
  const attempt = `Cannot restore "${path}"`
  const definition = context.definitionOf(data.definition, data.version)
  if (Fault.is(definition)) throw definition
  const isOld = checkVersion(attempt, data, definition)
  const state = isOld && data.isAlive ? runHook(host, () => upgraded(attempt, data, definition)) : data.state
  const behaviour = definition.behaviours.get(data.behaviour)
  if (behaviour === undefined) {
    throw new Fault(
      'behaviour-unknown',
      `${attempt}: "${data.definition}" has no behaviour "${escapeText(data.behaviour, 64)}" here`,
      {
        hint: `Load a version here that has it, or let the actor become one of: ${[...definition.behaviours.keys()].join(', ')}.`,
      },
    )
  }
  return { data, definition, behaviour, state }
}

/** Says whether the state needs an upgrade. */
function checkVersion(attempt: string, data: CapturedCell, { version, spec }: ActorDefinition): boolean {
  if (version === data.version) return false
  if (version > data.version && spec.upgrade !== undefined) return true
  const why = version < data.version ? 'which is older' : 'which has no upgrade'
  throw new Fault(
    'definition-differs',
    `${attempt}: it is "${data.definition}" of version ${data.version}, and version ${version} is loaded here, ${why}`,
    {
      hint: 'Load the same version here, or a newer one with an upgrade.',
      details: { definition: data.definition, version: data.version, loaded: version },
    },
  )
}

function upgraded(attempt: string, data: CapturedCell, { spec }: ActorDefinition): unknown {
  try {
    return spec.upgrade?.(data.state, data.version)
  } catch (error) {
    throw Fault.wrap(
      error,
      'upgrade-failed',
      `${attempt}: cannot upgrade "${data.definition}" from version ${data.version}`,
    )
  }
}

function checkRoom(host: Host, guardian: Cell, { path, cells }: Captured): void {
  const attempt = `Cannot restore "${path}" on node "${host.name}"`
  if ((guardian.flags & (closed | ended)) !== 0) {
    throw new Fault('actor-stopped', `${attempt}: the node is ending`, {
      hint: 'Move it to another node or thread.',
    })
  }
  if (host.totals.actors + cells.length > actorsMax) {
    throw new Fault(
      'actors-full',
      `${attempt}: ${host.totals.actors} of ${actorsMax} actors live, ${cells.length} are to come`,
      {
        hint: 'Move it to another node or thread.',
      },
    )
  }
}

/** A bare cell in its place; its own counter of lives begins again. */
function place(host: Host, guardian: Cell, cells: readonly Cell[], { data, definition }: Plan): Cell {
  const parent = data.parent < 0 ? guardian : (cells[data.parent] ?? guardian)
  const key = typeof data.key === 'string' ? data.key : data.key - host.keyBase
  const cell = new Cell({ host, parent, key }, definition, {
    spec: Object.freeze(data.spec),
    args: data.args,
  })
  parent.link(cell)
  return cell
}

function checkNames(host: Host, path: string, cells: readonly Cell[]): void {
  const [root] = cells
  if (root === undefined) return
  const taken = cells.find((cell) => cell.hasName && host.registry.has(cell.path)) ?? twinOf(root)
  if (taken === undefined) return
  throw new Fault('name-taken', `Cannot restore "${path}": an actor lives at "${taken.path}" already`, {
    hint: 'Stop the one that lives there and wait for its end, then move again.',
  })
}

/** Another root of the same number: only one without a name of its own has to be looked for among all. */
function twinOf(root: Cell): Cell | undefined {
  if (root.hasName) return undefined
  const { path } = root
  return root.parent
    ?.children()
    .find((other) => other !== root && other.key === root.key && other.path === path)
}
