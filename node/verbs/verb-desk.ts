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
/** Verbs with one answer that one desk runs at once. */
export const verbsRunningMax = 256

/** One verb that goes on answering; its feed holds what was not fetched yet, up to a bound, and counts the rest. */
interface Stream {
  readonly feed: Feed<unknown>
  readonly controller: AbortController
  fault: Fault | undefined
  dropped: number
}

/** What carries out verbs, by their names. */
export interface VerbRunner {
  /** @returns what is written as JSON @throws {Fault} `command-unknown` and what stands in its way */
  run(name: string, input: unknown, signal: AbortSignal): unknown
  /** Begins at once. @throws {Fault} the same */
  open(name: string, input: unknown, signal: AbortSignal): AsyncIterable<unknown>
}

export class VerbDesk {
  readonly #runner: VerbRunner
  readonly #streams = new Map<number, Stream>()
  readonly #running = new Map<number, AbortController>()

  /** @param runner default: what is in this thread alone */
  constructor(ground: Ground, runner: VerbRunner = inThread(ground)) {
    this.#runner = runner
  }

  /** Whoever has ordered is gone: nobody fetches any more. */
  close(): void {
    for (const controller of this.#running.values()) controller.abort()
    for (const id of this.#streams.keys()) this.#end(id)
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
    if (this.#running.size >= verbsRunningMax) throw deskFull(name, `${verbsRunningMax} verbs run`)
    const controller = new AbortController()
    this.#running.set(id, controller)
    try {
      return JSON.stringify(await this.#runner.run(name, input, controller.signal)) ?? ''
    } finally {
      this.#running.delete(id)
    }
  }

  #open({ id, name, input }: VerbOrder & { readonly act: 'open' }): void {
    if (this.#streams.size >= streamsOpenMax) throw deskFull(name, `${streamsOpenMax} streams go on`)
    const controller = new AbortController()
    const stream: Stream = { feed: new Feed(), controller, fault: undefined, dropped: 0 }
    const records = this.#runner.open(name, input, controller.signal)
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

/** What the main thread sends has gone through its own verb; a verb of the whole node it runs itself. */
function inThread(ground: Ground): VerbRunner {
  return {
    run(name, input, signal) {
      const verb = [...verbs, ...probes].find((one) => one.name === name)
      if (verb === undefined || ('answers' in verb && verb.answers !== 'once')) throw verbUnknown(name)
      return (verb as RunnableHere).run(ground, input, { signal })
    },
    open(name, input, signal) {
      const streams = verbs.filter(({ answers }) => answers === 'stream')
      const verb = [...streams, ...streamProbes].find((one) => one.name === name)
      if (verb === undefined) throw verbUnknown(name)
      return (verb as StreamHere).run(ground, input, { signal })
    },
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

function deskFull(name: string, how: string): Fault {
  return new Fault('streams-full', `Cannot begin "${name}" there: ${how} for this operator already`, {
    hint: 'End another "tail", "top" or "trace" first.',
  })
}
