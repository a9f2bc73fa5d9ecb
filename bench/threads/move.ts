// The workloads `move-1k` to `move-1m`: an actor goes to and fro between two threads, and what somebody who keeps asking it notices.
import { ballast } from './ballast.ts'
import { quantile } from '../quantile.ts'
import { startThreadedNode } from './troupe-node.ts'
import { traveller } from './actors.ts'
import type { Ref } from 'troupe'
import type { Repetition, Workload } from '../workload.ts'

const sizes = {
  '1k': { bytes: 1_024, moves: 300 },
  '64k': { bytes: 65_536, moves: 200 },
  '1m': { bytes: 1_048_576, moves: 100 },
} as const

export function move(size: keyof typeof sizes): Workload {
  return { troupe: () => troupe(size) }
}

async function troupe(size: keyof typeof sizes): Promise<Repetition> {
  const { bytes, moves } = sizes[size]
  const node = await startThreadedNode(2)
  const ref = await node.spawn(traveller, { name: 'traveller', place: { thread: 1 } }, ballast(bytes))
  let thread = 1
  return async () => {
    const pausesMs: number[] = []
    const caller = new Caller(ref)
    for (let i = 0; i < moves; i++) {
      thread = 3 - thread
      await caller.answered()
      caller.longestMs = 0
      await node.move(ref, { thread })
      // The one that is on its way now was asked before the move had ended.
      await caller.answered()
      pausesMs.push(caller.longestMs)
    }
    await caller.stop()
    return {
      [`move-${size}/p50`]: quantile(pausesMs, 0.5),
      [`move-${size}/p99`]: quantile(pausesMs, 0.99),
    }
  }
}

/** Asks again as soon as it is answered; the longest that it waited is the pause and one round trip. */
class Caller {
  readonly #ref: Ref<{ call(): number }>
  readonly #ended: Promise<void>
  #answered: PromiseWithResolvers<void> = Promise.withResolvers()
  #isOn = true
  longestMs = 0

  constructor(ref: Ref<{ call(): number }>) {
    this.#ref = ref
    this.#ended = this.#run()
  }

  /** Resolves at the next answer. */
  answered(): Promise<void> {
    return Promise.race([this.#answered.promise, this.#ended])
  }

  async stop(): Promise<void> {
    this.#isOn = false
    await this.#ended
  }

  async #run(): Promise<void> {
    while (this.#isOn) {
      const sentMs = performance.now()
      await this.#ref.ask('call')
      this.longestMs = Math.max(this.longestMs, performance.now() - sentMs)
      this.#answered.resolve()
      this.#answered = Promise.withResolvers()
    }
  }
}
