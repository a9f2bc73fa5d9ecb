// Bare threads as the main thread sees them: it starts and connects them and gives them orders, over ports of their own.
import { Worker } from 'node:worker_threads'
import { newEnds } from './bare-ends.ts'
import type { BareEnd, BarePeer } from './bare-ends.ts'
import type { Numbered, Order } from './bare-thread.ts'

export class BareThreads implements AsyncDisposable {
  readonly #peer: BarePeer
  /** By their numbers, which begin with 1. */
  readonly #threads: BareThread[]

  /** Threads are of use at once: what they are told waits until they are ready. */
  constructor(peer: BarePeer, count: number) {
    this.#peer = peer
    this.#threads = Array.from({ length: count }, () => new BareThread())
  }

  /** Makes a link between two threads. */
  async connect(one: number, other: number): Promise<void> {
    const [end, otherEnd] = newEnds(this.#peer)
    await Promise.all([this.#connect(one, other, end), this.#connect(other, one, otherEnd)])
  }

  /** Makes a link between a thread and the main one, and returns the end that stays here. */
  async meet(thread: number): Promise<BareEnd> {
    const [end, otherEnd] = newEnds(this.#peer)
    await this.#connect(thread, 0, otherEnd)
    return end
  }

  /** Resolves with the answer, which each order has a type of its own for. */
  order<T>(thread: number, order: Order): Promise<T> {
    return this.#thread(thread).order(order)
  }

  /** Resolves when a thread has ended by itself and another one in its place has answered. */
  async replace(thread: number): Promise<void> {
    await this.#thread(thread).crash()
    this.#threads[thread - 1] = new BareThread()
    await this.order(thread, { name: 'answer' })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.end()))
  }

  #connect(thread: number, other: number, end: BareEnd): Promise<void> {
    return this.#thread(thread).order({ name: 'connect', thread: other, end }, [end.port])
  }

  #thread(number: number): BareThread {
    const thread = this.#threads[number - 1]
    if (thread === undefined) throw new Error(`there is no thread ${number}`)
    return thread
  }
}

class BareThread {
  // A worker runs from the same kind of file as its parent.
  readonly #worker = new Worker(
    new URL(`./bare-thread.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url),
  )
  readonly #waiting = new Map<number, (answer: unknown) => void>()
  #orders = 0

  constructor() {
    this.#worker.on('message', ({ number, value }: Numbered<unknown>) => {
      this.#waiting.get(number)?.(value)
      this.#waiting.delete(number)
    })
  }

  order<T>(order: Order, transfer: Parameters<Worker['postMessage']>[1] = []): Promise<T> {
    const number = ++this.#orders
    const answer = new Promise<unknown>((resolve) => {
      this.#waiting.set(number, resolve)
    })
    this.#worker.postMessage({ number, value: order } satisfies Numbered<Order>, transfer)
    // The thread answers each order with what that order is for.
    return answer as Promise<T>
  }

  async crash(): Promise<void> {
    const ended = new Promise((resolve) => this.#worker.once('exit', resolve))
    void this.order({ name: 'crash' })
    await ended
  }

  async end(): Promise<void> {
    await this.#worker.terminate()
  }
}
