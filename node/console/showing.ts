// Showing: runs an order and writes its answer, record by record where it goes on answering.
import { unlessAborted } from '../verbs/within.ts'
import { envelope } from './envelope.ts'
import { OK } from './outcome.ts'
import type { AnsweringCommand, Shell, StreamingCommand } from './command.ts'
import type { Content } from './envelope.ts'
import type { Order } from './order.ts'
import type { Outcome } from './outcome.ts'
import type { Output, Screen } from './output.ts'
import type { Style } from './style.ts'

/** What a showing needs besides the order. */
export interface Stage {
  readonly shell: Shell
  readonly style: Style
  readonly output: Output
  readonly isJson: boolean
  readonly signal: AbortSignal
}

/** Runs an order. @throws what the command throws, and `command-cancelled` */
export function show({ command, input }: Order, stage: Stage): Promise<Outcome> {
  return command.answers === 'once' ? showAnswer(command, input, stage) : new StreamShowing(command, input, stage).run()
}

async function showAnswer(command: AnsweringCommand, input: unknown, stage: Stage): Promise<Outcome> {
  const { shell, signal, style, output, isJson } = stage
  const data = await unlessAborted(signal, Promise.resolve(command.run(shell, input, signal)))
  const text = isJson ? envelopeOf(stage, command.name, { data }) : command.print(data, style)
  if (text !== '') output.write(text)
  return command.isNo(data) ? { code: 1 } : OK
}

/** Keeps on until the stream ends, somebody cancels it or leaves its screen. */
class StreamShowing {
  readonly #command: StreamingCommand
  readonly #input: unknown
  readonly #stage: Stage
  readonly #enough = new AbortController()
  #records = 0
  #isPaused = false

  constructor(command: StreamingCommand, input: unknown, stage: Stage) {
    this.#command = command
    this.#input = stage.isJson ? input : command.suit(input, stage.style)
    this.#stage = stage
  }

  async run(): Promise<Outcome> {
    const { shell, signal, isJson, style, output } = this.#stage
    const either = AbortSignal.any([signal, this.#enough.signal])
    const records = this.#command.run(shell, this.#input, either)
    const screen = isJson || this.#command.screen === undefined ? undefined : output.takeScreen((key) => this.#key(key))
    if (screen === undefined && !isJson) this.#head(style)
    try {
      await this.#follow(records[Symbol.asyncIterator](), either, screen)
    } finally {
      screen?.giveBack()
    }
    if (isJson) this.#write({ end: { records: this.#records, reason: signal.aborted ? 'cancelled' : 'complete' } })
    return signal.aborted ? { code: 130 } : OK
  }

  /** Shows record after record, until there are no more or somebody has enough. */
  async #follow(records: AsyncIterator<unknown>, enough: AbortSignal, screen: Screen | undefined): Promise<void> {
    const { isJson, style, output } = this.#stage
    try {
      for (;;) {
        // oxlint-disable-next-line no-await-in-loop
        const next = await unlessAborted(enough, records.next())
        if (next.done === true) return
        this.#records++
        if (isJson) this.#write({ data: next.value })
        else if (screen === undefined) output.write(this.#command.record(next.value, style))
        else if (!this.#isPaused) screen.show(this.#command.screen?.(next.value, style) ?? '')
      }
    } catch (error) {
      if (!enough.aborted) throw error
    } finally {
      // Not waited for: a verb that hears no signal must not hold the console.
      void records.return?.()
    }
  }

  #head(style: Style): void {
    const head = this.#command.head(this.#input, style)
    if (head !== '') this.#stage.output.write(head)
  }

  #key(key: string): void {
    if (key === 'q') this.#enough.abort()
    if (key === 'space') this.#isPaused = !this.#isPaused
  }

  #write(content: Content): void {
    this.#stage.output.write(envelopeOf(this.#stage, this.#command.name, content))
  }
}

/** One line of JSON, at the node's own time. */
export function envelopeOf({ shell }: Pick<Stage, 'shell'>, command: string, content: Content): string {
  return envelope(command, shell.node.runtime.host.clock.wall(), content)
}
