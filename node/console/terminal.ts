// A terminal: a prompt with editing, completion and history, and keys that cancel and leave.
import { createInterface } from 'node:readline'
import { Bulletin } from './bulletin.ts'
import { completion } from './completion.ts'
import { Echo } from './echo.ts'
import { redrawnLine } from './redrawn-line.ts'
import { terminalScreen } from './terminal-screen.ts'
import type { Interface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import type { Clock } from '../../runtime/clock.ts'
import type { Console } from './console.ts'
import type { History } from './history.ts'
import type { Node } from '../node.ts'
import type { ExitCode } from './outcome.ts'
import type { Output, RedrawnLine, Screen } from './output.ts'
import type { Style } from './style.ts'

/** A second Ctrl-C within this time leaves, in milliseconds. */
export const leaveMsMax = 2_000
/** Lines that the arrow keys go back. */
const recalledMax = 1_000

/** What a terminal is written to. */
export type TerminalOutput = Writable & { readonly columns?: number; readonly rows?: number }

export interface TerminalParts {
  readonly input: Readable
  readonly output: TerminalOutput
  readonly clock: Clock
  readonly style: Style
}

/** Made before its console, which writes to it; opened once. */
export class Terminal implements Output {
  readonly #parts: TerminalParts
  readonly #echo: Echo
  readonly #lines: string[] = []
  readonly #ended: PromiseWithResolvers<ExitCode> = Promise.withResolvers()
  #readline: Interface | undefined = undefined
  #console: Console | undefined = undefined
  #history: History | undefined = undefined
  #bulletin: Bulletin | undefined = undefined
  #interruptedMs = -Infinity
  #isAtPrompt = false
  #isWorking = false
  #line: RedrawnLine | undefined = undefined

  constructor(parts: TerminalParts) {
    this.#parts = parts
    this.#echo = new Echo(parts.output)
  }

  /** Text that comes while somebody types goes above the line that is typed. */
  write(text: string): void {
    const { output, style } = this.#parts
    if (!this.#isAtPrompt) {
      this.#line?.clear()
      output.write(`${text}\n`)
      return
    }
    output.write(style.isTerminal ? `\r\u001B[J${text}\n` : `\n${text}\n`)
    this.#renewPrompt()
    this.#readline?.prompt(true)
  }

  notice(text: string): void {
    this.write(text)
  }

  takeScreen(onKey: (key: string) => void): Screen | undefined {
    const { input, output, style } = this.#parts
    if (!style.isTerminal) return undefined
    this.#echo.isMuted = true
    const screen = terminalScreen(output)
    const hear = (_text: unknown, key: { readonly name?: string } | undefined): void => onKey(key?.name ?? '')
    input.on('keypress', hear)
    return {
      show: (text) => screen.show(text),
      giveBack: () => {
        input.off('keypress', hear)
        // What was typed meanwhile was meant for the screen.
        this.#dropLine()
        this.#lines.length = 0
        this.#echo.isMuted = false
        screen.giveBack()
      },
    }
  }

  takeLine(): RedrawnLine | undefined {
    const { output, style } = this.#parts
    if (!style.isTerminal) return undefined
    this.#line = redrawnLine(output, () => this.#isAtPrompt)
    return this.#line
  }

  /** Reads and runs lines until somebody leaves; returns the exit code. */
  async open(console: Console, history: History): Promise<ExitCode> {
    this.#console = console
    this.#history = history
    const { input, output, style } = this.#parts
    const readline = createInterface({
      input,
      output: this.#echo,
      terminal: true,
      prompt: promptOf(console.node, style),
      history: await history.load(),
      historySize: recalledMax,
      removeHistoryDuplicates: true,
      completer: (line: string, answer: CompleterAnswer) => this.#complete(line, answer),
    })
    this.#readline = readline
    this.#bulletin = new Bulletin(console.node, style, (text) => this.notice(text))
    output.on('resize', this.#resized)
    readline.on('line', (line) => this.#hear(line))
    readline.on('SIGINT', () => this.interrupt())
    readline.on('close', () => this.leave(0))
    this.#prompt()
    const code = await this.#ended.promise
    output.off('resize', this.#resized)
    this.#bulletin.close()
    await history.close()
    return code
  }

  /** Ctrl-C: cancels the command, or the line; twice leaves. */
  interrupt(): void {
    const { clock, style } = this.#parts
    const isSecond = clock.now() - this.#interruptedMs <= leaveMsMax
    this.#interruptedMs = clock.now()
    if (isSecond) {
      this.leave(130)
      return
    }
    this.#lines.length = 0
    const wasRunning = this.#console?.cancel() ?? false
    if (this.#isWorking) return
    this.#dropLine()
    if (!wasRunning) this.notice(style.paint('faint', 'Ctrl-C again leaves.'))
  }

  /** Empties the line that is typed. */
  #dropLine(): void {
    this.#readline?.write(null, { ctrl: true, name: 'e' })
    this.#readline?.write(null, { ctrl: true, name: 'u' })
  }

  /** Ends the reading; gives the terminal back as it was. */
  leave(code: ExitCode): void {
    this.#isAtPrompt = false
    this.#isWorking = true
    this.#console?.cancel()
    this.#ended.resolve(code)
    this.#readline?.close()
  }

  readonly #resized = (): void => {
    const { output, style } = this.#parts
    if (output.columns !== undefined) style.columns = output.columns
  }

  #hear(line: string): void {
    this.#lines.push(line)
    if (!this.#isWorking) void this.#work()
  }

  /** Runs what was typed or pasted, one line after the other. */
  async #work(): Promise<void> {
    this.#isWorking = true
    this.#isAtPrompt = false
    this.#bulletin?.hold()
    for (let line = this.#lines.shift(); line !== undefined; line = this.#lines.shift()) {
      this.#history?.add(line)
      await this.#console?.execute(line)
      if (this.#console?.isLeaving === true) {
        this.leave(0)
        return
      }
    }
    this.#isWorking = false
    this.#prompt()
  }

  #prompt(): void {
    this.#bulletin?.release()
    this.#isAtPrompt = true
    this.#renewPrompt()
    this.#readline?.prompt()
  }

  /** The node may be frozen by now, or no more. */
  #renewPrompt(): void {
    if (this.#console !== undefined)
      this.#readline?.setPrompt(promptOf(this.#console.node, this.#parts.style))
  }

  #complete(line: string, answer: CompleterAnswer): void {
    const console = this.#console
    if (console === undefined) return
    void completion(line, console).then(({ word, offers }) => {
      const [only] = offers
      const isWhole = offers.length === 1 && only !== undefined && !only.endsWith('/')
      answer(null, [isWhole ? [`${only} `] : [...offers], word])
    })
  }
}

/** The node's name, and whether it may do what must be unique. */
function promptOf({ name, cluster }: Node, style: Style): string {
  const isFrozen = cluster !== undefined && !cluster.mayAct
  const mark = isFrozen ? ` ${style.paint('warning', `${style.characters.status.suspended} frozen`)}` : ''
  return `${style.paint('strong', name)}${mark}> `
}

type CompleterAnswer = (error: null, result: [string[], string]) => void
