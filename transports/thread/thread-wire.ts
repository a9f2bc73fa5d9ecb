// A thread wire: frames between two threads through a ring for each direction, and a port to wake each other.
import { invariant } from '../../runtime/invariant.ts'
import { recordWords } from '../../runtime/wire.ts'
import { RingReader } from './ring-reader.ts'
import { RingWriter } from './ring-writer.ts'
import { WirePort } from './wire-port.ts'
import type { Clock } from '../../runtime/clock.ts'
import type { Frame, Lane, Wire, WireCounts, WireListener } from '../../runtime/wire.ts'
import type { PortHandle } from './wire-port.ts'

/** How long a reader looks for more before it sleeps: a sleeping thread is woken in 30 to 80 µs, a looking one sees it in 5. */
export const spinMsDefault = 0.05
/** Records that are handed over in one turn of the event loop. */
export const drainRecordsMax = 4_096
/** How long one turn hands over. */
export const drainMsMax = 0.25
/** Records between two looks at the clock while handing over. */
export const lookRecordsMax = 64

export interface ThreadWireOptions {
  /** Milliseconds, default `spinMsDefault`; 0 where threads share a core. */
  readonly spinMs?: number
}

/** A ring for each direction, as one of two threads sees them. */
export interface RingPair {
  readonly incoming: SharedArrayBuffer
  readonly outgoing: SharedArrayBuffer
}

/**
 * The wire never keeps its thread alive. What the other thread has written when it dies, and this one has not been handed, is lost.
 * Closing waits until the other side listens.
 */
export class ThreadWire implements Wire {
  readonly #clock: Clock
  readonly #spinMs: number
  readonly #reader: RingReader
  readonly #writer: RingWriter
  readonly #port: WirePort
  #listener: WireListener | undefined = undefined
  /** Writes nothing more. */
  #isEnding = false
  #ended: 'closed' | 'cut' | undefined = undefined
  /** Told of space before anybody listened. */
  #hasSpace = false
  /** A look at the ring is due in the next turn. */
  #isDue = false
  #busyUntilMs = 0
  readonly #look: () => void = () => this.#turn()

  constructor(rings: RingPair, port: PortHandle, clock: Clock, options: ThreadWireOptions) {
    this.#clock = clock
    this.#spinMs = options.spinMs ?? spinMsDefault
    this.#reader = new RingReader(rings.incoming)
    this.#writer = new RingWriter(rings.outgoing)
    this.#port = new WirePort(port, {
      woken: () => this.#wakened(),
      space: () => this.#spaceCame(),
      closed: () => this.#end(this.#isAllHandedOver() ? 'closed' : 'cut'),
    })
  }

  write(lane: Lane, frame: Frame): boolean {
    if (this.#isEnding || this.#ended !== undefined) return false
    const isTaken =
      frame.attachments.length === 0 && this.#writer.isSmall(frame)
        ? this.#writer.write(lane, frame)
        : this.#writer.writeOnPort(lane, frame.count, portBytesOf(frame), () => this.#port.post(frame))
    if (isTaken && this.#writer.mustWake()) this.#port.wake()
    return isTaken
  }

  listen(listener: WireListener): void {
    invariant(this.#listener === undefined, 'A wire was given a second listener')
    this.#listener = listener
    if (this.#ended === undefined) this.#lookLater()
    else this.#tellEnd(this.#ended)
    if (this.#hasSpace) this.#clock.later(() => this.#spaceCame())
  }

  close(): void {
    if (this.#isEnding || this.#ended !== undefined) return
    this.#stopWriting()
    if (this.#listener !== undefined) this.#lookLater()
  }

  cut(): void {
    this.#end('cut')
  }

  counts(lane: Lane): WireCounts {
    return this.#writer.counts(lane)
  }

  #wakened(): void {
    if (!this.#isDue && this.#listener !== undefined) this.#turn()
  }

  #lookLater(): void {
    if (this.#isDue) return
    this.#isDue = true
    this.#clock.later(this.#look)
  }

  #turn(): void {
    this.#isDue = false
    if (this.#ended !== undefined) return
    // Looked at first: what was written before the end was said is then found.
    const { isEnding } = this.#reader
    if (this.#drain()) {
      if (this.#spinMs > 0) this.#busyUntilMs = this.#clock.now() + this.#spinMs
      this.#lookLater()
    } else if (isEnding) this.#handedOver()
    else if (this.#spinMs > 0 && this.#clock.now() < this.#busyUntilMs) this.#lookLater()
    else if (!this.#reader.sleep(false)) this.#lookLater()
  }

  /** Hands over what has come, within the bounds of a turn. False if there was nothing. */
  #drain(): boolean {
    const startMs = this.#clock.now()
    let records = 0
    let nextLook = lookRecordsMax
    while (this.#ended === undefined && records < drainRecordsMax) {
      if (!this.#handOverNext()) break
      // Something of the port, or without records, is work too.
      records += this.#reader.portBytes > 0 ? lookRecordsMax : Math.max(this.#reader.count, 1)
      if (records < nextLook) continue
      nextLook = records + lookRecordsMax
      if (this.#clock.now() - startMs > drainMsMax) break
    }
    return records > 0
  }

  #handOverNext(): boolean {
    const found = this.#reader.next()
    if (found === 'nothing') return false
    const frame = this.#frameOf(found)
    if (frame === undefined) this.#end('cut')
    if (frame === undefined || this.#ended !== undefined) return false
    this.#listener?.frame(this.#reader.lane, frame)
    if (this.#reader.done() && this.#ended === undefined) this.#port.tellSpace()
    return true
  }

  #frameOf(found: 'frame' | 'place' | 'garbage'): Frame | undefined {
    if (found === 'garbage') return undefined
    if (found === 'frame') return this.#reader.frame
    const frame = this.#port.takeFrame(this.#reader.count)
    return frame !== undefined && portBytesOf(frame) === this.#reader.portBytes ? frame : undefined
  }

  #spaceCame(): void {
    if (this.#ended !== undefined) return
    const listener = this.#listener
    this.#hasSpace = listener === undefined
    if (listener === undefined) return
    this.#writer.spaceCame((lane) => {
      if (this.#ended === undefined && !this.#isEnding) listener.room(lane)
    })
  }

  /** The other side writes no more, and all it has written was handed over: then this side writes no more either. */
  #handedOver(): void {
    if (!this.#isEnding) this.#stopWriting()
    if (this.#isAllHandedOver()) this.#end('closed')
    // Otherwise the other side reads the rest, and closes the port after it.
    else if (!this.#reader.sleep(true)) this.#lookLater()
  }

  #stopWriting(): void {
    this.#isEnding = true
    this.#writer.end()
    if (this.#writer.mustWake()) this.#port.wake()
  }

  #isAllHandedOver(): boolean {
    return this.#isEnding && this.#reader.isEnding && this.#reader.isEmpty && this.#writer.isTaken
  }

  #end(why: 'closed' | 'cut'): void {
    if (this.#ended !== undefined) return
    this.#ended = why
    this.#port.close()
    if (this.#listener !== undefined) this.#tellEnd(why)
  }

  #tellEnd(why: 'closed' | 'cut'): void {
    this.#clock.later(() => this.#listener?.closed(why))
  }
}

/** What a frame counts that goes by the port; never nothing, and what no number of 31 bits can say counts as its largest. */
function portBytesOf({ count, body, attachments }: Frame): number {
  const beside = attachments.reduce((sum, { byteLength }) => sum + byteLength, 0)
  return Math.min(Math.max(count * recordWords * 4 + body.byteLength + beside, 1), 2_147_483_647)
}
