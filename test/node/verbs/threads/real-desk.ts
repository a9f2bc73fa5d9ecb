// A real desk: a console on a node with real worker threads, every answer of which is an envelope.
import { startNode } from 'troupe'
import { Console } from '../../../../node/console/console.ts'
import { Style } from '../../../../node/console/style.ts'
import { commands } from '../../../../node/console/table.ts'
import { CrashDisk } from '../../../../scenarios/testing/crash-disk.ts'
import { MemoryDisk } from '../../memory-disk.ts'
import { castFiles } from '../../console/desk.ts'
import type { Node } from 'troupe'
import type { Answer } from '../../../../node/console/envelope.ts'

export class RealDesk implements AsyncDisposable {
  readonly node: Node
  readonly console: Console
  readonly #out: string[] = []

  constructor(node: Node) {
    this.node = node
    this.console = new Console({
      node,
      disk: new MemoryDisk(),
      durableDisk: new CrashDisk(),
      commands,
      style: new Style({ env: {}, isTerminal: false, color: false }),
      isJson: true,
      output: {
        write: (text) => void this.#out.push(text),
        notice: () => undefined,
        takeScreen: () => undefined,
        takeLine: () => undefined,
      },
    })
  }

  /** Runs lines one after the other; returns what the last one answered. */
  async run(...lines: readonly string[]): Promise<Answer[]> {
    let from = 0
    for (const line of lines) {
      from = this.#out.length
      await this.console.execute(line)
    }
    return this.#out.slice(from).map((text) => JSON.parse(text) as Answer)
  }

  /** The same for one line with one answer. */
  async data(line: string): Promise<unknown> {
    const [answer] = await this.run(line)
    return answer?.data ?? answer?.error
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.console.close()
    await this.node.stop()
  }
}

/** Opens a desk whose node has two worker threads and knows the cast. */
export async function openRealDesk(...load: readonly string[]): Promise<RealDesk> {
  return new RealDesk(
    await startNode({ name: 'real', threads: 2, strict: true, load: [...castFiles, ...load] }),
  )
}
