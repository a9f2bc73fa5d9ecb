// The program `troupe journal`: looks after the journal in a folder, without a node.
import { resolve } from 'node:path'
import { called, actsOf } from './family.ts'
import { commandLines, helpPage } from './help-page.ts'
import { envelope } from './envelope.ts'
import { Fault } from '../../runtime/fault.ts'
import { faultText } from './fault-text.ts'
import { inputOf } from '../verbs/input.ts'
import { journalTasks } from './journal-tasks.ts'
import { openOfflineArchive } from '../journal/offline-archive.ts'
import { plainOutput } from './pipe.ts'
import { Progress } from './progress.ts'
import { readArguments } from './arguments.ts'
import { redrawnLine } from './redrawn-line.ts'
import { Style } from './style.ts'
import type { Writable } from 'node:stream'
import type { ExitCode } from './outcome.ts'
import type { OfflineArchive, OfflineParts } from '../journal/offline-archive.ts'
import type { Output } from './output.ts'
import type { SessionOptions } from './session.ts'
import type { Stage } from './showing.ts'
import type { Task } from './journal-tasks.ts'

/** What it needs of the world; a test brings its own. */
export interface JournalSurroundings {
  readonly stdout: Writable & { readonly isTTY?: boolean; readonly columns?: number }
  readonly stderr: Writable & { readonly isTTY?: boolean }
  readonly env: Readonly<Record<string, string | undefined>>
  readonly offline: OfflineParts
  /** Aborted when somebody does not want it any more. */
  readonly signal: AbortSignal
}

interface Understood {
  readonly task: Task
  readonly input: Record<string, unknown>
  readonly isJson: boolean
}

export async function runJournalProgram(
  options: SessionOptions,
  surroundings: JournalSurroundings,
): Promise<ExitCode> {
  const run = new JournalRun(options, surroundings)
  return await run.run()
}

class JournalRun {
  readonly #options: SessionOptions
  readonly #surroundings: JournalSurroundings
  readonly #style: Style
  readonly #output: Output
  #isJson: boolean
  #command = 'journal'

  constructor(options: SessionOptions, surroundings: JournalSurroundings) {
    const { stdout, stderr, env } = surroundings
    const { noColor, color } = options.input
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
    let understood: Understood | undefined
    try {
      understood = await this.#understand()
      if (understood === undefined) return 0
      this.#isJson = understood.isJson
      return await this.#perform(understood)
    } catch (error) {
      const fault = Fault.wrap(error, 'command-failed', `Cannot run "${this.#command}"`)
      this.#tell(fault)
      if (understood === undefined) return 2
      return fault.code === 'command-cancelled' ? 130 : 1
    }
  }

  /** @returns undefined if help was asked for, which is said then @throws {Fault} */
  async #understand(): Promise<Understood | undefined> {
    const { words } = this.#options
    const named = journalTasks.map((task) => ({ name: task.command, task }))
    const [first, second] = words.map(({ text }) => text)
    if (second === '--help' || second === '-h') {
      const acts = actsOf(named, first ?? '')
      const lines = commandLines(journalTasks, this.#style)
      this.#output.write([`troupe journal ${acts.join('|')} FOLDER …`, '', ...lines].join('\n'))
      return undefined
    }
    const call = called(named, words)
    const { task } = call.command
    this.#command = task.command
    const { values, isJson, isHelp } = await readArguments(task, call.words)
    if (!isHelp) return { task, input: inputOf(task, values), isJson: this.#isJson || isJson }
    this.#output.write(helpPage(task, this.#style))
    return undefined
  }

  async #perform({ task, input }: Understood): Promise<ExitCode> {
    const { offline, signal } = this.#surroundings
    const { clock, disk } = offline
    const archive = await this.#open(task, input)
    try {
      const stage: Stage = { clock, style: this.#style, output: this.#output, isJson: this.#isJson, signal }
      const { folder: _folder, ...own } = input
      const { code } = await task.show({ archive, disk }, own, stage)
      return code
    } finally {
      await archive.close()
    }
  }

  /** The end of a long log is read first: that may take its time, too. */
  async #open(task: Task, input: Readonly<Record<string, unknown>>): Promise<OfflineArchive> {
    const { offline } = this.#surroundings
    const progress = new Progress({
      clock: offline.clock,
      style: this.#style,
      name: 'open',
      counts: 'bytes',
      line: this.#isJson ? undefined : this.#output.takeLine(),
      tell: (text) => {
        if (!this.#isJson) this.#output.notice(text)
      },
    })
    try {
      const folder = resolve(String(input['folder']))
      const makeFor = await task.makeFor(offline.disk, input)
      return await openOfflineArchive(offline, { folder, makeFor, progress: progress.report })
    } finally {
      progress.end()
    }
  }

  #tell(fault: Fault): void {
    if (fault.code === 'command-cancelled' && !this.#isJson)
      this.#output.notice(this.#style.paint('faint', 'cancelled'))
    else if (this.#isJson)
      this.#output.write(envelope(this.#command, this.#surroundings.offline.clock.wall(), { error: fault }))
    else this.#output.notice(faultText(fault, this.#style))
  }
}
