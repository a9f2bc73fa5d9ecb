// The workload `skynet`: a tree of actors, ten below each, down to a million leaves, whose numbers are summed on the way back up.
import { defineActor, startNode } from 'troupe'
import { Gate } from '../gate.ts'
import { Cell } from '../limit/cell.ts'
import { tell as put } from '../limit/pump.ts'
import type { Definition, Ref, Self } from 'troupe'
import type { Behaviour } from '../limit/cell.ts'
import type { Repetition, Workload } from '../workload.ts'

const leaves = 1_000_000
const branches = 10
/** The leaves are numbered from 0, so this is what must come out. */
const total = (leaves * (leaves - 1)) / 2

export const skynet: Workload = { troupe, limit }

/** Where in the tree an actor is: the number of its first leaf, and how many it has. */
interface Place {
  readonly first: number
  readonly size: number
}

type Above = Ref<{ sum(part: number): void }> | undefined
type State = { readonly above: Above; sum: number; left: number }
type Table = { grow(self: Self<State>, at: Place): void; sum(self: Self<State>, part: number): void }
/** Written out, because it spawns itself. */
type Branch = Definition<[above: Above], State, Table>

async function troupe(): Promise<Repetition> {
  const answer = new Answer()
  const definition = branchDefinition(answer)
  const node = await startNode()
  return async () => {
    const root = await node.spawn(definition, undefined, undefined)
    return await timed(answer, () => root.tell('grow', { first: 0, size: leaves }))
  }
}

async function limit(): Promise<Repetition> {
  const answer = new Answer()
  return () => timed(answer, () => put(new Cell(new BareBranch(answer)), { first: 0, size: leaves }))
}

async function timed(answer: Answer, start: () => void): Promise<{ 'skynet/time': number }> {
  const startMs = performance.now()
  start()
  await answer.given()
  return { 'skynet/time': performance.now() - startMs }
}

/** The sum that the root gives, checked. */
class Answer {
  readonly #gate = new Gate()
  #sum = 0

  give(sum: number): void {
    this.#sum = sum
    this.#gate.open()
  }

  async given(): Promise<void> {
    await this.#gate.opened()
    if (this.#sum !== total) throw new Error(`the leaves sum up to ${this.#sum}, not to ${total}`)
  }
}

function branchDefinition(answer: Answer): Branch {
  const branch: Branch = defineActor('branch', {
    state: (above: Above) => ({ above, sum: 0, left: branches }),
    on: {
      grow(self, { first, size }: Place) {
        if (size === 1) {
          self.state.above?.tell('sum', first)
          self.stop()
          return
        }
        const part = size / branches
        for (let i = 0; i < branches; i++) {
          self.spawn(branch, undefined, self.ref).tell('grow', { first: first + i * part, size: part })
        }
      },
      sum(self, part: number) {
        const { state } = self
        state.sum += part
        if (--state.left > 0) return
        if (state.above === undefined) answer.give(state.sum)
        else state.above.tell('sum', state.sum)
        self.stop()
      },
    },
  })
  return branch
}

class BareBranch implements Behaviour {
  readonly #answer: Answer
  #sum = 0
  #left = branches

  constructor(answer: Answer) {
    this.#answer = answer
  }

  receive(message: Place | number, cell: Cell): void {
    if (typeof message === 'number') this.#add(message, cell)
    else if (message.size === 1) this.#give(message.first, cell)
    else this.#grow(message, cell)
  }

  #grow({ first, size }: Place, cell: Cell): void {
    const part = size / branches
    for (let i = 0; i < branches; i++) {
      put(new Cell(new BareBranch(this.#answer), cell), { first: first + i * part, size: part })
    }
  }

  #add(part: number, cell: Cell): void {
    this.#sum += part
    if (--this.#left === 0) this.#give(this.#sum, cell)
  }

  #give(sum: number, cell: Cell): void {
    if (cell.parent === undefined) this.#answer.give(sum)
    else put(cell.parent, sum)
    cell.stop()
  }
}
