// The tree: supervision for a whole runtime, with a supervisor for each actor that needs one.
import { down, ended, halting } from '../runtime/cell-flags.ts'
import { finish } from '../runtime/ending.ts'
import { failedExit } from '../runtime/exit.ts'
import { directiveFor } from './directive.ts'
import { comesBack, Supervisor } from './supervisor.ts'
import {
  admitChild,
  childSpec,
  spawnedDefaults,
  supervisionDefaults,
  supervisionSpec,
} from './supervision-spec.ts'
import type { CapturedChild, CapturedSupervisor } from './supervisor.ts'
import type { Cell, Supervision } from '../runtime/cell.ts'
import type { ActorDefinition } from '../runtime/definition.ts'
import type { Exit } from '../runtime/exit.ts'
import type { Fault } from '../runtime/fault.ts'
import type { ChildOptions, ChildSpec, Directive, SupervisionSpec } from '../runtime/supervision.ts'

/** A definition's specs, checked once. */
interface Specs {
  readonly supervision: SupervisionSpec
  readonly child: ChildSpec
}

/** What is remembered of a cell's own restarts, and of those of its children. */
interface CapturedSupervision {
  readonly child: CapturedChild | undefined
  readonly children: CapturedSupervisor | undefined
}

/** Options of a spawn that are not the supervisor's. */
const spawnKeys = ['name'] as const

export class Tree implements Supervision {
  readonly #specs = new WeakMap<ActorDefinition, Specs>()

  childSpec(definition: ActorDefinition, options: ChildOptions | undefined, parent: Cell): ChildSpec {
    const { child } = this.#specsOf(definition)
    const spec = options === undefined ? child : childSpec(options, child, spawnKeys)
    if (spec.significant) admitChild(this.#specsOf(parent.definition).supervision, spec)
    return spec
  }

  directive(cell: Cell, error: unknown): Directive {
    const { parent } = cell
    const rules = parent === undefined ? [] : this.#specsOf(parent.definition).supervision.directives
    return directiveFor(rules, error)
  }

  failed(cell: Cell, fault: Fault, directive: Directive): void {
    const exit = failedExit(fault)
    // A root has the guardian above it, which cannot fail.
    const canEscalate = cell.parent?.parent !== undefined && !cell.isOrdered
    if (directive === 'restart') this.#supervisorOf(cell).failed(cell, fault)
    else if (directive === 'escalate' && canEscalate) this.#escalate(cell, exit, fault)
    else this.#supervisorOf(cell).end(cell, exit)
  }

  ended(cell: Cell, exit: Exit): void {
    // Most ends concern nobody, and spare their parent a supervisor.
    if (comesBack(cell, exit)) this.#supervisorOf(cell).ended(cell, exit)
    else finish(cell, exit)
  }

  stopDown(cell: Cell): void {
    this.#supervisorOf(cell).stopDown(cell)
  }

  restart(cell: Cell): void {
    this.#supervisorOf(cell).restartByOrder(cell)
  }

  gone(parent: Cell, child: Cell): void {
    const supervisor = parent.rareIfAny?.supervisor
    if (supervisor instanceof Supervisor) supervisor.gone(child)
    else if (child.spec.significant && !child.isOrdered) this.#of(parent).gone(child)
  }

  isActing(parent: Cell): boolean {
    const supervisor = parent.rareIfAny?.supervisor
    return supervisor instanceof Supervisor && supervisor.isActing
  }

  capture(cell: Cell): CapturedSupervision | undefined {
    const above = cell.parent?.rareIfAny?.supervisor
    const own = cell.rareIfAny?.supervisor
    const child = above instanceof Supervisor ? above.captureChild(cell) : undefined
    const children = own instanceof Supervisor ? own.capture() : undefined
    return child === undefined && children === undefined ? undefined : { child, children }
  }

  restore(cell: Cell, captured: unknown): void {
    if (captured === undefined) return
    // What `capture` gave, of another runtime of the same version.
    const { child, children } = captured as CapturedSupervision
    if (child !== undefined) this.#supervisorOf(cell).restoreChild(cell, child)
    if (children !== undefined) this.#of(cell).restore(children)
  }

  resume(cell: Cell): void {
    const supervisor = cell.rareIfAny?.supervisor
    if (supervisor instanceof Supervisor) supervisor.resume()
  }

  beginLater(cell: Cell, delayMs: number): void {
    this.#supervisorOf(cell).beginLater(cell, delayMs)
  }

  #specsOf(definition: ActorDefinition): Specs {
    let specs = this.#specs.get(definition)
    if (specs === undefined) {
      const { supervision, child } = definition.spec
      specs = {
        supervision: supervision === undefined ? supervisionDefaults : supervisionSpec(supervision),
        child: child === undefined ? spawnedDefaults : childSpec(child),
      }
      this.#specs.set(definition, specs)
    }
    return specs
  }

  /** The supervisor that looks after a cell. The guardian has none above it, and is never asked for one. */
  #supervisorOf(cell: Cell): Supervisor {
    return this.#of(cell.parent ?? cell)
  }

  #of(parent: Cell): Supervisor {
    const { supervisor } = parent.rare
    if (supervisor instanceof Supervisor) return supervisor
    const made = new Supervisor(parent, this.#specsOf(parent.definition).supervision, (child, exit, fault) =>
      this.#escalate(child, exit, fault),
    )
    parent.rare.supervisor = made
    return made
  }

  /** The child ends for good, and the failure is now its parent's own. */
  #escalate(child: Cell, exit: Exit, fault: Fault): void {
    const parent = child.parent ?? child
    const supervisor = this.#of(parent)
    if ((parent.flags & (down | halting | ended)) !== 0) {
      supervisor.end(child, exit)
      return
    }
    const { events } = parent.host
    parent.rare.lastFault = fault
    events.emit('escalated', parent, fault)
    events.emit('failed', parent, fault)
    const directive = this.directive(parent, fault)
    // Down before the child has gone: that it may have been significant is no reason to stop any more.
    parent.flags |= down
    supervisor.end(child, exit)
    // To go on as if nothing had happened is no answer to a fault that the parent could not handle.
    this.failed(parent, fault, directive === 'resume' ? 'restart' : directive)
  }
}
