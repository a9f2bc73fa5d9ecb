// A life recorder: writes the life story of a running node.
import { Cell } from '../../../runtime/cell.ts'
import { closed } from '../../../runtime/cell-flags.ts'
import { STOPPED } from '../../../runtime/exit.ts'
import { Fault } from '../../../runtime/fault.ts'
import { directiveFor } from '../../../supervisors/directive.ts'
import { restarts } from '../../../supervisors/restart-type.ts'
import { supervisionSpec } from '../../../supervisors/supervision-spec.ts'
import type { Exit } from '../../../runtime/exit.ts'
import type { Halted, LifecycleEvent } from '../../../runtime/event-log.ts'
import type { Runtime } from '../../../runtime/runtime.ts'
import type { ActorId, LifeEvent, LifeStory } from './life.ts'

export class LifeRecorder {
  readonly #story: LifeEvent[] = []
  readonly #ids = new Map<Cell, ActorId>()

  /** Writes from now on: actors that live already are not in the story. */
  constructor(runtime: Runtime) {
    this.#ids.set(runtime.guardian, 0)
    runtime.host.events.follow((event) => this.#write(event))
  }

  get story(): LifeStory {
    return this.#story
  }

  #write(event: LifecycleEvent): void {
    const { subject, atMs } = event
    // The guardian is no actor: nobody spawned it.
    if (!(subject instanceof Cell) || subject.parent === undefined) return
    const base = { id: this.#idOf(subject), atMs }
    const line = lineOf(event, base) ?? this.#lineOf(event, subject, base)
    if (line !== undefined) this.#story.push(line)
  }

  #lineOf(event: LifecycleEvent, cell: Cell, base: Base): LifeEvent | undefined {
    if (event.kind === 'spawned') return this.#spawned(cell, base)
    return event.kind === 'failed' ? failed(event, cell, base) : undefined
  }

  #spawned(cell: Cell, base: Base): LifeEvent | undefined {
    if (cell.parent === undefined) return undefined
    const supervision = supervisionSpec(cell.definition.spec.supervision)
    const parent = this.#idOf(cell.parent)
    return { type: 'spawned', ...base, parent, path: cell.path, child: cell.spec, supervision }
  }

  #idOf(cell: Cell): ActorId {
    let id = this.#ids.get(cell)
    if (id === undefined) this.#ids.set(cell, (id = this.#ids.size))
    return id
  }
}

interface Base {
  readonly id: ActorId
  readonly atMs: number
}

/** The fault of an error that was wrapped names it as its cause: by that the rules are meant. */
const wrapped: ReadonlySet<string> = new Set(['handler-failed', 'start-failed', 'hook-failed'])

function failed({ detail }: LifecycleEvent, cell: Cell, base: Base): LifeEvent {
  const rules = supervisionSpec(cell.parent?.definition.spec.supervision).directives
  const error = Fault.is(detail) && wrapped.has(detail.code) && 'cause' in detail ? detail.cause : detail
  const isStopping = (cell.flags & closed) !== 0 && !restarts(cell.spec.restart, STOPPED)
  return {
    type: 'failed',
    ...base,
    directive: directiveFor(rules, error),
    isLast: cell.isOrdered || isStopping,
  }
}

function lineOf({ kind, detail }: LifecycleEvent, base: Base): LifeEvent | undefined {
  switch (kind) {
    case 'started':
    case 'restarted':
      return { type: kind, ...base }
    case 'halted': {
      const { by, exit } = detail as Halted
      return { type: kind, ...base, by, cause: exit.cause }
    }
    case 'backoff':
      return { type: kind, ...base, attempt: (detail as { attempt: number }).attempt }
    case 'escalated':
      return { type: kind, ...base, code: Fault.is(detail) ? detail.code : '' }
    case 'stopped':
    case 'killed':
      return { type: 'ended', ...base, cause: (detail as Exit).cause }
    case 'spawned':
    case 'failed':
    case 'failed-ending':
    case 'suspended':
    case 'resumed':
    case 'moved-away':
    case 'moved-here':
    case 'activated':
    case 'passivated':
    case 'thread-lost':
    case 'quarantined':
    case 'hook-failed':
    case 'node-joined':
    case 'node-lost':
    case 'node-frozen':
    case 'node-thawed':
    case 'node-expelled':
    case 'council-stopped':
    case 'certificate-ending':
    case 'trust-unkept':
    case 'snapshot-failed':
    case 'log':
      return undefined
  }
}
