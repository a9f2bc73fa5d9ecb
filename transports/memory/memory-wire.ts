// A memory wire: one of two ends in one JavaScript thread, for a whole node in a simulator; it knows neither chance nor real time.
import { invariant } from '../../runtime/invariant.ts'
import { MemoryDirection } from './memory-direction.ts'
import type { Alarm, Clock } from '../../runtime/clock.ts'
import type { Frame, Lane, Wire, WireCounts, WireListener } from '../../runtime/wire.ts'
import type { MemoryWireOptions } from './memory-direction.ts'
import type { MemoryLane } from './memory-lane.ts'

/** Records that are handed over in one turn. */
export const turnRecordsMax = 1_024

/**
 * A pair of connected ends. What is on its way when one of them is cut is lost in both directions.
 * @param clock of both ends, or one for each: an end calls its listener by its own
 */
export function memoryWires(
  clock: Clock | readonly [Clock, Clock],
  options: MemoryWireOptions = {},
): [Wire, Wire] {
  const [oneClock, otherClock] = 'now' in clock ? [clock, clock] : clock
  const there = new MemoryDirection(options)
  const back = new MemoryDirection(options)
  const one = new MemoryWire(oneClock, back, there)
  const other = new MemoryWire(otherClock, there, back)
  one.join(other)
  other.join(one)
  return [one, other]
}

class MemoryWire implements Wire {
  readonly #clock: Clock
  readonly #incoming: MemoryDirection
  readonly #outgoing: MemoryDirection
  #other: MemoryWire = this
  #listener: WireListener | undefined = undefined
  #ended: 'closed' | 'cut' | undefined = undefined
  /** A turn is due, and another one when the next frame is. */
  #isDue = false
  #alarm: Alarm | undefined = undefined

  constructor(clock: Clock, incoming: MemoryDirection, outgoing: MemoryDirection) {
    this.#clock = clock
    this.#incoming = incoming
    this.#outgoing = outgoing
  }

  join(other: MemoryWire): void {
    this.#other = other
  }

  write(lane: Lane, frame: Frame): boolean {
    if (this.#ended !== undefined || this.#outgoing.isEnding) return false
    const { delayMs } = this.#outgoing.options
    const atMs = delayMs === undefined ? 0 : this.#clock.now() + delayMs(lane)
    const isTaken = this.#outgoing.put(lane, frame, atMs)
    if (isTaken) this.#other.turnLater()
    return isTaken
  }

  listen(listener: WireListener): void {
    invariant(this.#listener === undefined, 'A wire was given a second listener')
    this.#listener = listener
    if (this.#ended !== undefined) this.#tellEnd(this.#ended)
    else this.turnLater()
  }

  close(): void {
    if (this.#ended !== undefined) return
    this.#outgoing.isEnding = true
    this.#other.turnLater()
  }

  cut(): void {
    if (this.#ended !== undefined) return
    this.end('cut')
    this.#incoming.lose()
    this.#outgoing.lose()
    this.#other.#clock.later(() => this.#other.end('cut'))
  }

  counts(lane: Lane): WireCounts {
    return this.#outgoing.laneOf(lane).counts
  }

  turnLater(): void {
    if (this.#isDue || this.#listener === undefined || this.#ended !== undefined) return
    this.#isDue = true
    this.#clock.later(() => this.#turn())
  }

  #turn(): void {
    this.#isDue = false
    if (this.#ended !== undefined) return
    this.#handOver()
    this.#tellRoom()
    if (this.#ended === undefined) this.#waitForNext()
    if (this.#ended === undefined) this.#endIfDone()
  }

  #handOver(): void {
    const nowMs = this.#incoming.options.delayMs === undefined ? 0 : this.#clock.now()
    let records = 0
    while (records < turnRecordsMax && this.#ended === undefined) {
      const lane = this.#incoming.dueLane(nowMs)
      if (lane === undefined) break
      records += Math.max(this.#handOverFrom(lane), 1)
    }
    if (records > 0) this.#other.turnLater()
  }

  #handOverFrom(lane: MemoryLane): number {
    const flight = lane.shift()
    if (flight === undefined) return 0
    this.#listener?.frame(lane.name, flight.frame)
    lane.handedOver(flight)
    return flight.frame.count
  }

  /** The other side has had a turn: what it has been handed gave its room back. */
  #tellRoom(): void {
    for (const lane of this.#outgoing.lanes) {
      if (this.#ended !== undefined || this.#outgoing.isEnding) return
      if (this.#outgoing.hasRoomAgain(lane)) this.#listener?.room(lane.name)
    }
  }

  #waitForNext(): void {
    const atMs = this.#incoming.nextMs
    this.#alarm?.cancel()
    this.#alarm = undefined
    if (atMs === undefined) return
    if (this.#incoming.options.delayMs === undefined) this.turnLater()
    else this.#alarm = this.#clock.alarm(atMs, () => this.turnLater())
  }

  /** The other side writes no more and all was handed over: then this side writes no more either, and its last is handed over. */
  #endIfDone(): void {
    if (!this.#incoming.isEnding || !this.#incoming.isEmpty) return
    this.#outgoing.isEnding = true
    if (!this.#outgoing.isEmpty) return this.#other.turnLater()
    this.end('closed')
    this.#other.end('closed')
  }

  end(why: 'closed' | 'cut'): void {
    if (this.#ended !== undefined) return
    this.#ended = why
    this.#alarm?.cancel()
    if (this.#listener !== undefined) this.#tellEnd(why)
  }

  #tellEnd(why: 'closed' | 'cut'): void {
    this.#clock.later(() => this.#listener?.closed(why))
  }
}
