// A soul: an actor that writes down what it lives through, so that two lives of one name at a time are seen.
import { defineActor } from 'troupe'
import type { Exit, Ref, Self } from 'troupe'

/** Something that a soul did. */
export interface Act {
  readonly path: string
  /** Counts through all lives of all souls. */
  readonly life: number
  readonly atMs: number
  readonly id: string
}

/** What souls and their clients have seen; modules of actors find it in the one place that all share. */
export class Ledger {
  readonly acts: Act[] = []
  readonly downs: { readonly watcher: string; readonly life: number; readonly path: string }[] = []
  readonly #nowMs: () => number
  #lives = 0

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs
    ;(globalThis as Record<symbol, unknown>)[place] = this
  }

  begin(): number {
    return ++this.#lives
  }

  act(path: string, life: number, id: string): void {
    this.acts.push({ path, life, atMs: this.#nowMs(), id })
  }

  down(watcher: string, life: number, path: string): void {
    this.downs.push({ watcher, life, path })
  }
}

const place = Symbol.for('test.cluster.ledger')

function ledger(): Ledger {
  return (globalThis as Record<symbol, unknown>)[place] as Ledger
}

interface State {
  readonly life: number
}

const handlers = {
  note(self: Self<State>, id: string) {
    ledger().act(self.ref.path, self.state.life, id)
  },
  echo(self: Self<State>, id: string) {
    ledger().act(self.ref.path, self.state.life, id)
    return id
  },
  /** Asks another in its own name. */
  async pass(self: Self<State>, [ref, id]: readonly [Ref, string]): Promise<unknown> {
    ledger().act(self.ref.path, self.state.life, id)
    return await ref.ask('echo', id, { timeoutMs: 1_000 })
  },
  watch(self: Self<State>, ref: Ref) {
    self.watch(ref)
  },
  crash() {
    throw new TypeError('it stumbled')
  },
}

export const soul = defineActor('soul', {
  state: (): State => ({ life: ledger().begin() }),
  on: handlers,
  down(self: Self<State>, { path }: Ref, _exit: Exit) {
    ledger().down(self.ref.path, self.state.life, path)
  },
})

/** The same as an entity. */
export const sprite = defineActor('sprite', {
  state: (_key: string): State => ({ life: ledger().begin() }),
  on: { note: handlers.note, echo: handlers.echo },
})
