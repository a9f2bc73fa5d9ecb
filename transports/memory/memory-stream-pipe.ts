// A memory stream's pipe: one direction of it, with its latency, its bandwidth and the byte at which it breaks.
import { PipeQueue } from './memory-stream-queue.ts'
import type { Alarm, Clock } from '../../runtime/clock.ts'
import type { Random } from '../../runtime/random.ts'

/** Bytes that have left one side and not reached the other: what the buffers of two systems hold together. */
export const pipeBytesMax = 1_048_576
/** Bytes that are handed over in one turn. */
export const pipeTurnBytesMax = 262_144

/** What a way through the network is like. */
export interface PipeShape {
  /** One way, in milliseconds. Default 0: bytes come in the next turn. */
  readonly latencyMs?: number | undefined
  /** Up to so many more milliseconds for each write, by chance. */
  readonly jitterMs?: number | undefined
  /** Default: no limit. */
  readonly bytesPerMs?: number | undefined
  /** Bytes come in pieces of 1 up to so many, by chance; 1 for single bytes. */
  readonly pieceBytesMax?: number | undefined
}

export interface PipeParts {
  readonly clock: Clock
  readonly random: Random
  readonly shape: PipeShape
  /** Nothing gets through now, and nothing is lost either. */
  isBlocked(): boolean
  /** Whoever gets the bytes is there. */
  isOpen(): boolean
  deliver(bytes: Uint8Array): void
  /** All that was written has left. */
  drained(): void
  /** Nothing more will be written, and all that was has left. */
  left(): void
  /** The same, and all has arrived. */
  ended(): void
  /** The byte has come at which the stream breaks. */
  broke(): void
}

interface Parcel {
  readonly bytes: Uint8Array
  readonly atMs: number
}

export class MemoryPipe {
  /** Breaks once so many bytes have arrived. */
  breakAfterBytes: number = Infinity
  /** Bytes that have arrived. */
  arrivedBytes = 0
  readonly #parts: PipeParts
  /** Without latency bytes leave when they arrive, and are not copied, if somebody is there to take them. */
  readonly #isDirect: boolean
  readonly #waiting: PipeQueue<Uint8Array> = new PipeQueue()
  #waitingBytes = 0
  readonly #flying: PipeQueue<Parcel> = new PipeQueue()
  #flyingBytes = 0
  #leaveMs = 0
  #arriveMs = 0
  #isEnding = false
  #isOver = false
  #isDue = false
  #hasWritten = false
  #hasLeft = false
  #alarm: Alarm | undefined = undefined

  constructor(parts: PipeParts) {
    this.#parts = parts
    const { latencyMs = 0, jitterMs = 0, bytesPerMs } = parts.shape
    this.#isDirect = latencyMs === 0 && jitterMs === 0 && bytesPerMs === undefined
  }

  get queuedBytes(): number {
    return this.#waitingBytes
  }

