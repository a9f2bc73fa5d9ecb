// Showing: runs an order and writes its answer, record by record where it goes on answering.
import { unlessAborted } from '../verbs/within.ts'
import { envelope } from './envelope.ts'
import { OK } from './outcome.ts'
import type { AnsweringCommand, Shell, StreamingCommand } from './command.ts'
import type { Content } from './envelope.ts'
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
  /** Others may have the screen. */
  readonly isBackground?: boolean
}

/** Runs a command with one answer. @throws what the command throws, and `command-cancelled` */
export async function showAnswer(command: AnsweringCommand, input: unknown, stage: Stage): Promise<Outcome> {
  const { shell, signal, style, output, isJson } = stage
  const data = await unlessAborted(signal, Promise.resolve(command.run(shell, input, signal)))
  const text = isJson ? envelopeOf(stage, command.name, { data }) : command.print(data, style)
  if (text !== '') output.write(text)
  return command.isNo(data) ? { code: 1 } : OK
}

/** Keeps on until the stream ends, somebody cancels it or leaves its screen. Made to be followed once. */
export class StreamShowing {
  readonly #command: StreamingCommand
  readonly #stage: Stage
  readonly #screen: Screen | undefined
  readonly #records: AsyncIterable<unknown>
  readonly #enough = new AbortController()
  readonly #either: AbortSignal
  #count = 0
  #isPaused = false

  /** Begins the stream. @throws what the command throws */
  constructor(command: StreamingCommand, input: unknown, stage: Stage) {
    const { shell, signal, isJson, style, output } = stage
    this.#command = command
    this.#stage = stage
    this.#either = AbortSignal.any([signal, this.#enough.signal])
    const suited = command.suit(input, style)
    this.#records = command.run(shell, suited, this.#either)
    const takesScreen = !isJson && stage.isBackground !== true && command.screen !== undefined
    this.#screen = takesScreen ? output.takeScreen((key) => this.#key(key)) : undefined
    const head = isJson || this.#screen !== undefined ? '' : command.head(suited, style)
    if (head !== '') output.write(head)
  }

  async follow(): Promise<Outcome> {
    const { signal, isJson } = this.#stage
    try {
      await this.#follow(this.#records[Symbol.asyncIterator]())
    } finally {
      this.#screen?.giveBack()
    }
    if (isJson)
      this.#write({ end: { records: this.#count, reason: signal.aborted ? 'cancelled' : 'complete' } })
    return signal.aborted ? { code: 130 } : OK
  }

  /** Shows record after record, until there are no more or somebody has enough. */
  async #follow(records: AsyncIterator<unknown>): Promise<void> {
    const { isJson, style, output } = this.#stage
    try {
      for (;;) {
        const next = await unlessAborted(this.#either, records.next())
        if (next.done === true) return
        this.#count++
        if (isJson) this.#write({ data: next.value })
        else if (this.#screen === undefined) output.write(this.#command.record(next.value, style))
        else if (!this.#isPaused) this.#screen.show(this.#command.screen?.(next.value, style) ?? '')
      }
    } catch (error) {
      if (!this.#either.aborted) throw error
    } finally {
      // Not waited for: a verb that hears no signal must not hold the console.
      void records.return?.()
    }
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
