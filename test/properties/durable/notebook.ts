// A notebook: durable actors that note numbers in every way there is, and what they say of it.
import { defineActor, Fault } from '../../../index.ts'
import type { SnapshotOptions } from '../../../runtime/actor.ts'

/** What was persisted and known to be, by the actor's own code, in that order; over all lives. */
export interface Said {
  readonly attempted: number[]
  readonly acknowledged: number[]
}

function heard(said: Said, numbers: readonly number[], written: Promise<void>): Promise<void> {
  said.attempted.push(...numbers)
  return written.then(() => void said.acknowledged.push(...numbers))
}

/** Notes by events. */
export const notebook = (said: Said, snapshots: SnapshotOptions) =>
  defineActor('notebook', {
    state: () => ({ numbers: [] as number[] }),
    snapshots,
    events: {
      noted(state, number: number) {
        state.numbers.push(number)
      },
    },
    on: {
      note: (self, [number]: readonly number[]) =>
        heard(said, [number ?? 0], self.persist('noted', number ?? 0)),
      async noteAll(self, numbers: readonly number[]) {
        await heard(said, numbers, self.persistAll(numbers.map((number) => ['noted', number] as const)))
      },
      noteLater(self, numbers: readonly number[]) {
        for (const number of numbers)
          heard(said, [number], self.persist('noted', number)).catch(() => undefined)
      },
      async noteAndThrow(self, [number]: readonly number[]) {
        await heard(said, [number ?? 0], self.persist('noted', number ?? 0))
        throw new Error('behind it')
      },
      throwWithNote(self, [number]: readonly number[]) {
        heard(said, [number ?? 0], self.persist('noted', number ?? 0)).catch(() => undefined)
        throw new Fault('note-refused', 'Cannot note: no', { hint: 'Do not.' })
      },
      numbers: (self) => [...self.state.numbers],
    },
  })

/** Notes by keeping its state. */
export const keeper = (said: Said) =>
  defineActor('keeper', {
    durable: 'state',
    state: () => ({ numbers: [] as number[] }),
    on: {
      async note(self, [number]: readonly number[]) {
        self.state.numbers.push(number ?? 0)
        await heard(said, [number ?? 0], self.save())
      },
      async noteAll(self, numbers: readonly number[]) {
        self.state.numbers.push(...numbers)
        await heard(said, numbers, self.save())
      },
      noteLater(self, numbers: readonly number[]) {
        for (const number of numbers) {
          self.state.numbers.push(number)
          heard(said, [number], self.save()).catch(() => undefined)
        }
      },
      async noteAndThrow(self, [number]: readonly number[]) {
        self.state.numbers.push(number ?? 0)
        await heard(said, [number ?? 0], self.save())
        throw new Error('behind it')
      },
      throwWithNote(self, [number]: readonly number[]) {
        self.state.numbers.push(number ?? 0)
        heard(said, [number ?? 0], self.save()).catch(() => undefined)
        throw new Fault('note-refused', 'Cannot note: no', { hint: 'Do not.' })
      },
      numbers: (self) => [...self.state.numbers],
    },
  })
