// The tree: supervision for a whole runtime, with a supervisor for each actor that needs one.
import { down, halting } from '../runtime/cell.ts'
import { failedExit } from '../runtime/exit.ts'
import { directiveFor } from './directive.ts'
import { Supervisor } from './supervisor.ts'
import { admitChild, childSpec, spawnedDefaults, supervisionDefaults, supervisionSpec } from './supervision-spec.ts'
import type { Cell, Supervision } from '../runtime/cell.ts'
import type { ActorDefinition } from '../runtime/definition.ts'
import type { Exit } from '../runtime/exit.ts'
import type { Fault } from '../runtime/fault.ts'
import type { ChildSpec, Directive, SupervisionSpec } from '../runtime/supervision.ts'

/** A definition's specs, checked once. */
interface Specs {
  readonly supervision: SupervisionSpec
  readonly child: ChildSpec
}

/** Options of a spawn that are not the supervisor's. */
const spawnKeys = ['name'] as const

export class Tree implements Supervision {
  readonly #specs = new WeakMap<ActorDefinition, Specs>()

  childSpec(definition: ActorDefinition, options: Partial<ChildSpec> | undefined, parent: Cell): ChildSpec {
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
    const { parent } = cell
    const exit = failedExit(fault)
    const supervisor = this.#supervisorOf(cell)
    if (directive === 'stop' || cell.isOrdered) supervisor.end(cell, exit)
    else if (directive === 'escalate' && parent?.parent !== undefined) this.#escalate(parent, fault)
    else if (directive === 'escalate') supervisor.end(cell, exit)
    else supervisor.restartOrGiveUp(cell, exit, fault)
  }

  ended(cell: Cell, exit: Exit): void {
    this.#supervisorOf(cell).restartOrGiveUp(cell, exit, undefined)
  }

  restart(cell: Cell): void {
    this.#supervisorOf(cell).restartByOrder(cell)
  }

  gone(parent: Cell, child: Cell): void {
    if (child.spec.significant || parent.rareIfAny?.supervisor !== undefined) this.#of(parent).gone(child)
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
    const made = new Supervisor(parent, this.#specsOf(parent.definition).supervision, (cell, fault) =>
      this.#escalate(cell, fault),
    )
    parent.rare.supervisor = made
    return made
  }

  /** The failure is now the parent's own. */
  #escalate(parent: Cell, fault: Fault): void {
    if ((parent.flags & halting) !== 0) return
    parent.rare.lastFault = fault
    parent.host.events.emit('failed', parent, fault)
    const directive = this.directive(parent, fault)
    parent.flags |= down
    // To go on as if nothing had happened is no answer to a fault that the parent could not handle.
    this.failed(parent, fault, directive === 'resume' ? 'restart' : directive)
  }
}
