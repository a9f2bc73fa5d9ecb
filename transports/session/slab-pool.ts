// A slab pool: memory of two sizes that sessions write into and give back, so that traffic does not feed the collector.
import { Slab } from './slab.ts'

/** One write to a stream: above it libp2p gains nothing. */
export const slabBytesMax = 65_536
/** The first slab of an idle lane: enough for heartbeats and answers, of which a node has one with each of its peers at the same time. */
export const smallSlabBytesMax = 4_096
/** Slabs of each size that are kept for the next who needs one. */
export const slabsKeptMax = 256

/** Shared by all sessions of a node; each takes what it needs now, and an idle one holds nothing. */
export class SlabPool {
  readonly #kept: Slab[] = []
  readonly #smallKept: Slab[] = []

  get kept(): number {
    return this.#kept.length
  }

  get smallKept(): number {
    return this.#smallKept.length
  }

  take(): Slab {
    return this.#kept.pop() ?? new Slab(slabBytesMax)
  }

  takeSmall(): Slab {
    return this.#smallKept.pop() ?? new Slab(smallSlabBytesMax)
  }

  /** The caller has no view of it left, and nor has a stream. */
  give(slab: Slab): void {
    const kept = slab.bytes.byteLength === slabBytesMax ? this.#kept : this.#smallKept
    if (kept.length >= slabsKeptMax || slab.isShared) return
    slab.used = 0
    slab.sent = 0
    kept.push(slab)
  }
}
