// A console: runs lines on a node, one after the other, and shows what comes of them.
import { escapeText } from '../../runtime/escape.ts'
import { Fault } from '../../runtime/fault.ts'
import { cancelledFault } from '../verbs/within.ts'
import { faultText } from './fault-text.ts'
import { Jobs } from './jobs.ts'
import { faultOf, orderOf } from './order.ts'
import { OK } from './outcome.ts'
import { envelopeOf, showAnswer, StreamShowing } from './showing.ts'
import { tokensOf } from './tokens.ts'
import type { Disk, DurableDisk } from '../../runtime/disk.ts'
import type { Node } from '../node.ts'
import type { VerbContext } from '../verbs/verb.ts'
import type { AnyCommand, Shell } from './command.ts'
import type { Order } from './order.ts'
import type { ExitCode, Outcome } from './outcome.ts'
import type { Output } from './output.ts'
import type { Style } from './style.ts'
import type { Token } from './tokens.ts'

/** Scripts that may run each other. */
export const scriptDepthMax = 16

export interface ConsoleParts {
  readonly node: Node
  readonly disk: Disk
  readonly durableDisk: DurableDisk
  readonly commands: readonly AnyCommand[]
  readonly style: Style
  readonly output: Output
  /** Every answer is an envelope. */
  readonly isJson?: boolean
}

/** Runs at most one line at a time: whoever has lines waits for each. */
export class Console implements Shell {
  readonly node: Node
  readonly disk: Disk
  readonly durableDisk: DurableDisk
  readonly commands: readonly AnyCommand[]
  readonly style: Style
  readonly #output: Output
  readonly #isJson: boolean
  readonly #jobs = new Jobs()
  #running: AbortController | undefined = undefined
  #scriptDepth = 0
  /** Whether the line that runs now answers in envelopes: a script's lines then do too. */
  #isJsonNow = false
  #isLeaving = false

  constructor({ node, disk, durableDisk, commands, style, output, isJson }: ConsoleParts) {
    this.node = node
    this.disk = disk
    this.durableDisk = durableDisk
    this.commands = commands
    this.style = style
    this.#output = output
    this.#isJson = isJson ?? false
  }

  /** Whether `exit` was run: no further line is wanted. */
  get isLeaving(): boolean {
    return this.#isLeaving
  }

  leave(): void {
    this.#isLeaving = true
  }

