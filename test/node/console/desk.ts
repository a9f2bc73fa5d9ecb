// A desk: a console on a node whose time is moved by hand, with everything it says kept.
import { TestNode } from 'troupe/testing'
import { Console } from '../../../node/console/console.ts'
import { Style } from '../../../node/console/style.ts'
import { commands } from '../../../node/console/table.ts'
import { CrashDisk } from '../../../scenarios/testing/crash-disk.ts'
import { MemoryDisk } from '../memory-disk.ts'
import type { Answer } from '../../../node/console/envelope.ts'
import type { Outcome } from '../../../node/console/outcome.ts'
import type { RedrawnLine, Screen } from '../../../node/console/output.ts'

export interface DeskOptions {
  readonly isJson?: boolean
  readonly isTerminal?: boolean
  readonly columns?: number
  readonly env?: Readonly<Record<string, string>>
  readonly strict?: boolean
  /** Worker threads of the node, all in one clock. */
  readonly threads?: number
}

/** What the nodes of these tests know. */
export const castFiles: readonly string[] = ['../../../scenarios/hello/counter.ts', 'cast.ts'].map(
  (file) => new URL(file, import.meta.url).href,
)

/** Made by `openDesk`; closing it adds up the books of the node. */
export class Desk implements AsyncDisposable {
  readonly node: TestNode
  readonly console: Console
  readonly disk: MemoryDisk = new MemoryDisk()
  readonly durableDisk: CrashDisk = new CrashDisk()
  readonly style: Style
  /** Answers, and faults and notices, each as it was written. */
  readonly out: string[] = []
  readonly notices: string[] = []
  /** What a screen showed; undefined while nobody has it. */
  screens: string[] | undefined = undefined
  press: (key: string) => void = () => {}
  /** What a line showed that was redrawn, and empty texts where it was cleared. */
  readonly redrawn: string[] = []

  constructor(options: DeskOptions) {
    const {
      isJson = false,
      isTerminal = false,
      columns = 100,
      env = {},
      strict = true,
      threads = 0,
    } = options
    this.node = new TestNode({ strict, threads })
    this.style = new Style({ env: { LANG: 'C.UTF-8', ...env }, isTerminal, columns, color: false })
    this.console = new Console({
      node: this.node,
      disk: this.disk,
      durableDisk: this.durableDisk,
      commands,
      style: this.style,
      isJson,
      output: {
        write: (text) => void this.out.push(text),
        notice: (text) => void this.notices.push(text),
        takeScreen: (onKey) => this.#takeScreen(onKey),
        takeLine: () => this.#takeLine(),
      },
    })
  }

  /** Runs lines one after the other; returns what the last one wrote. */
  async run(...lines: readonly string[]): Promise<string> {
    let written: readonly string[] = []
    for (const line of lines) {
      const from = this.out.length
      await this.console.execute(line)
      await this.node.settle()
      written = this.out.slice(from)
    }
    return written.join('\n')
  }

  /** Begins a line that goes on; `ended` is its outcome. */
  async begin(line: string): Promise<{ readonly ended: Promise<Outcome> }> {
    const ended = this.console.execute(line)
    await this.node.settle()
    return { ended }
  }

  /** Runs a line that needs `ms` to pass. */
  async runFor(ms: number, line: string): Promise<Outcome> {
    const running = this.console.execute(line)
    await this.node.advance(ms)
    return running
  }

  /** Runs a line that fails; returns its outcome. */
  async fail(line: string): Promise<Outcome> {
    const outcome = await this.console.execute(line)
    await this.node.settle()
    return outcome
  }

  /** Runs a line with `--json`; returns the envelopes that it wrote. */
  async answers(line: string): Promise<Answer[]> {
    return (await this.run(`${line} --json`)).split('\n').map((text) => JSON.parse(text) as Answer)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.console.close()
    await this.node[Symbol.asyncDispose]()
  }

  #takeLine(): RedrawnLine | undefined {
    if (!this.style.isTerminal) return undefined
    return {
      show: (text) => void this.redrawn.push(text),
      clear: () => void this.redrawn.push(''),
    }
  }

  #takeScreen(onKey: (key: string) => void): Screen | undefined {
    if (!this.style.isTerminal) return undefined
    const screens: string[] = []
    this.screens = screens
    this.press = onKey
    return {
      show: (text) => void screens.push(text),
      giveBack: () => {
        this.screens = undefined
      },
    }
  }
}

/** Opens a desk whose node knows the cast. */
export async function openDesk(options: DeskOptions = {}): Promise<Desk> {
  const desk = new Desk(options)
  for (const file of castFiles) await desk.node.definitions.load(file)
  await desk.node.openThreads()
  return desk
}
