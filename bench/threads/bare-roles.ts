// The roles of the bare peers: who sends, counts, asks and answers when there are links and no actors.
import { payloads } from './payload.ts'
import { measureAsks } from './latencies.ts'
import type { AskFigures } from './latencies.ts'
import type { Link } from './link.ts'
import type { PayloadName } from './payload.ts'

/** An actor's number. */
export const role = { source: 0, sink: 1, echo: 2, asker: 3 } as const

/** Takes the messages that are for one number. */
export interface Role {
  hear(kind: number, payload: unknown, from: Link): void
}

/** Counts what comes from its sources, and gives all of them credit at a time. */
export class BareSink implements Role {
  readonly #sources: readonly Link[]
  readonly #read: (payload: never) => number
  readonly #credit: number
  #untilCredit: number
  #left: number
  #sum = 0
  readonly #done: PromiseWithResolvers<number> = Promise.withResolvers()

  /** @param messages from all sources together */
  constructor(name: PayloadName, messages: number, sources: readonly Link[]) {
    const payload = payloads[name]
    this.#sources = sources
    this.#read = payload.read
    this.#left = messages
    this.#credit = payload.creditMessages * sources.length
    this.#untilCredit = this.#credit
  }

  /** Resolves with the sum of all that was read. */
  counted(): Promise<number> {
    return this.#done.promise
  }

  hear(_kind: number, payload: unknown): void {
    // The sources make what this reads.
    this.#sum += this.#read(payload as never)
    if (--this.#left === 0) this.#done.resolve(this.#sum)
    if (--this.#untilCredit > 0) return
    this.#untilCredit = this.#credit
    for (const source of this.#sources) source.tell(role.source, 0, 0)
  }
}

/** Sends two shares at once, and another for each credit. */
export class BareSource implements Role {
  readonly #make: (index: number) => unknown
  readonly #credit: number
  readonly #messages: number
  readonly #sink: Link
  #sent = 0

  constructor(name: PayloadName, messages: number, sink: Link) {
    const payload = payloads[name]
    this.#make = payload.make
    this.#credit = payload.creditMessages
    this.#messages = messages
    this.#sink = sink
  }

  start(): void {
    this.hear()
    this.hear()
  }

  hear(): void {
    const end = Math.min(this.#messages, this.#sent + this.#credit)
    for (let index = this.#sent; index < end; index++) this.#sink.tell(role.sink, 0, this.#make(index))
    this.#sent = end
  }
}

/** Says what it hears. */
export const bareEcho: Role = {
  hear(place, payload, from) {
    from.tell(role.asker, place, payload)
  },
}

/** Asks from several places at once; the kind of a message is the place that waits for the answer. */
export class BareAsker implements Role {
  readonly #echo: Link
  readonly #waiting: ((reply: unknown) => void)[] = []

  constructor(echo: Link) {
    this.#echo = echo
  }

  run(places: number, asks: number): Promise<AskFigures> {
    return measureAsks(asks, places, (place, question) => this.#ask(place, question))
  }

  hear(place: number, payload: unknown): void {
    this.#waiting[place]?.(payload)
  }

  #ask(place: number, question: unknown): Promise<unknown> {
    return new Promise((resolve) => {
      this.#waiting[place] = resolve
      this.#echo.tell(role.echo, place, question)
    })
  }
}
