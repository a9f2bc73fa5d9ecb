// A gate: lets one task after another through, in the order they came, until it is shut.
import { Fault } from '../../runtime/fault.ts'

export class Gate {
  /** A task has ended with what it could not read of the index, and nobody has made that anew. */
  hasFoundDamage = false
  #last: Promise<unknown> = Promise.resolve()
  #refusal: (() => Error) | undefined = undefined

  /** Runs a task when all before it have ended, well or not. */
  run<T>(task: () => Promise<T>): Promise<T> {
    if (this.#refusal !== undefined) return Promise.reject(this.#refusal())
    const result = this.#last.then(task, task)
    this.#last = result.catch((error: unknown) => {
      if (Fault.is(error) && error.code === 'index-damaged') this.hasFoundDamage = true
    })
    return result
  }

  /** Runs the last task; who comes later is refused. */
  shut(task: () => Promise<void>, refusal: () => Error): Promise<void> {
    const result = this.run(task)
    this.#refusal = refusal
    return result
  }
}
