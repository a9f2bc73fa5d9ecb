// Node sources: the streams of one verb in several nodes; members that join later are opened when somebody looks for them.
import { Fault } from '../../runtime/fault.ts'
import { locatedAt } from './spot.ts'
import type { Asked } from './across.ts'
import type { Clock } from '../../runtime/clock.ts'
import type { FarBatch } from './far-verb.ts'
import type { Member } from '../../actors/cluster/state/member.ts'
import type { Source, SourceBatch, Sources } from './source.ts'

export interface NodeSourceParts<R> {
  readonly name: string
  readonly clock: Clock
  /** Who is to be asked now. */
  asked(): Asked
  own(): AsyncIterable<R>
  far(member: Member): AsyncIterable<FarBatch>
}

/** Of this node the source has the number 0, of another one its number as a member below zero. */
export class NodeSources<R> implements Sources<R> {
  readonly #opened = new Set<number>()
  readonly #parts: NodeSourceParts<R>

  constructor(parts: NodeSourceParts<R>) {
    this.#parts = parts
  }

  get clock(): Clock {
    return this.#parts.clock
  }

  fresh(): Source<R>[] {
    const { name, own, far, asked } = this.#parts
    const { isOwn, members, isNamed } = asked()
    const sources = isOwn && this.#isNew(0) ? [{ slot: 0, id: 0, batches: oneByOne(own(), name) }] : []
    const others = members.filter(({ number }) => this.#isNew(number))
    return [
      ...sources,
      ...others.map((member) => {
        const batches = located<R>(far(member), member)
        return { slot: 0, id: -member.number, batches: isNamed ? batches : untilLost(batches) }
      }),
    ]
  }

  #isNew(number: number): boolean {
    if (this.#opened.has(number)) return false
    this.#opened.add(number)
    return true
  }
}

async function* oneByOne<R>(
  records: AsyncIterable<R>,
  name: string,
): AsyncGenerator<SourceBatch<R>, void, void> {
  for await (const record of records) yield { slot: 0, id: 0, records: [locatedAt(record, name)], dropped: 0 }
}

async function* located<R>(
  batches: AsyncIterable<FarBatch>,
  { number, name }: Member,
): AsyncGenerator<SourceBatch<R>, void, void> {
  for await (const { records, dropped } of batches) {
    // The same verb runs there: its records are of the same type.
    const here = (records as readonly R[]).map((record) => locatedAt(record, name))
    yield { slot: 0, id: -number, records: here, dropped }
  }
}

/** What is lost with a node, or refused by it, are its own records; the others go on. */
async function* untilLost<R>(
  batches: AsyncIterable<SourceBatch<R>>,
): AsyncGenerator<SourceBatch<R>, void, void> {
  try {
    yield* batches
  } catch (error) {
    if (!Fault.is(error)) throw error
  }
}
