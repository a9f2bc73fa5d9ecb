// A yard: runtimes with wires between all of them, and a table that says where roots live, as the test wishes.
import { defineActor } from 'troupe'
import { away } from '../../../runtime/cell-flags.ts'
import { ManualClock } from '../../../scenarios/testing/manual-clock.ts'
import { memoryWires } from '../../../transports/memory/memory-wire.ts'
import { upwards } from '../../../runtime/path.ts'
import { refAt } from '../../../runtime/ref.ts'
import { Runtime } from '../../../runtime/runtime.ts'
import { seededRandom } from '../../../runtime/random.ts'
import { Station } from '../../../node/threads/station.ts'
import { Tree } from '../../../supervisors/tree.ts'
import type { Home } from '../../../transports/link/record.ts'
import type { LocalRef } from '../../../runtime/ref.ts'
import type { MemoryWireOptions } from '../../../transports/memory/memory-direction.ts'
import type { Wire } from '../../../runtime/wire.ts'

/** Notes all that it is told; asked, it says how much that is. */
export const recorder: object = defineActor('recorder', {
  state: (log: unknown[]) => ({ log }),
  on: {
    note(self, payload: unknown) {
      self.state.log.push(payload)
    },
    count(self) {
      return self.state.log.length
    },
  },
})

export class Yard {
  readonly clock: ManualClock = new ManualClock()
  readonly stations: Station[] = []
  /** Where each root lives, for all who ask. */
  readonly homes: Map<string, Home> = new Map()
  /** The paths that were asked for. */
  readonly questions: string[] = []
  readonly #wires = new Map<string, Wire>()
  /** Answers that are held back. */
  #answers: (() => void)[] | undefined = undefined

  constructor(count: number, options: MemoryWireOptions = {}) {
    for (let thread = 0; thread < count; thread++) this.#open(thread, options)
  }

  /** Where a runtime thinks that a root lives; all know the same unless a test says otherwise. */
  homeFor(_thread: number, path: string): Home | undefined {
    return upwards(path, (top) => this.homes.get(top))
  }

  station(thread: number): Station {
    return this.stations[thread]!
  }

  /** The wire's end in the first one. */
  wire(one: number, other: number): Wire {
    return this.#wires.get(`${one} ${other}`)!
  }

  /** Starts an actor that is known to all; `log` is what it has noted. */
  async root(thread: number, path: string, log: unknown[] = []): Promise<unknown[]> {
    await this.spawn(thread, path, recorder, [log])
    return log
  }

  async spawn(
    thread: number,
    path: string,
    definition: object,
    args: readonly unknown[] = [],
  ): Promise<LocalRef> {
    const epoch = (this.homes.get(path)?.epoch ?? 0) + 1
    this.homes.set(path, { top: path, thread, epoch })
    const ref = await this.station(thread).runtime.spawn({ definition, options: path, args })
    this.station(thread).roads.epochs.set(path, epoch)
    return ref
  }

  ref(thread: number, path: string): LocalRef {
    return refAt(this.station(thread).runtime.host, path)
  }

  /** Reasons and payloads of the dead letters of a runtime. */
  dead(thread: number): { readonly reason: string; readonly name: string }[] {
    const letters = this.station(thread).runtime.host.deadLetters.list()
    return letters.map(({ reason, envelope }) => ({ reason, name: envelope.name }))
  }

  /** From now on nobody is answered who asks where a path leads. */
  holdAnswers(): void {
    this.#answers = []
  }

  giveAnswers(): void {
    const answers = this.#answers ?? []
    this.#answers = undefined
    for (const answer of answers) answer()
  }

  /** Takes a root out of a runtime, as a move does: who looks for it there has to look elsewhere, and waits. */
  leave(from: number, path: string): void {
    const { runtime, roads } = this.station(from)
    const cell = runtime.cellAt(path)!
    roads.leaving(this.homes.get(path)!)
    cell.flags |= away
    runtime.host.registry.delete(path)
    cell.parent!.unlink(cell)
  }

  /** It lives there now; the one it left hears of it when the test says so. */
  async come(to: number, path: string, log: unknown[]): Promise<Home> {
    await this.root(to, path, log)
    const home = this.homes.get(path)!
    this.station(to).roads.cameHere(home)
    return home
  }

  async settle(): Promise<void> {
    await this.clock.settle()
  }

  #open(thread: number, options: MemoryWireOptions): void {
    const random = seededRandom(thread + 1)
    const runtime = new Runtime({
      name: 'yard',
      clock: this.clock,
      random,
      supervision: new Tree(),
      thread,
    })
    const station = new Station({
      thread,
      runtime,
      guide: {
        resolve: (path, answer) => this.#resolve(thread, path, answer),
        watch: () => () => undefined,
        ended: () => undefined,
      },
      desk: {
        call: (_link, verb, input) => {
          if (verb === 'echo') return input
          throw new Error(`cannot ${verb}`)
        },
        control: () => undefined,
      },
    })
    for (const other of this.stations) {
      const [one, two] = memoryWires(this.clock, options)
      this.#wires.set(`${other.thread} ${thread}`, one)
      this.#wires.set(`${thread} ${other.thread}`, two)
      other.link(thread, one)
      station.link(other.thread, two)
    }
    this.stations.push(station)
  }

  #resolve(thread: number, path: string, answer: (home: Home | undefined) => void): void {
    this.questions.push(path)
    const say = (): void => answer(this.homeFor(thread, path))
    if (this.#answers === undefined) say()
    else this.#answers.push(say)
  }
}
