// A clerk: the actor of the main thread that is told when a job elsewhere is done, so that the measuring program hears of it.
import { defineActor } from 'troupe'
import type { Node, Ref } from 'troupe'
import type { ClerkProtocol } from './actors.ts'

export class Clerk {
  readonly ref: Ref<ClerkProtocol>
  readonly #desk: Desk

  private constructor(ref: Ref<ClerkProtocol>, desk: Desk) {
    this.ref = ref
    this.#desk = desk
  }

  static async at(node: Node): Promise<Clerk> {
    const desk = new Desk()
    const definition = defineActor('clerk', {
      on: {
        done(_self, value: number) {
          desk.put(value)
        },
      },
    })
    return new Clerk(await node.spawn(definition, { name: 'clerk', place: 'main' }), desk)
  }

  /** Resolves once it has been told so many values; wait before the first of them can have come. */
  told(count: number): Promise<readonly number[]> {
    return this.#desk.filled(count)
  }
}

class Desk {
  #values: number[] = []
  #wanted = 0
  #filled: PromiseWithResolvers<readonly number[]> = Promise.withResolvers()

  filled(count: number): Promise<readonly number[]> {
    this.#values = []
    this.#wanted = count
    this.#filled = Promise.withResolvers()
    return this.#filled.promise
  }

  put(value: number): void {
    if (this.#values.push(value) === this.#wanted) this.#filled.resolve(this.#values)
  }
}