  write(bytes: Uint8Array): void {
    if (this.#isOver || this.#isEnding || bytes.byteLength === 0) return
    this.#waiting.push(bytes)
    this.#waitingBytes += bytes.byteLength
    this.#hasWritten = true
    this.go()
  }

  /** Nothing more will be written. */
  end(): void {
    this.#isEnding = true
    this.go()
  }

  /** Loses everything. */
  lose(): void {
    this.#isOver = true
    this.#waiting.clear()
    this.#waitingBytes = 0
    this.#flying.clear()
    this.#alarm?.cancel()
  }

  /** Looks in the next turn what can be done: the way is free again, somebody listens, or something was written. */
  go(): void {
    if (this.#isDue || this.#isOver) return
    this.#isDue = true
    this.#parts.clock.later(() => this.#turn())
  }

  #turn(): void {
    this.#isDue = false
    if (this.#isOver) return
    this.#leave()
    this.#arrive()
    if (this.#isOver) return
    if (this.#hasWritten && this.#waiting.length === 0) {
      this.#hasWritten = false
      this.#parts.drained()
    }
    if (this.#isEnding && !this.#hasLeft && this.#waiting.length === 0) {
      this.#hasLeft = true
      this.#parts.left()
    }
    if (this.#isOver) return
    if (this.#isEnding && this.#isEmpty && this.#mayArrive) this.#end()
    else this.#goOn()
  }

  get #isEmpty(): boolean {
    return this.#waiting.length === 0 && this.#flying.length === 0
  }

  /** What waits goes straight to whoever takes it. */
  get #isDirectNow(): boolean {
    return this.#isDirect && this.#flying.length === 0 && this.#parts.isOpen()
  }

  get #mayArrive(): boolean {
    return this.#parts.isOpen() && !this.#parts.isBlocked()
  }

  #end(): void {
    this.#isOver = true
    this.#parts.ended()
  }

  /** What leaves is copied: whoever wrote it may use its memory again. */
  #leave(): void {
    const { clock, random, shape } = this.#parts
    const { latencyMs = 0, jitterMs = 0, bytesPerMs = Infinity } = shape
    if (this.#isDirectNow) return
    for (let bytes = this.#waiting.first; bytes !== undefined; bytes = this.#waiting.first) {
      if (this.#flyingBytes >= pipeBytesMax || this.#leaveMs > clock.now()) return
      this.#leaveMs = Math.max(this.#leaveMs, clock.now()) + bytes.byteLength / bytesPerMs
      // Bytes never overtake each other.
      this.#arriveMs = Math.max(this.#arriveMs, this.#leaveMs + latencyMs + random.next() * jitterMs)
      this.#flying.push({ bytes: bytes.slice(), atMs: this.#arriveMs })
      this.#flyingBytes += bytes.byteLength
      this.#waitingBytes -= bytes.byteLength
      this.#waiting.shift()
    }
  }

  #arrive(): void {
    let bytes = 0
    while (!this.#isOver && bytes < pipeTurnBytesMax && this.#mayArrive) {
      const isFlying = this.#flying.length > 0
      const next = isFlying ? this.#nextFlying() : this.#isDirect ? this.#waiting.first : undefined
      if (next === undefined) return
      bytes += next.byteLength
      this.#handOver(next)
      if (this.#isOver) return
      if (isFlying) {
        this.#flying.shift()
        this.#flyingBytes -= next.byteLength
      } else {
        this.#waiting.shift()
        this.#waitingBytes -= next.byteLength
      }
    }
  }

  #nextFlying(): Uint8Array | undefined {
    const next = this.#flying.first
    return next !== undefined && next.atMs <= this.#parts.clock.now() ? next.bytes : undefined
  }

  #handOver(bytes: Uint8Array): void {
    const { shape, random, deliver } = this.#parts
    const { pieceBytesMax = 0 } = shape
    let at = 0
    while (at < bytes.byteLength && !this.#isOver) {
      const piece = pieceBytesMax === 0 ? bytes.byteLength : 1 + random.integer(pieceBytesMax)
      const end = Math.min(at + piece, bytes.byteLength, at + this.breakAfterBytes - this.arrivedBytes)
      this.arrivedBytes += end - at
      if (end > at) deliver(bytes.subarray(at, end))
      at = end
      if (this.arrivedBytes >= this.breakAfterBytes && !this.#isOver) this.#parts.broke()
    }
  }

  /** Waits for what comes next in time; what is blocked goes on when somebody calls `go`. */
  #goOn(): void {
    this.#alarm?.cancel()
    this.#alarm = undefined
    if (this.#isDirectNow) {
      if (this.#waiting.length > 0 && this.#mayArrive) this.go()
      return
    }
    const leaveMs = this.#waiting.length > 0 && this.#flyingBytes < pipeBytesMax ? this.#leaveMs : Infinity
    const arriveMs = this.#mayArrive ? (this.#flying.first?.atMs ?? Infinity) : Infinity
    const atMs = Math.min(leaveMs, arriveMs)
    if (atMs <= this.#parts.clock.now()) this.go()
    else if (atMs < Infinity) this.#alarm = this.#parts.clock.alarm(atMs, () => this.go())
  }
}
