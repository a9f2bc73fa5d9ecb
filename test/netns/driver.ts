// A driver: speaks to roots all the time, from one process, and writes down what it has sent and asked and what came of it.
import { Fault } from '../../runtime/fault.ts'
import { say } from './witnessed.ts'
import type { Alarm, Clock } from '../../runtime/clock.ts'
import type { Node } from '../../node/node.ts'

/** How long each ask may take. */
export const askMs = 2_000
/** Of so many messages one is an ask. */
const asksEvery = 5

export class Driver {
  readonly #node: Node
  readonly #clock: Clock
  readonly #from: string
  readonly #open = new Set<Promise<void>>()
  readonly #seqs = new Map<string, number>()
  #alarm: Alarm | undefined = undefined

  constructor(node: Node, clock: Clock) {
    this.#node = node
    this.#clock = clock
    this.#from = `${node.name}-${process.pid}`
  }

  /** Speaks to these from now on, and to no others. */
  start(roots: readonly string[], everyMs: number): void {
    this.#alarm?.cancel()
    const turn = (): void => {
      for (const root of roots) this.#speak(root)
      this.#alarm = this.#clock.alarm(this.#clock.now() + everyMs, turn)
    }
    turn()
  }

  /** Resolves once all asks have ended. */
  async stop(): Promise<void> {
    this.#alarm?.cancel()
    await Promise.all(this.#open)
  }

  #speak(root: string): void {
    const ref = this.#node.find(root)
    if (ref === undefined) return
    const seq = (this.#seqs.get(root) ?? 0) + 1
    this.#seqs.set(root, seq)
    const from = this.#from
    const id = `${from} ${root} ${seq}`
    const message = { id, from, seq }
    say({ type: 'sent', id, from, to: root, seq })
    if (seq % asksEvery !== 0) {
      ref.tell('count', message)
      return
    }
    say({ type: 'asked', id, timeoutMs: askMs, to: root })
    const asked = ref.ask('echo', message, { timeoutMs: askMs }).then(
      (echo) => say({ type: 'answered', id, how: 'reply', echo }),
      (fault: unknown) => {
        const code = Fault.is(fault) ? fault.code : String(fault)
        say({ type: 'answered', id, how: code === 'ask-expired' ? 'expired' : 'fault', code })
      },
    )
    this.#open.add(asked)
    void asked.finally(() => this.#open.delete(asked))
  }
}
