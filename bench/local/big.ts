// The workload `big`: 100 actors ping each other at random, each sends its next ping when it has its pong.
import { defineActor, startNode } from 'troupe'
import { Gate } from '../gate.ts'
import { Cell } from '../limit/cell.ts'
import { tell as put } from '../limit/pump.ts'
import { perSecond } from '../workload.ts'
import type { Ref } from 'troupe'
import type { Behaviour } from '../limit/cell.ts'
import type { Repetition, Workload } from '../workload.ts'

const actors = 100
/** Pings of one actor in one repetition; each is two messages. */
const pings = 10_000
const messages = actors * pings * 2

export const big: Workload = { troupe, limit }

type Member = {
  meet(all: readonly Ref<Member>[]): void
  start(): void
  ping(from: Ref<Member>): void
  pong(): void
}

async function troupe(): Promise<Repetition> {
  const done = new Gate()
  let finished = 0
  const member = defineActor('member', {
    state: (seed: number) => ({ dice: new Dice(seed), left: 0, all: [] as readonly Ref<Member>[] }),
    on: {
      meet(self, all: readonly Ref<Member>[]) {
        self.state.all = all
      },
      start(self) {
        self.state.left = pings
        self.state.all[self.state.dice.next()]?.tell('ping', self.ref)
      },
      ping(_self, from: Ref<Member>) {
        from.tell('pong')
      },
      pong(self) {
        const { state } = self
        if (--state.left > 0) state.all[state.dice.next()]?.tell('ping', self.ref)
        else if (++finished % actors === 0) done.open()
      },
    },
  })
  const node = await startNode()
  const all: Ref<Member>[] = []
  for (let i = 0; i < actors; i++) all.push(await node.spawn(member, undefined, i + 1))
  for (const ref of all) ref.tell('meet', all)
  return () => timed(done, () => all.forEach((ref) => ref.tell('start')))
}

async function limit(): Promise<Repetition> {
  const done = new Gate()
  const group: Group = { cells: [], finished: 0, done }
  for (let i = 0; i < actors; i++) group.cells.push(new Cell(new BareMember(group, i + 1)))
  return () => timed(done, () => group.cells.forEach((cell) => put(cell, { type: 'start', from: cell })))
}

async function timed(done: Gate, start: () => void): Promise<{ 'big/msg': number }> {
  const startMs = performance.now()
  start()
  await done.opened()
  return { 'big/msg': perSecond(messages, startMs) }
}

interface Group {
  readonly cells: Cell[]
  readonly done: Gate
  finished: number
}

class BareMember implements Behaviour {
  readonly #group: Group
  readonly #dice: Dice
  #left = 0

  constructor(group: Group, seed: number) {
    this.#group = group
    this.#dice = new Dice(seed)
  }

  receive(message: { readonly type: 'start' | 'ping' | 'pong'; readonly from: Cell }, cell: Cell): void {
    if (message.type === 'ping') {
      put(message.from, { type: 'pong', from: cell })
      return
    }
    if (message.type === 'start') this.#left = pings
    else this.#left--
    if (this.#left > 0) this.#ping(cell)
    else if (++this.#group.finished % actors === 0) this.#group.done.open()
  }

  #ping(cell: Cell): void {
    const to = this.#group.cells[this.#dice.next()]
    if (to !== undefined) put(to, { type: 'ping', from: cell })
  }
}

/** Picks members. After Marsaglia's xorshift: good enough to mix, and so cheap that it does not show. */
class Dice {
  #bits: number

  constructor(seed: number) {
    this.#bits = Math.imul(seed, 0x9e3779b1) | 1
  }

  next(): number {
    this.#bits ^= this.#bits << 13
    this.#bits ^= this.#bits >>> 17
    this.#bits ^= this.#bits << 5
    return (this.#bits >>> 0) % actors
  }
}
