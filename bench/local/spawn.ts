// The workload `spawn`: an actor spawns 100,000 children, each handles one message and stops; five times over.
import { defineActor, startNode } from 'troupe'
import { Gate } from '../gate.ts'
import { Cell } from '../limit/cell.ts'
import { tell as put } from '../limit/pump.ts'
import { perSecond } from '../workload.ts'
import type { Behaviour } from '../limit/cell.ts'
import type { Repetition, Workload } from '../workload.ts'

/** Actors of one round, all of them alive before the first has its turn. */
const actors = 100_000
/** Rounds of one repetition: enough for the garbage of one to be paid for in the next. */
const rounds = 5

export const spawn: Workload = { troupe, limit }

async function troupe(): Promise<Repetition> {
  const done = new Gate()
  let finished = 0
  const child = defineActor('child', {
    state: () => ({ sum: 0 }),
    on: {
      work(self, amount: number) {
        self.state.sum += amount
        self.stop()
        if (++finished % actors === 0) done.open()
      },
    },
  })
  const parent = defineActor('parent', {
    on: {
      start(self) {
        for (let i = 0; i < actors; i++) self.spawn(child).tell('work', 1)
      },
      left: (self) => self.children.length,
    },
  })
  const node = await startNode()
  const ref = await node.spawn(parent)
  return async () => {
    const sample = await timed(done, () => ref.tell('start'))
    const left = await ref.ask('left')
    if (left > 0) throw new Error(`${left} of ${actors} children live when all should have stopped`)
    return sample
  }
}

async function limit(): Promise<Repetition> {
  const done = new Gate()
  const parent = new Cell(new BareParent(done))
  return () => timed(done, () => put(parent, 'start'))
}

async function timed(done: Gate, start: () => void): Promise<{ 'spawn/actor': number }> {
  const startMs = performance.now()
  for (let round = 0; round < rounds; round++) {
    start()
    await done.opened()
  }
  return { 'spawn/actor': perSecond(rounds * actors, startMs) }
}

class BareParent implements Behaviour {
  readonly #done: Gate
  #finished = 0

  constructor(done: Gate) {
    this.#done = done
  }

  receive(_message: 'start', cell: Cell): void {
    for (let i = 0; i < actors; i++) put(new Cell(new BareChild(this), cell), { amount: 1 })
  }

  finished(): void {
    if (++this.#finished % actors === 0) this.#done.open()
  }
}

class BareChild implements Behaviour {
  readonly #parent: BareParent
  #sum = 0

  constructor(parent: BareParent) {
    this.#parent = parent
  }

  receive(message: { readonly amount: number }, cell: Cell): void {
    this.#sum += message.amount
    cell.stop()
    this.#parent.finished()
  }
}