  /** Ends the command that runs now, or else the streams beside it; says whether there was one. What it has begun goes on. */
  cancel(): boolean {
    if (this.#running === undefined) return this.#jobs.cancel()
    this.#running.abort()
    return true
  }

  /** Ends what goes on beside the lines. */
  close(): Promise<void> {
    return this.#jobs.close()
  }

  /** Runs a line, or words that a shell has cut already, and shows the answer or the fault. Never throws. */
  async execute(line: string | readonly Token[]): Promise<Outcome> {
    const controller = new AbortController()
    this.#running = controller
    this.#isJsonNow = this.#isJson
    try {
      const outcome = await this.#perform(line, controller.signal)
      if (outcome.fault !== undefined) this.#showFault(outcome.fault, line)
      return outcome
    } finally {
      this.#running = undefined
    }
  }

  /** Runs the lines of a script; returns how many were no comments. @throws {ScriptFailed} at the first line that fails */
  async runScript(file: string, lines: readonly string[], signal: AbortSignal): Promise<number> {
    if (this.#scriptDepth >= scriptDepthMax) {
      throw new Fault(
        'script-too-deep',
        `Cannot run "${escapeText(file, 300)}": ${scriptDepthMax} scripts run each other already`,
        {
          hint: 'Look for scripts that run each other in a circle.',
        },
      )
    }
    this.#scriptDepth++
    try {
      return await this.#runLines(file, lines, signal)
    } finally {
      this.#scriptDepth--
    }
  }

  async #runLines(file: string, lines: readonly string[], signal: AbortSignal): Promise<number> {
    const isJson = this.#isJsonNow
    let count = 0
    for (const [index, line] of lines.entries()) {
      if (this.#isLeaving || signal.aborted) break
      if (/^\s*(?:#|$)/.test(line)) continue
      this.#isJsonNow = isJson
      // The lines of a script run one after the other.
      const outcome = await this.#perform(line, signal)
      count++
      if (outcome.code !== 0) throw new ScriptFailed(`${escapeText(file, 300)}:${index + 1}`, outcome)
    }
    return count
  }

  /** Runs a line and shows its answer, not its fault. */
  async #perform(line: string | readonly Token[], signal: AbortSignal): Promise<Outcome> {
    let isUnderstood = false
    try {
      const order = await orderOf(this.commands, typeof line === 'string' ? tokensOf(line) : line)
      if (order === undefined) return OK
      isUnderstood = true
      return await this.#show(order, signal)
    } catch (error) {
      if (error instanceof ScriptFailed) return error.outcome
      const fault = faultOf(error, firstWord(line))
      return { code: exitCodeOf(fault, isUnderstood), fault }
    }
  }

  #show({ command, input, isJson, isBackground }: Order, signal: AbortSignal): Promise<Outcome> {
    // The lines of a script begin while the line that runs it is under way.
    this.#isJsonNow ||= isJson
    const stage = {
      clock: this.node.runtime.host.clock,
      style: this.style,
      output: this.#output,
      isJson: this.#isJsonNow,
      isBackground,
    }
    if (command.answers === 'once') {
      const run = (context: VerbContext): unknown => command.run(this, input, context)
      return showAnswer({ command, run }, { ...stage, signal })
    }
    const call = {
      command,
      input,
      run: (suited: unknown, context: VerbContext) => command.run(this, suited, context),
    }
    if (!isBackground) return new StreamShowing(call, { ...stage, signal }).follow()
    this.#jobs.start((ended) => {
      const showing = new StreamShowing(call, { ...stage, signal: ended })
      return showing.follow().then(
        () => {
          if (this.style.isTerminal)
            this.#output.notice(this.style.paint('faint', `${command.name} has ended`))
        },
        (error: unknown) => this.#showFault(faultOf(error, command.name), command.name),
      )
    })
    return Promise.resolve(OK)
  }

  #showFault(fault: Fault, line: string | readonly Token[]): void {
    if (fault.code === 'command-cancelled' && !this.#isJson) {
      this.#output.notice(this.style.paint('faint', 'cancelled'))
    } else if (this.#isJson || isJsonLine(line)) {
      this.#output.write(envelopeOf(this.node.runtime.host, firstWord(line), { error: fault }))
    } else this.#output.notice(faultText(fault, this.style))
  }
}

/** Thrown through the command `run`: the outcome of the line that failed, with its place. */
class ScriptFailed extends Error {
  readonly outcome: Outcome

  constructor(place: string, { code, fault }: Outcome) {
    super(`${place} failed`)
    const { message, ...rest } = (fault ?? (code === 130 ? cancelledFault() : answerNo())).toJSON()
    this.outcome = { code, fault: Fault.from({ ...rest, message: `${place}: ${message}` }) }
  }
}

function answerNo(): Fault {
  return new Fault('answer-no', 'Cannot go on: the answer is no', { hint: 'Read the lines above.' })
}

function exitCodeOf(fault: Fault, isUnderstood: boolean): ExitCode {
  if (!isUnderstood) return 2
  return fault.code === 'command-cancelled' ? 130 : 1
}

function firstWord(line: string | readonly Token[]): string {
  const word =
    typeof line === 'string' ? (/\S+/.exec(line.slice(0, 1_000))?.[0] ?? '') : (line[0]?.text ?? '')
  return escapeText(word, 60)
}

/** A line that cannot be understood may still have said how its fault is to be told. */
function isJsonLine(line: string | readonly Token[]): boolean {
  return typeof line === 'string'
    ? /(?:^|\s)--json(?:\s|$)/.test(line)
    : line.some(({ text }) => text === '--json')
}
