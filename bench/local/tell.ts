// The workload `tell`: one actor tells another as fast as it can, with a window of 512 messages between them.
import { defineActor, startNode } from 'troupe'
import { Gate } from '../gate.ts'
import { Cell } from '../limit/cell.ts'
import { tell as put } from '../limit/pump.ts'
import { perSecond } from '../workload.ts'
import type { Ref } from 'troupe'
import type { Behaviour } from '../limit/cell.ts'
import type { Repetition, Workload } from '../workload.ts'

/** Messages of one repetition; a whole number of credits. */
const messages = 8_192 * 256
/** What the source may be ahead; without a bound this would measure a mailbox that only grows. */
const windowMessages = 512
/** The sink gives this much back at once. */
const creditMessages = 256

export const tell: Workload = { troupe, limit }

type Sink = { meet(source: Ref<Source>): void; add(amount: number): void }
type Source = { meet(sink: Ref<Sink>): void; start(): void; credit(): void }

async function troupe(): Promise<Repetition> {
  const done = new Gate()
  const node = await startNode()
  const sink = await node.spawn(sinkDefinition)
  const source = await node.spawn(sourceDefinition(done))
  sink.tell('meet', source)
  source.tell('meet', sink)
  return () => timed(done, () => source.tell('start'))
}

async function limit(): Promise<Repetition> {
  const done = new Gate()
  const sink = new Cell(new BareSink())
  const source = new Cell(new BareSource(sink, done))
  put(sink, source)
  return () => timed(done, () => put(source, 'start'))
}

async function timed(done: Gate, start: () => void): Promise<{ 'tell/msg': number }> {
  const startMs = performance.now()
  start()
  await done.opened()
  return { 'tell/msg': perSecond(messages, startMs) }
}

const sinkDefinition = defineActor('sink', {
  state: () => ({ sum: 0, source: undefined as Ref<Source> | undefined }),
  on: {
    meet(self, source: Ref<Source>) {
      self.state.source = source
    },
    add({ state }, amount: number) {
      state.sum += amount
      if (state.sum % creditMessages === 0) state.source?.tell('credit')
    },
  },
})

function sourceDefinition(done: Gate) {
  return defineActor('source', {
    state: () => ({ left: 0, ahead: 0, sink: undefined as Ref<Sink> | undefined }),
    on: {
      meet(self, sink: Ref<Sink>) {
        self.state.sink = sink
      },
      start({ state }) {
        state.left = messages - windowMessages
        state.ahead = windowMessages
        for (let i = 0; i < windowMessages; i++) state.sink?.tell('add', 1)
      },
      credit({ state }) {
        const count = Math.min(creditMessages, state.left)
        state.left -= count
        state.ahead += count - creditMessages
        for (let i = 0; i < count; i++) state.sink?.tell('add', 1)
        if (state.ahead === 0) done.open()
      },
    },
  })
}

class BareSink implements Behaviour {
  #sum = 0
  #source: Cell | undefined = undefined

  receive(message: { readonly amount: number } | Cell): void {
    if (message instanceof Cell) {
      this.#source = message
      return
    }
    this.#sum += message.amount
    if (this.#sum % creditMessages === 0 && this.#source !== undefined) put(this.#source, 'credit')
  }
}

class BareSource implements Behaviour {
  readonly #sink: Cell
  readonly #done: Gate
  #left = 0
  #ahead = 0

  constructor(sink: Cell, done: Gate) {
    this.#sink = sink
    this.#done = done
  }

  receive(message: 'start' | 'credit'): void {
    if (message === 'start') {
      this.#left = messages - windowMessages
      this.#ahead = windowMessages
      for (let i = 0; i < windowMessages; i++) put(this.#sink, { amount: 1 })
      return
    }
    const count = Math.min(creditMessages, this.#left)
    this.#left -= count
    this.#ahead += count - creditMessages
    for (let i = 0; i < count; i++) put(this.#sink, { amount: 1 })
    if (this.#ahead === 0) this.#done.open()
  }
}
