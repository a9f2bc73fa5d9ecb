// A verb desk: runs verbs in this thread for an operator in the main one, and keeps the streams that such a one has begun.
import { Fault } from '../../runtime/fault.ts'
import { Feed } from './feed.ts'
import { probes, streamProbes } from './probes.ts'
import { verbs } from './table.ts'
import type { Ground } from './ground.ts'
import type { RecordBatch, VerbOrder } from './verb-order.ts'

/** Records in one answer: the next ones follow when it was read, so that no operator can fill a wire. */
export const batchRecordsMax = 256
/** Streams that one thread keeps: as many as may follow its events. */
export const streamsOpenMax = 64

/** One verb that goes on answering; its feed holds what was not fetched yet, up to a bound, and counts the rest. */
interface Stream {
  readonly feed: Feed<unknown>
  readonly controller: AbortController
  fault: Fault | undefined
  dropped: number
}

export class VerbDesk {
  readonly #ground: Ground
  readonly #streams = new Map<number, Stream>()
  readonly #running = new Map<number, AbortController>()

  constructor(ground: Ground) {
    this.#ground = ground
  }

  /** Carries out an order. @throws {Fault} `command-unknown` `streams-full`, and what stands in the verb's way */
  async take(order: VerbOrder): Promise<string> {
    switch (order.act) {
      case 'run':
        return await this.#run(order)
      case 'open':
        this.#open(order)
        return ''
      case 'next':
        return JSON.stringify(await this.#next(order.id))
      case 'cancel':
        this.#running.get(order.id)?.abort()
        this.#end(order.id)
        return ''
    }
  }

  async #run({ id, name, input }: VerbOrder & { readonly act: 'run' }): Promise<string> {
    const verb = [...verbs, ...probes].find((one) => one.name === name)
    if (verb === undefined || ('answers' in verb && verb.answers !== 'once')) throw verbUnknown(name)
    const controller = new AbortController()
    this.#running.set(id, controller)
    try {
      // The main thread sends what its own verb was to be run with; a verb of the whole node it runs itself.
      const answer = await (verb as RunnableHere).run(this.#ground, input, { signal: controller.signal })
      return JSON.stringify(answer) ?? ''
    } finally {
      this.#running.delete(id)
    }
  }

  #open({ id, name, input }: VerbOrder & { readonly act: 'open' }): void {
    const streams = verbs.filter(({ answers }) => answers === 'stream')
    const verb = [...streams, ...streamProbes].find((one) => one.name === name)
    if (verb === undefined) throw verbUnknown(name)
    if (this.#streams.size >= streamsOpenMax) throw streamsFull(name)
    const controller = new AbortController()
    const stream: Stream = { feed: new Feed(), controller, fault: undefined, dropped: 0 }
    const { signal } = controller
    // The main thread sends what its own verb was to be run with.
    const records = (verb as StreamHere).run(this.#ground, input, { signal })
    this.#streams.set(id, stream)
    void follow(records, stream)
  }

  async #next(id: number): Promise<RecordBatch> {
    const stream = this.#streams.get(id)
    if (stream === undefined) return { records: [], dropped: 0, isEnd: true }
    const { feed } = stream
    const records = await feed.take(batchRecordsMax)
    const isEnd = records.length === 0
    if (isEnd) this.#streams.delete(id)
    if (isEnd && stream.fault !== undefined && !stream.controller.signal.aborted) throw stream.fault
    const dropped = feed.dropped - stream.dropped
    stream.dropped = feed.dropped
    return { records, dropped, isEnd }
  }

  #end(id: number): void {
    const stream = this.#streams.get(id)
    this.#streams.delete(id)
    stream?.controller.abort()
    stream?.feed.end()
  }
}

/** What a verb or a probe is that runs in any thread. */
interface RunnableHere {
  run(ground: Ground, input: unknown, context: { readonly signal: AbortSignal }): unknown
}

/** What goes on answering in any thread. */
interface StreamHere {
  run(ground: Ground, input: unknown, context: { readonly signal: AbortSignal }): AsyncIterable<unknown>
}

async function follow(records: AsyncIterable<unknown>, stream: Stream): Promise<void> {
  try {
    for await (const record of records) stream.feed.push(record)
  } catch (error) {
    stream.fault = Fault.wrap(error, 'command-failed', 'Cannot go on')
  } finally {
    stream.feed.end()
  }
}

function verbUnknown(name: string): Fault {
  return new Fault('command-unknown', `Cannot do "${name}" in a thread: it knows no such verb`, {
    hint: 'Report this as a bug of the runtime.',
  })
}

function streamsFull(name: string): Fault {
  return new Fault(
    'streams-full',
    `Cannot begin "${name}" in a thread: ${streamsOpenMax} of ${streamsOpenMax} streams go on there`,
    { hint: 'End another "tail", "top" or "trace" first.' },
  )
}
