// Position waits: who waits for a projection to come to a position, and is told that it has or that it never will.
import { Fault } from '../../runtime/fault.ts'

/** Callers that may wait for one projection. */
export const positionWaitsMax = 10_000

interface Wait {
  readonly position: number
  resolve(): void
  reject(fault: Fault): void
}

export class PositionWaits {
  #waits: Wait[] = []
  #nearest = Infinity

  /** @throws {Fault} `projection-waits-full`, and what the projection ends with */
  async until(position: number, name: string): Promise<void> {
    if (this.#waits.length >= positionWaitsMax) throw full(name)
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    this.#waits.push({ position, resolve, reject })
    this.#nearest = Math.min(this.#nearest, position)
    await promise
  }

  /** All before `next` is done. */
  passed(next: number): void {
    if (next <= this.#nearest) return
    const reached = this.#waits.filter(({ position }) => position < next)
    this.#waits = this.#waits.filter(({ position }) => position >= next)
    this.#nearest = this.#waits.reduce((nearest, { position }) => Math.min(nearest, position), Infinity)
    for (const { resolve } of reached) resolve()
  }

  end(fault: Fault): void {
    const waits = this.#waits
    this.#waits = []
    this.#nearest = Infinity
    for (const { reject } of waits) reject(fault)
  }
}

function full(name: string): Fault {
  return new Fault(
    'projection-waits-full',
    `Cannot wait for the projection "${name}": ${positionWaitsMax} callers wait already`,
    { hint: 'Let one caller wait for all, or wait for the last position alone.' },
  )
}
