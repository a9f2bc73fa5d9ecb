// A flow: sources that tell sinks numbers, and sinks that notice each number that is missing, repeated or out of order.
import { defineActor } from 'troupe'
import type { Ref } from 'troupe'

/** Numbers told between two questions: the sink may move in the middle. */
const chunk = 200

/** What a sink has seen. */
export interface Report {
  readonly counts: Readonly<Record<string, number>>
  /** What was wrong, the first few. */
  readonly flaws: readonly string[]
}

export const sink = defineActor('sink', {
  state: () => ({ counts: {} as Record<string, number>, flaws: [] as string[] }),
  on: {
    take(self, [from, number]: readonly [string, number]) {
      const { counts, flaws } = self.state
      const last = counts[from] ?? 0
      if (number !== last + 1 && flaws.length < 10) flaws.push(`${number} of ${from} came after ${last}`)
      counts[from] = number
    },
    report: (self): Report => structuredClone(self.state),
    exit() {
      process.exit(3)
    },
    spin() {
      for (;;);
    },
  },
})

export const source = defineActor('source', {
  on: {
    /** Tells a sink the numbers from 1 on, and says what it has seen of them. */
    async pour(self, [to, count]: readonly [Ref, number]): Promise<number> {
      const { path } = self
      let number = 0
      while (number < count) {
        for (let left = Math.min(chunk, count - number); left > 0; left--) to.tell('take', [path, ++number])
        const { counts } = (await to.ask('report')) as Report
        if (counts[path] !== number) return counts[path] ?? 0
      }
      return number
    },
    /** Asks a sink again and again until it has had as many answers; says how many were none. */
    async ask(_self, [to, count]: readonly [Ref, number]): Promise<number> {
      let refused = 0
      for (let answered = 0; answered < count;) {
        const isAnswered = await to.ask('report').then(
          () => true,
          () => false,
        )
        if (isAnswered) answered++
        else refused++
      }
      return refused
    },
  },
})
