// Projections: all that read the journal of one node, so that they are counted, can be looked at, and end with it.
import { beginProjection } from './begin-projection.ts'
import { checkSpec } from './projection-spec.ts'
import { EventStream } from './event-stream.ts'
import { Fault } from '../../runtime/fault.ts'
import type { AnyProjectionSpec, ProjectionSpec } from './projection-spec.ts'
import type { Clock } from '../../runtime/clock.ts'
import type { CommitCodec } from '../../runtime/commit.ts'
import type { EventOptions } from './event-stream.ts'
import type { Journal } from '../../runtime/journal.ts'
import type { JournalReader } from './journal-reader.ts'
import type { Projection } from './projection.ts'
import type { RecordGround } from './projection-record.ts'

/** Projections of a node, failed ones that are still shown included. */
export const projectionsMax = 64
/** Event streams of a node that are read at once. */
export const eventStreamsMax = 256

/** What projections need of a node. */
export interface ProjectionsGround {
  readonly clock: Clock
  /** Undefined on a node without a journal. */
  durability(): { readonly journal: Journal; readonly codec: CommitCodec } | undefined
}

export class Projections {
  readonly #ground: ProjectionsGround
  /** By name; undefined while it begins. */
  readonly #projections = new Map<string, Projection | undefined>()
  readonly #beginning = new Set<Promise<unknown>>()
  readonly #readers = new Set<JournalReader>()
  #isClosed = false

  constructor(ground: ProjectionsGround) {
    this.#ground = ground
  }

  /** Those that run, and those that failed and were not started again, in the order of their start. */
  get list(): readonly Projection[] {
    return [...this.#projections.values()].filter((projection) => projection !== undefined)
  }

  /** @throws {Fault} `journal-missing` `projection-stopped` `position-invalid` `filter-invalid`; `event-streams-full` once it is iterated */
  events(options: EventOptions): EventStream {
    const enter = (reader: JournalReader): (() => void) => this.#enter(reader)
    return new EventStream({ ...this.#journal('read events'), enter }, options)
  }

  /** @throws {Fault} see `Node.project` */
  async project<S, E>(spec: ProjectionSpec<S, E>): Promise<Projection<S>> {
    // The handlers' types are known to their author alone: what they are given comes from the journal.
    const any = spec as unknown as AnyProjectionSpec
    checkSpec(any)
    const { name } = any
    const ground = this.#journal(`start the projection "${name}"`)
    this.#reserve(name)
    const beginning = beginProjection<S>(ground, any)
    this.#beginning.add(beginning)
    try {
      const projection = await beginning
      this.#projections.set(name, projection)
      void projection.ended.then(() => this.#ended(projection))
      return projection
    } catch (fault) {
      this.#projections.delete(name)
      throw fault
    } finally {
      this.#beginning.delete(beginning)
    }
  }

  /** Ends all streams, and all projections once they are written down. None begins any more. */
  async close(): Promise<void> {
    this.#isClosed = true
    for (const reader of this.#readers) reader.close()
    await Promise.allSettled(this.#beginning)
    await Promise.all(this.list.map((projection) => projection.stop()))
  }

  #journal(attempt: string): RecordGround {
    if (this.#isClosed) throw closed(attempt)
    const durability = this.#ground.durability()
    if (durability !== undefined) return { ...durability, clock: this.#ground.clock }
    throw new Fault('journal-missing', `Cannot ${attempt}: the node has no journal`, {
      hint: 'Start the node with the option `journal`.',
    })
  }

  #reserve(name: string): void {
    const known = this.#projections.get(name)
    if (this.#projections.has(name) && known?.status !== 'failed') throw taken(name)
    this.#projections.delete(name)
    if (this.#projections.size >= projectionsMax) this.#forgetFailed()
    if (this.#projections.size >= projectionsMax) throw full(name)
    this.#projections.set(name, undefined)
  }

  /** The oldest one makes room. */
  #forgetFailed(): void {
    const failed = this.list.find(({ status }) => status === 'failed')
    if (failed !== undefined) this.#projections.delete(failed.name)
  }

  #ended(projection: Projection): void {
    if (projection.status === 'failed' || this.#projections.get(projection.name) !== projection) return
    this.#projections.delete(projection.name)
  }

  #enter(reader: JournalReader): () => void {
    if (this.#isClosed) reader.close()
    if (this.#readers.size >= eventStreamsMax) throw streamsFull()
    this.#readers.add(reader)
    return () => void this.#readers.delete(reader)
  }
}

function closed(attempt: string): Fault {
  return new Fault('projection-stopped', `Cannot ${attempt}: the node is stopping`, {
    hint: 'Start it on a node that goes on.',
  })
}

function taken(name: string): Fault {
  return new Fault(
    'projection-taken',
    `Cannot start the projection "${name}": one of that name runs on this node`,
    { hint: 'Stop it first, or give this one another name.' },
  )
}

function full(name: string): Fault {
  return new Fault(
    'projections-full',
    `Cannot start the projection "${name}": ${projectionsMax} run on this node already`,
    { hint: 'Stop one that is not needed, or let one projection handle what two do.' },
  )
}

function streamsFull(): Fault {
  return new Fault('event-streams-full', `Cannot read events: ${eventStreamsMax} streams are read already`, {
    hint: 'End those that are not needed: leave their loop, or abort their signal.',
  })
}
