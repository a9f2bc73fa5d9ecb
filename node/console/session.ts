// A session: one node with one console on it, from its start to its kind end.
import { fileURLToPath } from 'node:url'
import { Node } from '../node.ts'
import { threadsMax } from '../threads/crew.ts'
import { argumentInvalid } from '../verbs/input.ts'
import { packageVersion } from '../version.ts'
import { banner } from './banner.ts'
import { clusterFrom, nodeNameFrom } from './cluster-input.ts'
import { Console } from './console.ts'
import { History, historyPath } from './history.ts'
import { linesOf } from './lines.ts'
import { plainOutput, runLines } from './pipe.ts'
import { Style } from './style.ts'
import { commands } from './table.ts'
import { Terminal } from './terminal.ts'
import { uncaughtText } from './uncaught.ts'
import type { Readable, Writable } from 'node:stream'
import type { AnyCommand } from './command.ts'
import type { ClusterOptions } from '../cluster/cluster-options.ts'
import type { NodeContracts } from '../node.ts'
import type { Disk, DurableDisk } from '../../runtime/disk.ts'
import type { ExitCode } from './outcome.ts'
import type { Output } from './output.ts'
import type { ProgramInput } from './program.ts'
import type { TerminalOutput } from './terminal.ts'
import type { Token } from './tokens.ts'

/** What a session needs of the world; a test brings its own. */
export interface Surroundings {
  readonly stdin: Readable & { readonly isTTY?: boolean }
  readonly stdout: TerminalOutput & { readonly isTTY?: boolean }
  readonly stderr: Writable
  readonly env: Readonly<Record<string, string | undefined>>
  readonly disk: Disk
  readonly durableDisk: DurableDisk
  readonly contracts: NodeContracts
  /** Brings the node into its cluster; only called for one that is to be in one. */
  enterCluster(node: Node, options: ClusterOptions): Promise<void>
  /** Commands besides those that every console has. */
  readonly moreCommands?: readonly AnyCommand[]
}

/** What the command line asked for. */
export interface SessionOptions {
  readonly input: ProgramInput
  readonly isJson: boolean
  /** One command with its words; then nothing else is read. */
  readonly words: readonly Token[]
}

/** Lines about code that failed where nobody waited: the first few, and then ever fewer. */
const uncaughtToldMax = 5
/** After how many milliseconds somebody who waits for a cluster is told so. */
const patienceMs = 2_000

export class Session {
  readonly #surroundings: Surroundings
  readonly #options: SessionOptions
  readonly #node: Node
  readonly #cluster: ClusterOptions | undefined
  readonly #style: Style
  readonly #console: Console
  readonly #output: Output
  readonly #terminal: Terminal | undefined
  readonly #interrupted: PromiseWithResolvers<ExitCode> = Promise.withResolvers()
  #uncaught = 0

  constructor(options: SessionOptions, surroundings: Surroundings) {
    const { stdin, stdout, stderr, disk, durableDisk, contracts } = surroundings
    const { input, isJson, words } = options
    this.#surroundings = surroundings
    this.#options = options
    const isTerminal = stdin.isTTY === true && stdout.isTTY === true
    this.#style = styleOf(surroundings, input)
    const name = nodeNameFrom(input)
    const cluster = clusterFrom(input, surroundings.env)
    this.#cluster = cluster
    const nodeOptions = {
      strict: !input.noStrict,
      ...(name === undefined ? {} : { name }),
      ...(cluster === undefined ? {} : { cluster }),
      ...(input.threads === undefined ? {} : { threads: threadsFrom(input.threads) }),
    }
    this.#node = new Node(nodeOptions, contracts)
    const isPrompting = isTerminal && words.length === 0 && input.exec.length === 0
    this.#terminal = isPrompting
      ? new Terminal({ input: stdin, output: stdout, clock: contracts.clock, style: this.#style })
      : undefined
    this.#output = this.#terminal ?? plainOutput(stdout, stderr)
    this.#console = new Console({
      node: this.#node,
      disk,
      durableDisk,
      commands: [...commands, ...(surroundings.moreCommands ?? [])],
      style: this.#style,
      output: this.#output,
      isJson,
    })
  }

