// An ear: the listener of a wire under test, which keeps copies of what it hears and lets tests wait for it.
import { recordWords } from '../../runtime/wire.ts'
import type { Frame, Lane, Wire, WireListener } from '../../runtime/wire.ts'

export class Ear implements WireListener {
  readonly closing: Promise<'closed' | 'cut'>
  /** Whether frames are kept; for floods they are not. */
  keeps = true
  /** Lanes whose room was told. */
  readonly rooms: Lane[] = []
  /** All calls, by their names. */
  readonly events: string[] = []
  onFrame: (lane: Lane, frame: Frame) => unknown = () => undefined
  readonly #wire: Wire
  readonly #frames: Record<Lane, Frame[]> = { signals: [], messages: [] }
  readonly #close = Promise.withResolvers<'closed' | 'cut'>()
  #waiting: { readonly isSo: () => boolean; readonly go: () => void }[] = []
  readonly #rooms: Record<Lane, (() => void)[]> = { signals: [], messages: [] }

  constructor(wire: Wire) {
    this.#wire = wire
    this.closing = this.#close.promise
    wire.listen(this)
  }

  frame(lane: Lane, frame: Frame): void {
    this.#hear('frame')
    if (this.keeps) this.#frames[lane].push(copyOf(frame))
    this.onFrame(lane, frame)
    this.#look()
  }

  room(lane: Lane): void {
    this.#hear('room')
    this.rooms.push(lane)
    for (const go of this.#rooms[lane].splice(0)) go()
    this.#look()
  }

  closed(why: 'closed' | 'cut'): void {
    this.#hear('closed')
    this.#close.resolve(why)
  }

  frames(lane: Lane): Frame[] {
    return this.#frames[lane]
  }

  /** The first words of the frames with records. */
  marks(lane: Lane): number[] {
    return this.#frames[lane].filter(({ count }) => count > 0).map(({ words }) => words[0]!)
  }

  /** Resolves when room is told that has not been told yet. */
  async waitForRoom(lane: Lane): Promise<void> {
    await new Promise<void>((go) => this.#rooms[lane].push(go))
  }

  /** Writes, waiting for room as often as it must. */
  async write(lane: Lane, frame: Frame): Promise<void> {
    while (!this.#wire.write(lane, frame)) await this.waitForRoom(lane)
  }

  async until(isSo: () => boolean): Promise<void> {
    if (isSo()) return
    await new Promise<void>((go) => this.#waiting.push({ isSo, go }))
  }

  /** One turn of the event loop. */
  async turn(): Promise<void> {
    await new Promise((go) => setImmediate(go))
  }

  #hear(event: string): void {
    if (this.events.at(-1) === 'closed') throw new Error(`${event} after the end`)
    if (this.keeps || event === 'closed') this.events.push(event)
  }

  #look(): void {
    for (const { go } of this.#waiting.filter(({ isSo }) => isSo())) go()
    this.#waiting = this.#waiting.filter(({ isSo }) => !isSo())
  }
}

/** What a frame says is only there until the listener returns. */
function copyOf({ words, count, body, attachments }: Frame): Frame {
  return {
    words: words.slice(0, count * recordWords),
    count,
    body: new Uint8Array(body),
    attachments: [...attachments],
  }
}
