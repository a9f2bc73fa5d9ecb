// A linear search: looks for an order of the calls of one key that keeps their times and explains every reply.
import type { LinearModel, Operation } from './linearizability-model.ts'

export type Found = 'linear' | 'exhausted' | { readonly reason: string }

/** A call that has to be put in order. */
interface Pending<Call, Reply> {
  readonly operation: Operation<Call, Reply>
  readonly returned: number
  /** Its place among those that returned, by the time it was invoked. */
  readonly index: number
}

/** A call that may come next, and the state after it; `guess` is the number of a call of unknown outcome, else -1. */
interface Step<State, Call, Reply> {
  readonly pending: Pending<Call, Reply> | undefined
  readonly guess: number
  readonly after: State
}

/** A place in the search: the state there, and the steps from it that have not been tried. */
interface Place<State, Call, Reply> {
  readonly state: State
  readonly steps: Step<State, Call, Reply>[]
  /** The step that led here; undefined at the start. */
  readonly by: Step<State, Call, Reply> | undefined
}

/** After Wing and Gong, with Lowe's memory of where it has been; depth first, what returned first is tried first. */
export class LinearSearch<State, Call, Reply> {
  readonly #model: LinearModel<State, Call, Reply>
  readonly #stepsMax: number
  /** By the time they were invoked. */
  readonly #calls: readonly Pending<Call, Reply>[]
  readonly #infos: readonly Operation<Call, Reply>[]
  readonly #done: boolean[]
  #doneCount = 0
  /** The first call that is not in the order. */
  #first = 0
  readonly #guessed = new Set<number>()
  /** For each set of calls and state the guesses that it was reached with. */
  readonly #seen = new Map<string, (readonly number[])[]>()
  #deepest = -1
  #stuck = ''
  steps = 0

  constructor(
    model: LinearModel<State, Call, Reply>,
    operations: readonly Operation<Call, Reply>[],
    stepsMax: number,
  ) {
    this.#model = model
    this.#stepsMax = stepsMax
    const sorted = operations.toSorted((a, b) => a.invoked - b.invoked)
    this.#infos = sorted.filter(({ outcome }) => outcome === 'info')
    this.#calls = sorted
      .filter(({ outcome }) => outcome === 'ok')
      .map((operation, index) => ({ operation, index, returned: operation.returned ?? Infinity }))
    this.#done = this.#calls.map(() => false)
  }

  run(): Found {
    const places: Place<State, Call, Reply>[] = [this.#place(this.#model.start, undefined)]
    for (let place = places.at(-1); place !== undefined; place = places.at(-1)) {
      if (this.#doneCount === this.#calls.length) return 'linear'
      if (this.steps > this.#stepsMax) return 'exhausted'
      const step = place.steps.pop()
      if (step === undefined) {
        places.pop()
        if (place.by !== undefined) this.#mark(place.by, false)
        continue
      }
      this.#mark(step, true)
      if (this.#isNew(step.after)) places.push(this.#place(step.after, step))
      else this.#mark(step, false)
    }
    return { reason: this.#stuck }
  }

  /** The steps that are open in a state, the likeliest last. */
  #place(state: State, by: Step<State, Call, Reply> | undefined): Place<State, Call, Reply> {
    const window = this.#window()
    const steps: Step<State, Call, Reply>[] = []
    const name = this.#model.nameOf(state)
    for (const pending of window) {
      this.steps++
      const { call, reply } = pending.operation
      const after = this.#model.step(state, call, reply)
      if (after === undefined) continue
      const step = { pending, guess: -1, after }
      // It changes nothing, now or later, so whatever else could come next could come after it as well.
      if (this.#model.isLook(call, reply) && this.#model.nameOf(after) === name)
        return { state, steps: [step], by }
      steps.push(step)
    }
    const [first] = window
    if (steps.length === 0 && first !== undefined) this.#note(first, name)
    steps.reverse()
    const guesses = this.#guesses(state, first?.returned ?? Infinity)
    return { state, steps: [...guesses, ...steps], by }
  }

  /** Calls that may come next, since none has returned before they were invoked; those that returned first come first. */
  #window(): Pending<Call, Reply>[] {
    const window: Pending<Call, Reply>[] = []
    let firstReturn = Infinity
    for (let index = this.#first; index < this.#calls.length; index++) {
      const pending = this.#calls[index]
      if (pending === undefined || pending.operation.invoked > firstReturn) break
      if (this.#done[index] === true) continue
      window.push(pending)
      firstReturn = Math.min(firstReturn, pending.returned)
    }
    return window.toSorted((a, b) => a.returned - b.returned)
  }

  /** Calls of unknown outcome that change something; they are tried last, since most of what is unknown need not have happened. */
  #guesses(state: State, until: number): Step<State, Call, Reply>[] {
    const steps: Step<State, Call, Reply>[] = []
    for (const [guess, { invoked, call }] of this.#infos.entries()) {
      if (invoked > until) break
      if (this.#guessed.has(guess)) continue
      this.steps++
      const after = this.#model.step(state, call, undefined)
      if (after === undefined || this.#model.nameOf(after) === this.#model.nameOf(state)) continue
      steps.push({ pending: undefined, guess, after })
    }
    return steps
  }

  #mark({ pending, guess }: Step<State, Call, Reply>, isDone: boolean): void {
    if (pending === undefined) {
      if (isDone) this.#guessed.add(guess)
      else this.#guessed.delete(guess)
      return
    }
    this.#done[pending.index] = isDone
    this.#doneCount += isDone ? 1 : -1
    this.#first = Math.min(this.#first, pending.index)
    while (this.#done[this.#first] === true) this.#first++
  }

  /** The calls in the order are all before the first that is not, and a few beyond; so the text of them is short and exact. */
  #isNew(state: State): boolean {
    let key = `${this.#first}`
    for (let index = this.#first + 1, beyond = this.#doneCount - this.#first; beyond > 0; index++) {
      if (this.#done[index] !== true) continue
      key += `,${index}`
      beyond--
    }
    key += `=${this.#model.nameOf(state)}`
    const before = this.#seen.get(key)
    if (before === undefined) this.#seen.set(key, [[...this.#guessed]])
    // Who came here with fewer guesses could go on in every way that is open now: a guess can still be made later.
    else if (before.some((fewer) => fewer.every((guess) => this.#guessed.has(guess)))) return false
    else before.push([...this.#guessed])
    return true
  }

  /** Keeps the place where the longest order ended. */
  #note({ operation }: Pending<Call, Reply>, state: string): void {
    if (this.#doneCount <= this.#deepest) return
    this.#deepest = this.#doneCount
    const { client, call, reply, invoked, returned } = operation
    this.#stuck =
      `${client} called ${shown(call)} from ${invoked} to ${returned} and got ${shown(reply)}, ` +
      `which nothing explains after ${this.#doneCount} calls in the state ${state}`
  }
}

function shown(value: unknown): string {
  return JSON.stringify(value) ?? String(value)
}
