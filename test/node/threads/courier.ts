// A courier: what a thread runs in the tests of threads. It passes each frame on to the thread that the frame's first word names.
import { recordWords } from '../../../runtime/wire.ts'
import type { ThreadInside } from '../../../runtime/threads.ts'
import type { Frame, Lane, Wire, WireListener } from '../../../runtime/wire.ts'

/** As a first word: throws in the next turn, where nobody catches it. */
export const throwWord = -1

/** A frame of one record and no payload; the first word says where it goes next, the others follow it there. */
export function letter(...words: readonly number[]): Frame {
  const record = new Int32Array(recordWords)
  record.set(words)
  return { words: record, count: 1, body: new Uint8Array(1), attachments: [] }
}

/** @param later where it throws what it is told to throw */
export function startCourier(inside: ThreadInside, later: (run: () => void) => void): void {
  const courier = new Courier(later)
  courier.add(0, inside.wire)
  inside.onConnect((id, wire) => courier.add(id, wire))
  inside.turn()
}

/** Frames wait for the wire that they need. The main thread is told of each wire to another thread that has ended. */
class Courier {
  readonly #later: (run: () => void) => void
  readonly #wires = new Map<number, Wire>()
  readonly #waiting: [to: number, lane: Lane, frame: Frame][] = []

  constructor(later: (run: () => void) => void) {
    this.#later = later
  }

  add(id: number, wire: Wire): void {
    this.#wires.set(id, wire)
    wire.listen(this.#listener(id))
    const waiting = this.#waiting.splice(0)
    for (const [to, lane, frame] of waiting) this.#pass(to, lane, frame)
  }

  #listener(id: number): WireListener {
    return {
      frame: (lane, { words }) => {
        const [to = 0, ...rest] = words.subarray(0, recordWords)
        if (to === throwWord) this.#later(thrown)
        else this.#pass(to, lane, letter(...rest))
      },
      room: () => undefined,
      closed: () => {
        if (id !== 0) this.#pass(0, 'signals', letter(id, -2))
      },
    }
  }

  #pass(to: number, lane: Lane, frame: Frame): void {
    const wire = this.#wires.get(to)
    if (wire === undefined) this.#waiting.push([to, lane, frame])
    else wire.write(lane, frame)
  }
}

function thrown(): never {
  throw new RangeError('the courier stumbled')
}
