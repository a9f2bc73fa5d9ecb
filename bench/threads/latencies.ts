// Latencies: how long asks took and how many there were in a second, measured by whoever asks.
import { payloads } from './payload.ts'
import { perSecond } from '../workload.ts'

/** Plain data: it is measured in one thread and told to another. */
export interface AskFigures {
  readonly perSecond: number
  /** Of each ask in microseconds; of those from several places at once nothing, since to look at the clock would slow them. */
  readonly tookUs: readonly number[]
}

/** Asks one question of the place that waits for it. */
type Ask = (place: number, question: unknown) => Promise<unknown>

/** Asks from so many places at once, a question of 100 bytes each time; the answer must be the same. */
export async function measureAsks(asks: number, places: number, ask: Ask): Promise<AskFigures> {
  const { make, read } = payloads['100']
  const tookUs: number[] = []
  const isTimed = places === 1
  const place = async (_: unknown, index: number): Promise<void> => {
    for (let i = 0; i < asks / places; i++) {
      const sentMs = isTimed ? performance.now() : 0
      // The echo says what it was asked.
      const reply = (await ask(index, make(i))) as never
      if (isTimed) tookUs.push((performance.now() - sentMs) * 1_000)
      if (read(reply) !== i) throw new Error(`asked for ${i} and got something else`)
    }
  }
  const startMs = performance.now()
  await Promise.all(Array.from({ length: places }, place))
  return { perSecond: perSecond(asks, startMs), tookUs }
}
