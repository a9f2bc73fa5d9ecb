// A worker with one end of a wire: it sends back what it hears, or dies of it.
import { parentPort, workerData } from 'node:worker_threads'
import { SystemClock } from '../../node/system-clock.ts'
import { openThreadWire } from '../../transports/thread/thread-wire-ends.ts'
import type { Frame, Lane } from '../../runtime/wire.ts'
import type { ThreadWireEnd } from '../../transports/thread/thread-wire-ends.ts'

/** What the worker is told at its start. */
export interface WireWork {
  readonly end: ThreadWireEnd
  readonly spinMs: number
  /** `echo` sends all back, `count` sends the number of records so far for a frame on the signals lane, `idle` has nothing else to do. */
  readonly work: 'echo' | 'count' | 'idle'
}

/** The first word of a frame that ends the worker within its listener. */
const deadlyMark = -13

const { end, spinMs, work } = workerData as WireWork
const wire = openThreadWire(end, new SystemClock(), { spinMs })
const waiting: Record<Lane, Frame[]> = { signals: [], messages: [] }
let records = 0

// What keeps a thread alive is its own affair; a wire does not.
if (work !== 'idle') parentPort!.on('message', () => undefined)

wire.listen({
  frame(lane, frame) {
    if (frame.words[0] === deadlyMark) process.exit(1)
    records += frame.count
    if (work === 'echo') send(lane, frame)
    if (work === 'count' && lane === 'signals') send(lane, countFrame())
  },
  room(lane) {
    while (waiting[lane].length > 0 && wire.write(lane, waiting[lane][0]!)) waiting[lane].shift()
  },
  closed() {
    parentPort!.unref()
  },
})

function send(lane: Lane, frame: Frame): void {
  if (waiting[lane].length === 0 && wire.write(lane, frame)) return
  waiting[lane].push({ ...frame, words: new Int32Array(frame.words), body: new Uint8Array(frame.body) })
}

function countFrame(): Frame {
  return { words: Int32Array.of(records, 0, 0, 0, 0, 0), count: 1, body: new Uint8Array(0), attachments: [] }
}
