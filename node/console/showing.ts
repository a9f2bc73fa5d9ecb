// Showing: runs an order and writes its answer, record by record where it goes on answering.
import { unlessAborted } from '../verbs/within.ts'
import { envelope } from './envelope.ts'
import { OK } from './outcome.ts'
import { Progress } from './progress.ts'
import type { Clock } from '../../runtime/clock.ts'
import type { VerbContext } from '../verbs/verb.ts'
import type { AnsweringCommand, StreamingCommand } from './command.ts'
import type { Content } from './envelope.ts'
import type { Outcome } from './outcome.ts'
import type { Output, Screen } from './output.ts'
import type { Style } from './style.ts'

/** What a showing needs besides the order. */
export interface Stage {
  /** The node's own time. */
  readonly clock: Clock
  readonly style: Style
  readonly output: Output
  readonly isJson: boolean
  readonly signal: AbortSignal
  /** Others may have the screen. */
  readonly isBackground?: boolean
}

/** A command with what it is run on and with. */
export interface Call<C> {
  readonly command: C
  run(context: VerbContext): unknown
}

/** A command that goes on answering; its input may have to suit where the output goes. */
export interface StreamCall<C> {
  readonly command: C
  readonly input: unknown
  run(input: unknown, context: VerbContext): AsyncIterable<unknown>
}

type Answering = Pick<AnsweringCommand, 'name' | 'print' | 'isNo' | 'counts'>
type Streaming = Pick<StreamingCommand, 'name' | 'head' | 'record' | 'screen' | 'suit'>

/** Runs a command with one answer. @throws what the command throws, and `command-cancelled` */
export async function showAnswer({ command, run }: Call<Answering>, stage: Stage): Promise<Outcome> {
  const { signal, style, output, isJson } = stage
  const progress = isJson ? undefined : progressOf(command, stage)
  let data: unknown
  try {
    data = await unlessAborted(signal, Promise.resolve(run({ signal, progress: progress?.report })))
  } finally {
    progress?.end()
  }
  const text = isJson ? envelopeOf(stage, command.name, { data }) : command.print(data, style)
  if (text !== '') output.write(text)
  return command.isNo(data) ? { code: 1 } : OK
}

function progressOf({ name, counts }: Answering, { clock, style, output }: Stage): Progress {
  const line = output.takeLine()
  return new Progress({ clock, style, name, counts, line, tell: (text) => output.notice(text) })
}

/** Keeps on until the stream ends, somebody cancels it or leaves its screen. Made to be followed once. */
export class StreamShowing {
  readonly #command: Streaming
  readonly #stage: Stage
  readonly #screen: Screen | undefined
  readonly #records: AsyncIterable<unknown>
  readonly #enough = new AbortController()
  readonly #either: AbortSignal
  #count = 0
  #isPaused = false

  /** Begins the stream. @throws what the command throws */
  constructor({ command, input, run }: StreamCall<Streaming>, stage: Stage) {
    const { signal, isJson, style, output } = stage
    this.#command = command
    this.#stage = stage
    this.#either = AbortSignal.any([signal, this.#enough.signal])
    const suited = command.suit(input, style)
    this.#records = run(suited, { signal: this.#either })
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
export function envelopeOf({ clock }: Pick<Stage, 'clock'>, command: string, content: Content): string {
  return envelope(command, clock.wall(), content)
}
