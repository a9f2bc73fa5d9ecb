// A linearizability log: clients write down their calls and what came of them, each at its place in one order.
import type { Operation } from './linearizability-model.ts'

/** A call that was invoked and has not ended. */
export interface OpenCall<Reply> {
  ok(reply: Reply): void
  /** It surely had no effect. */
  fail(): void
}

/** What is still open when the log is read is of unknown outcome, which is also the way to say so: do nothing. */
export class LinearLog<Call, Reply> {
  readonly #operations: Operation<Call, Reply>[] = []
  #place = 0

  invoke(client: string, key: string, call: Call): OpenCall<Reply> {
    const invoked = this.#place++
    const index = this.#operations.length
    const open: Operation<Call, Reply> = { client, key, call, invoked, outcome: 'info' }
    this.#operations.push(open)
    return {
      ok: (reply) => {
        this.#operations[index] = { ...open, outcome: 'ok', reply, returned: this.#place++ }
      },
      fail: () => {
        this.#operations[index] = { ...open, outcome: 'fail' }
      },
    }
  }

  /** Awaits a call. @param unknownIf whether a failure leaves it open what became of the call; others surely had no effect */
  async run(
    who: { readonly client: string; readonly key: string },
    call: Call,
    made: () => Promise<Reply>,
    unknownIf: (error: unknown) => boolean,
  ): Promise<void> {
    const open = this.invoke(who.client, who.key, call)
    try {
      open.ok(await made())
    } catch (error) {
      if (!unknownIf(error)) open.fail()
    }
  }

  operations(): readonly Operation<Call, Reply>[] {
    return this.#operations.slice()
  }
}
