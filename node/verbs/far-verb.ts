// A far verb: one that runs in another thread, asked for from the main one.
import { unlessAborted } from './within.ts'
import type { Fleet } from '../threads/fleet.ts'
import type { RecordBatch, VerbOrder } from './verb-order.ts'

/** What runs where. */
export interface FarErrand {
  readonly fleet: Fleet
  readonly thread: number
  readonly name: string
  readonly input: unknown
}

/** Unique in the process, and so in each node. */
let lastId = 0

/**
 * Runs a verb that answers once.
 * @throws {Fault} what stands in its way, `thread-lost`, and `command-cancelled` when the signal was aborted: the verb is told
 */
export async function runFar(errand: FarErrand, signal: AbortSignal): Promise<unknown> {
  const { name, input } = errand
  const id = ++lastId
  const answer = order(errand, { act: 'run', id, name, input })
  try {
    const text = await unlessAborted(signal, answer)
    return text === '' ? undefined : (JSON.parse(text) as unknown)
  } catch (fault) {
    if (signal.aborted) cancel(errand, id)
    // Nobody waits for it any more.
    answer.catch(() => undefined)
    throw fault
  }
}

/** A batch with what was lost before it. */
export type FarBatch = Pick<RecordBatch, 'records' | 'dropped'>

/**
 * Begins a verb that goes on answering, at once; whoever calls it must iterate. The thread sends a batch when the one before was read.
 * @throws {Fault} while it is iterated: what stands in its way, and `thread-lost`
 */
export function openFar(errand: FarErrand, signal: AbortSignal): AsyncIterable<FarBatch> {
  const { name, input } = errand
  const id = ++lastId
  const opened = order(errand, { act: 'open', id, name, input })
  opened.catch(() => undefined)
  return batches(errand, { id, opened, signal })
}

async function* batches(
  errand: FarErrand,
  {
    id,
    opened,
    signal,
  }: { readonly id: number; readonly opened: Promise<string>; readonly signal: AbortSignal },
): AsyncGenerator<FarBatch, void, void> {
  let isOpen = true
  const stop = (): void => {
    if (isOpen) cancel(errand, id)
    isOpen = false
  }
  signal.addEventListener('abort', stop, { once: true })
  try {
    await opened
    if (signal.aborted) return
    for (;;) {
      const batch = JSON.parse(await order(errand, { act: 'next', id })) as RecordBatch
      if (batch.isEnd) isOpen = false
      yield batch
      if (batch.isEnd) return
    }
  } catch (fault) {
    isOpen = false
    throw fault
  } finally {
    signal.removeEventListener('abort', stop)
    stop()
  }
}

function cancel(errand: FarErrand, id: number): void {
  // A thread that is lost has nothing left to cancel.
  order(errand, { act: 'cancel', id }).catch(() => undefined)
}

function order({ fleet, thread }: FarErrand, verb: VerbOrder): Promise<string> {
  return fleet.call(thread, 'verb', verb)
}
