// A local process: one node of the command line as a child of this process, which ends with it in any case.
import { fileURLToPath } from 'node:url'
import { spawn } from 'node:child_process'
import { Fault } from '../../runtime/fault.ts'
import { linesOf } from '../console/lines.ts'
import type { Alarm, Clock } from '../../runtime/clock.ts'
import type { ChildProcessByStdio } from 'node:child_process'
import type { Readable, Writable } from 'node:stream'

/** How long a node may take to be up, in milliseconds. */
export const localStartMsMax = 60_000
/** How long a node may take to end kindly before it is killed, in milliseconds. */
export const localEndMsMax = 8_000
/** Lines of what a node has said of its faults that are kept for whoever asks why it has ended. */
export const localTroubleLinesMax = 8
/** Lines that are written to a node and not answered yet. */
export const localLinesMax = 1_000

export interface LocalProcessOptions {
  readonly name: string
  /** The words of its command line. */
  readonly words: readonly string[]
  readonly clock: Clock
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Hears each line that it writes. */
  heard(stream: 'out' | 'err', line: string): void
  /** It has ended, for whatever reason. */
  ended(): void
}

type Child = ChildProcessByStdio<Writable, Readable, Readable>

export class LocalProcess {
  readonly #options: LocalProcessOptions
  readonly #child: Child
  readonly #up: PromiseWithResolvers<void> = Promise.withResolvers()
  readonly #ended: PromiseWithResolvers<void> = Promise.withResolvers()
  readonly #asked: PromiseWithResolvers<string>[] = []
  readonly #trouble: string[] = []
  readonly #late: Alarm
  #isUp = false
  #isOver = false

  constructor(options: LocalProcessOptions) {
    const { words, env, clock } = options
    this.#options = options
    // In a group of its own: what a terminal sends to this process is for this process to decide. It has a channel besides the pipes; when
    // that breaks, this process has ended, in whatever way, and the child ends too.
    this.#child = spawn(process.execPath, [...programWords(), ...words], {
      stdio: ['pipe', 'pipe', 'pipe', 'ipc'],
      detached: true,
      ...(env === undefined ? {} : { env }),
    }) as Child
    this.#late = clock.alarm(clock.now() + localStartMsMax, () =>
      this.#fail(`it was not up within ${localStartMsMax / 1_000} s`),
    )
    this.#up.promise.catch(() => undefined)
    this.#listen()
  }

  get pid(): number | undefined {
    return this.#child.pid
  }

  get isOver(): boolean {
    return this.#isOver
  }

  /** The code or the signal that it has ended with; undefined while it runs. */
  get end(): string | undefined {
    const { exitCode, signalCode } = this.#child
    return exitCode === null ? (signalCode ?? undefined) : `code ${exitCode}`
  }

  /** Resolves once it is a member of its cluster. @throws {Fault} `local-failed` */
  up(): Promise<void> {
    return this.#up.promise
  }

  /** Resolves once it has ended and all that it wrote was heard. */
  ended(): Promise<void> {
    return this.#ended.promise
  }

  /** Runs a line of the console that has one answer. @returns its envelope, one line of JSON @throws {Fault} `local-failed` */
  run(line: string): Promise<string> {
    const answer = Promise.withResolvers<string>()
    if (this.#isOver) answer.reject(this.#fault('it has ended'))
    else if (this.#asked.length >= localLinesMax)
      answer.reject(this.#fault(`${this.#asked.length} lines wait for an answer`))
    else {
      this.#asked.push(answer)
      this.#child.stdin.write(`${line.replaceAll(/[\r\n]/g, ' ')} --json\n`)
    }
    return answer.promise
  }

  /** As `kill -9` does. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL')
    await this.#ended.promise
  }

  /** Lets it end kindly, and kills it if it does not. */
  async stop(): Promise<void> {
    const { clock } = this.#options
    const late = clock.alarm(clock.now() + localEndMsMax, () => void this.#child.kill('SIGKILL'))
    this.#child.kill('SIGTERM')
    await this.#ended.promise
    late.cancel()
  }

  #listen(): void {
    const child = this.#child
    // It may be gone before all is written to it.
    child.stdin.on('error', () => undefined)
    child.on('message', () => {
      this.#late.cancel()
      this.#isUp = true
      this.#trouble.length = 0
      this.#up.resolve()
    })
    child.on('error', (error) => this.#fail(error.message))
    const heard = Promise.all([
      this.#follow(child.stdout, (line) => this.#take(line)),
      this.#follow(child.stderr, (line) => this.#note(line)),
    ])
    child.on('close', () => void heard.finally(() => this.#end()))
  }

  async #follow(stream: Readable, hear: (line: string) => void): Promise<void> {
    for await (const line of linesOf(stream)) hear(line)
  }

  #take(line: string): void {
    if (line.startsWith('{"schema"')) this.#asked.shift()?.resolve(line)
    this.#options.heard('out', line)
  }

  #note(line: string): void {
    // Of a start the first lines say what went wrong, of a life the last ones.
    if (this.#trouble.length < localTroubleLinesMax) this.#trouble.push(line)
    else if (this.#isUp) this.#trouble.splice(0, localTroubleLinesMax, ...this.#trouble.slice(1), line)
    this.#options.heard('err', line)
  }

  #fail(how: string): void {
    this.#late.cancel()
    this.#up.reject(this.#fault(how))
    this.#child.kill('SIGKILL')
  }

  #end(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#fail(`it has ended with ${this.end ?? 'nothing'}`)
    for (const answer of this.#asked.splice(0)) answer.reject(this.#fault('it has ended'))
    this.#options.ended()
    this.#ended.resolve()
  }

  #fault(how: string): Fault {
    const said = this.#trouble.length === 0 ? '' : `; it said: ${this.#trouble.join(' ')}`
    return new Fault('local-failed', `Cannot use the local node "${this.#options.name}": ${how}${said}`, {
      hint: 'Read what it said, and start it again.',
      details: { name: this.#options.name },
    })
  }
}

/** How this program is run: its sources as they are, or built. */
function programWords(): string[] {
  const isSource = import.meta.url.endsWith('.ts')
  const program = fileURLToPath(new URL(isSource ? '../cli.ts' : '../cli.js', import.meta.url))
  return isSource ? ['--conditions=troupe-source', program] : [program]
}
