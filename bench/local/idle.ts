// The workload `idle`: a million actors that have had one message and wait for the next; what they weigh, and how fast they came.
import { defineActor, startNode } from 'troupe'
import { heapBytes } from '../heap.ts'
import { Gate } from '../gate.ts'
import { Cell } from '../limit/cell.ts'
import { tell as put } from '../limit/pump.ts'
import type { Behaviour } from '../limit/cell.ts'
import type { Repetition, Sample, Workload } from '../workload.ts'

const actors = 1_000_000
/** Actors spawned in one handler: a program that spawns a million does not block for a second. */
const batchActors = 10_000

export const idle: Workload = { troupe, limit }

async function troupe(): Promise<Repetition> {
  const done = new Gate()
  let started = 0
  const child = defineActor('child', {
    state: () => ({ count: 0 }),
    on: {
      count(self, amount: number) {
        self.state.count += amount
        if (++started % actors === 0) done.open()
      },
    },
  })
  const parent = defineActor('parent', {
    on: {
      start(self, left: number) {
        for (let i = 0; i < batchActors; i++) self.spawn(child).tell('count', 1)
        if (left > batchActors) self.ref.tell('start', left - batchActors)
      },
    },
  })
  return async () => {
    await using node = await startNode()
    const ref = await node.spawn(parent)
    return await weighed(done, () => ref.tell('start', actors))
  }
}

async function limit(): Promise<Repetition> {
  const done = new Gate()
  return async () => {
    const parent = new Cell(new BareParent(done))
    const sample = await weighed(done, () => put(parent, { left: actors }))
    // Without this line the million could be collected before it is weighed.
    if (parent.lastChild === undefined) throw new Error('the children have gone')
    return sample
  }
}

async function weighed(done: Gate, start: () => void): Promise<Sample> {
  const beforeBytes = await heapBytes()
  const startMs = performance.now()
  start()
  await done.opened()
  const tookMs = performance.now() - startMs
  const bytes = (await heapBytes()) - beforeBytes
  return { 'idle/heap': bytes / actors, 'spawn/alive': (actors * 1_000) / tookMs }
}

class BareParent implements Behaviour {
  readonly #done: Gate
  #started = 0

  constructor(done: Gate) {
    this.#done = done
  }

  receive(message: { readonly left: number }, cell: Cell): void {
    for (let i = 0; i < batchActors; i++) put(new Cell(new BareChild(this), cell), { amount: 1 })
    if (message.left > batchActors) put(cell, { left: message.left - batchActors })
  }

  started(): void {
    if (++this.#started % actors === 0) this.#done.open()
  }
}

class BareChild implements Behaviour {
  readonly #parent: BareParent
  #count = 0

  constructor(parent: BareParent) {
    this.#parent = parent
  }

  receive(message: { readonly amount: number }): void {
    this.#count += message.amount
    this.#parent.started()
  }
}
