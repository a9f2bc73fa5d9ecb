// The workload `restart`: each message makes a child throw an error, and its supervisor starts it again.
import { defineActor, startNode } from 'troupe'
import { Gate } from '../gate.ts'
import { Cell } from '../limit/cell.ts'
import { onCrash, tell as put } from '../limit/pump.ts'
import { perSecond } from '../workload.ts'
import type { Ref } from 'troupe'
import type { Behaviour } from '../limit/cell.ts'
import type { Repetition, Workload } from '../workload.ts'

/** Restarts of one repetition; a whole number of batches. */
const restarts = 30_000
/** Messages that wait while the child falls again and again; they survive its restarts. */
const batch = 1_000

export const restart: Workload = { troupe, limit }

type Child = { fall(): void; last(): void }

async function troupe(): Promise<Repetition> {
  const done = new Gate()
  let lives = 0
  const child = defineActor('child', {
    state: () => ({ life: ++lives }),
    on: {
      fall() {
        throw new Error('fallen')
      },
      last() {
        done.open()
      },
    },
  })
  const supervisor = defineActor('supervisor', {
    supervision: { intensity: 1_000_000 },
    on: { child: (self) => self.spawn(child, 'child') },
  })
  const node = await startNode()
  const parent = await node.spawn(supervisor, 'supervisor')
  const ref: Ref<Child> = await parent.ask('child')
  return () => timed({ fall: () => ref.tell('fall'), last: () => ref.tell('last'), lives: () => lives, done })
}

async function limit(): Promise<Repetition> {
  const done = new Gate()
  let lives = 0
  const begin = (): Behaviour => new BareChild(++lives, done)
  const cell = new Cell(begin())
  onCrash((fallen) => {
    fallen.behaviour = begin()
  })
  return () =>
    timed({ fall: () => put(cell, 'fall'), last: () => put(cell, 'last'), lives: () => lives, done })
}

async function timed(child: {
  readonly fall: () => void
  readonly last: () => void
  readonly lives: () => number
  readonly done: Gate
}): Promise<{ 'restart/restart': number }> {
  const livesBefore = child.lives()
  const startMs = performance.now()
  for (let sent = 0; sent < restarts; sent += batch) {
    for (let i = 0; i < batch; i++) child.fall()
    child.last()
    await child.done.opened()
  }
  const rate = perSecond(restarts, startMs)
  const lives = child.lives() - livesBefore
  if (lives !== restarts) throw new Error(`${lives} lives began, ${restarts} should have`)
  return { 'restart/restart': rate }
}

class BareChild implements Behaviour {
  readonly life: number
  readonly #done: Gate

  constructor(life: number, done: Gate) {
    this.life = life
    this.#done = done
  }

  receive(message: 'fall' | 'last'): void {
    if (message === 'fall') throw new Error('fallen')
    this.#done.open()
  }
}
