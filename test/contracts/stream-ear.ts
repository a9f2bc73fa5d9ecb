// A stream's ear: the listener of a peer stream under test, which keeps what it hears and lets tests wait for it.
import type { PeerStream, StreamListener } from '../../runtime/transport.ts'

export class StreamEar implements StreamListener {
  readonly stream: PeerStream
  /** What ended it; undefined if it ended in order. */
  readonly closing: Promise<Error | undefined>
  /** All calls, by their names; of several in a row of one kind the first. */
  readonly events: string[] = []
  /** Whether bytes are kept; of floods they are only counted. */
  keeps = true
  byteCount = 0
  drainedCount = 0
  readonly #parts: Uint8Array[] = []
  readonly #close = Promise.withResolvers<Error | undefined>()
  #waiting: { readonly isSo: () => boolean; readonly go: () => void }[] = []
  #isOver = false

  constructor(stream: PeerStream) {
    this.stream = stream
    this.closing = this.#close.promise
    stream.listen(this)
  }

  get bytes(): Uint8Array {
    return Uint8Array.from(Buffer.concat(this.#parts))
  }

  get isOver(): boolean {
    return this.#isOver
  }

  data(bytes: Uint8Array): void {
    if (bytes.byteLength === 0) throw new Error('a piece without bytes')
    this.#hear('data')
    this.byteCount += bytes.byteLength
    // What is handed over is good until the call returns.
    if (this.keeps) this.#parts.push(bytes.slice())
    this.#look()
  }

  drained(): void {
    this.#hear('drained')
    this.drainedCount++
    this.#look()
  }

  closed(fault: Error | undefined): void {
    this.#hear('closed')
    this.#isOver = true
    this.#close.resolve(fault)
    this.#look()
  }

  /** Resolves when it is so; rejects if the stream ends before. */
  async until(isSo: () => boolean): Promise<void> {
    if (isSo()) return
    if (this.#isOver) throw new Error('the stream has ended')
    await new Promise<void>((go) => this.#waiting.push({ isSo, go }))
    if (!isSo()) throw new Error('the stream has ended')
  }

  /** Resolves when so many bytes have come in all. */
  async untilBytes(count: number): Promise<void> {
    await this.until(() => this.byteCount >= count)
  }

  /** Writes, and resolves when the bytes have left. */
  async write(bytes: Uint8Array): Promise<void> {
    this.stream.write(bytes)
    await this.untilDrained()
  }

  async untilDrained(): Promise<void> {
    while (this.stream.queuedBytes > 0) {
      const count = this.drainedCount
      await this.until(() => this.drainedCount > count)
    }
  }

  #hear(event: string): void {
    if (this.#isOver) throw new Error(`${event} after the end`)
    if (this.events.at(-1) !== event || event === 'closed') this.events.push(event)
  }

  #look(): void {
    const isDone = ({ isSo }: { isSo: () => boolean }): boolean => this.#isOver || isSo()
    const done = this.#waiting.filter(isDone)
    this.#waiting = this.#waiting.filter((one) => !isDone(one))
    for (const { go } of done) go()
  }
}