  /** Loads, runs what there is to run, and stops the node kindly. @throws {Fault} those of loading */
  async run(): Promise<ExitCode> {
    // Without it the process would end in the middle of a command that waits for what only an actor can bring.
    const alive = this.#surroundings.contracts.clock.alarm(Infinity, () => {})
    try {
      return await Promise.race([this.#work(), this.#interrupted.promise])
    } finally {
      await this.#console.close()
      // What failed where nobody waited is known only when the event loop turns.
      await new Promise<void>((resolve) => this.#surroundings.contracts.clock.later(resolve))
      await this.#node.stop()
      alive.cancel()
    }
  }

  /** A signal to end: cancels what runs; the node then stops kindly. */
  interrupt(): void {
    this.#console.leave()
    this.#console.cancel()
    this.#terminal?.leave(130)
    this.#interrupted.resolve(130)
  }

  /** Says something to people that is no answer. */
  notice(text: string): void {
    this.#output.notice(this.#style.paint('faint', text))
  }

  /** Code of a definition has failed where nobody waited for it: that is told and counted, and the node lives on. */
  uncaught(thrown: unknown): void {
    this.#uncaught++
    const isTold = this.#uncaught <= uncaughtToldMax || Number.isInteger(Math.log2(this.#uncaught))
    if (isTold) this.#output.notice(uncaughtText(thrown, this.#uncaught, this.#style))
  }

  async #work(): Promise<ExitCode> {
    await this.#load()
    await this.#enterCluster()
    return await this.#runLines()
  }

  async #load(): Promise<void> {
    const files =
      this.#options.input.load.length > 0
        ? this.#options.input.load
        : await helloFiles(this.#surroundings.disk)
    // In their order: a name that is taken twice is the later file's fault.
    for (const file of files) await this.#node.definitions.load(file)
    await this.#node.openThreads()
  }

  async #enterCluster(): Promise<void> {
    if (this.#cluster === undefined) return
    const { contracts, enterCluster } = this.#surroundings
    const { clock } = contracts
    const waits = `${this.#node.name} looks for its cluster; interrupt it to stop waiting`
    const late = clock.alarm(clock.now() + patienceMs, () =>
      this.#output.notice(this.#style.paint('faint', waits)),
    )
    try {
      await enterCluster(this.#node, this.#cluster)
    } finally {
      late.cancel()
    }
  }

  async #runLines(): Promise<ExitCode> {
    const { words, input } = this.#options
    if (words.length > 0) return runLines(this.#console, [words])
    if (input.exec.length > 0) return runLines(this.#console, input.exec)
    const { stdin, disk, env } = this.#surroundings
    if (this.#terminal === undefined) return runLines(this.#console, linesOf(stdin))
    this.#terminal.write(banner(this.#node, await packageVersion(disk), this.#style))
    return this.#terminal.open(this.#console, new History(disk, historyPath(env)))
  }
}

/** Reads `--threads`. @throws {Fault} `argument-invalid` */
function threadsFrom(text: string): number | 'auto' {
  if (text === 'auto') return text
  if (/^\d{1,6}$/.test(text) && Number(text) < threadsMax) return Number(text)
  const place = { verb: 'troupe', name: '--threads' }
  throw argumentInvalid(place, text, 'a number of threads', `Give 0 to ${threadsMax - 1}, or auto.`)
}

/** The style of a session, or of a help page before there is one. */
export function styleOf(
  { stdin, stdout, env }: Pick<Surroundings, 'stdin' | 'stdout' | 'env'>,
  input: Pick<ProgramInput, 'color' | 'noColor'>,
): Style {
  return new Style({
    env,
    isTerminal: stdin.isTTY === true && stdout.isTTY === true,
    columns: stdout.columns,
    color: input.noColor ? false : input.color ? true : undefined,
  })
}

/** The definitions of the hello scenario, as sources or built. */
async function helloFiles(disk: Disk): Promise<string[]> {
  const folder = new URL('../../scenarios/hello/', import.meta.url)
  const extension = import.meta.url.endsWith('.ts') ? '.ts' : '.js'
  const names = await disk.list(fileURLToPath(folder))
  return names.filter((name) => name.endsWith(extension)).map((name) => new URL(name, folder).href)
}
