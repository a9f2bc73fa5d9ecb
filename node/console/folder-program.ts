// A folder program: a family of tasks on a folder whose node does not run, such as `troupe journal ls ./data`; how it is called and answers.
import { called, actsOf } from './family.ts'
import { commandLines, helpPage } from './help-page.ts'
import { envelope } from './envelope.ts'
import { Fault } from '../../runtime/fault.ts'
import { faultText } from './fault-text.ts'
import { inputOf } from '../verbs/input.ts'
import { plainOutput } from './pipe.ts'
import { readArguments } from './arguments.ts'
import { redrawnLine } from './redrawn-line.ts'
import { Style } from './style.ts'
import type { Writable } from 'node:stream'
import type { AnySignature } from '../verbs/verb.ts'
import type { Clock } from '../../runtime/clock.ts'
import type { ExitCode, Outcome } from './outcome.ts'
import type { Output } from './output.ts'
import type { SessionOptions } from './session.ts'
import type { Stage } from './showing.ts'

/** What it needs of the world; a test brings its own. */
export interface FolderSurroundings {
  readonly stdout: Writable & { readonly isTTY?: boolean; readonly columns?: number }
  readonly stderr: Writable & { readonly isTTY?: boolean }
  readonly env: Readonly<Record<string, string | undefined>>
  readonly clock: Clock
  /** Aborted when somebody does not want it any more. */
  readonly signal: AbortSignal
}

export interface FolderTask extends AnySignature {
  /** As it is called in a console: `journal ls`. */
  readonly command: string
}

export interface FolderFamily<T extends FolderTask> {
  /** The first word of all its tasks. */
  readonly name: string
  /** What the folder is called in its help. */
  readonly folder: string
  readonly tasks: readonly T[]
  /** The input has gone through `inputOf` with the parameters of the task. */
  perform(task: T, input: Readonly<Record<string, unknown>>, stage: Stage): Promise<Outcome>
}

interface Understood<T> {
  readonly task: T
  readonly input: Record<string, unknown>
}

export class FolderProgram<T extends FolderTask> {
  readonly #family: FolderFamily<T>
  readonly #options: SessionOptions
  readonly #surroundings: FolderSurroundings
  readonly #style: Style
  readonly #output: Output
  #isJson: boolean
  #command: string

  constructor(family: FolderFamily<T>, options: SessionOptions, surroundings: FolderSurroundings) {
    const { stdout, stderr, env } = surroundings
    const { noColor, color } = options.input
    this.#family = family
    this.#command = family.name
    this.#options = options
    this.#surroundings = surroundings
    this.#isJson = options.isJson || options.words.some(({ text }) => text === '--json')
    this.#style = new Style({
      env,
      isTerminal: stdout.isTTY === true,
      columns: stdout.columns,
      color: noColor ? false : color ? true : undefined,
    })
    this.#output = {
      ...plainOutput(stdout, stderr),
      takeLine: () => (stderr.isTTY === true && env['TERM'] !== 'dumb' ? redrawnLine(stderr) : undefined),
    }
  }

  async run(): Promise<ExitCode> {
    let understood: Understood<T> | undefined
    try {
      understood = await this.#understand()
      if (understood === undefined) return 0
      return await this.#perform(understood)
    } catch (error) {
      const fault = Fault.wrap(error, 'command-failed', `Cannot run "${this.#command}"`)
      this.#tell(fault)
      if (understood === undefined) return 2
      return fault.code === 'command-cancelled' ? 130 : 1
    }
  }

  /** @returns undefined if help was asked for, which is said then @throws {Fault} */
  async #understand(): Promise<Understood<T> | undefined> {
    const { words } = this.#options
    const { name, folder, tasks } = this.#family
    const named = tasks.map((task) => ({ name: task.command, task }))
    const second = words[1]?.text
    if (second === '--help' || second === '-h') {
      const lines = commandLines(tasks, this.#style)
      this.#output.write(
        [`troupe ${name} ${actsOf(named, name).join('|')} ${folder} …`, '', ...lines].join('\n'),
      )
      return undefined
    }
    const call = called(named, words)
    const { task } = call.command
    this.#command = task.command
    const { values, isJson, isHelp } = await readArguments(task, call.words)
    this.#isJson ||= isJson
    if (!isHelp) return { task, input: inputOf(task, values) }
    this.#output.write(helpPage(task, this.#style))
    return undefined
  }

  async #perform({ task, input }: Understood<T>): Promise<ExitCode> {
    const { clock, signal } = this.#surroundings
    const stage: Stage = { clock, style: this.#style, output: this.#output, isJson: this.#isJson, signal }
    const { code } = await this.#family.perform(task, input, stage)
    return code
  }

  #tell(fault: Fault): void {
    if (fault.code === 'command-cancelled' && !this.#isJson)
      this.#output.notice(this.#style.paint('faint', 'cancelled'))
    else if (this.#isJson)
      this.#output.write(envelope(this.#command, this.#surroundings.clock.wall(), { error: fault }))
    else this.#output.notice(faultText(fault, this.#style))
  }
}
