// An inbox: what comes over a wire, one frame after the other, for a test that awaits it.
import { recordWords } from '../../../runtime/wire.ts'
import type { Frame, Wire } from '../../../runtime/wire.ts'

export class Inbox {
  readonly #came: number[][] = []
  readonly #readers: { take(words: number[]): void; fail(why: Error): void }[] = []
  /** Resolves when the wire has closed. */
  readonly closed: Promise<'closed' | 'cut'>

  constructor(wire: Wire) {
    const { promise, resolve } = Promise.withResolvers<'closed' | 'cut'>()
    this.closed = promise
    wire.listen({
      frame: (_lane, frame) => this.#take(frame),
      room: () => undefined,
      closed: resolve,
    })
  }

  /** Frames that nobody has read. */
  get unread(): number {
    return this.#came.length
  }

  /** The words of the next frame that has come or will come. */
  async next(): Promise<number[]> {
    const first = this.#came.shift()
    if (first !== undefined) return first
    return new Promise((take, fail) => this.#readers.push({ take, fail }))
  }

  /** Nothing more will come: whoever waits is told why. */
  fail(why: Error): void {
    for (const reader of this.#readers.splice(0)) reader.fail(why)
  }

  #take({ words }: Frame): void {
    const copy = [...words.subarray(0, recordWords)]
    const reader = this.#readers.shift()
    if (reader === undefined) this.#came.push(copy)
    else reader.take(copy)
  }
}
