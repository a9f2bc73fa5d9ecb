// A partner: another process of a benchmark, which ends with this one in any case, also while it is stopped.
import { fileURLToPath } from 'node:url'
import { spawn } from 'node:child_process'
import type { ChildProcess, Serializable } from 'node:child_process'

/** Which file of this folder the process runs, and what it is told first. */
export interface PartnerOptions {
  readonly entry: 'bare-entry' | 'node-entry' | 'inside-entry' | 'start-entry' | 'hundred-entry'
  readonly input: Serializable
  /** In a network namespace of its own, which is gone with the process. Only root may. */
  readonly isApart?: boolean
  /** Called before it is told anything. @param pid of the process, and hence of its namespace */
  readonly prepared?: (pid: number) => void
}

const living = new Set<ChildProcess>()
process.once('exit', () => {
  for (const child of living) child.kill('SIGKILL')
})

export class Partner implements AsyncDisposable {
  readonly pid: number
  readonly #child: ChildProcess
  readonly #ended: Promise<void>
  readonly #entry: string

  private constructor(child: ChildProcess, entry: string) {
    this.#child = child
    this.#entry = entry
    this.pid = child.pid ?? 0
    living.add(child)
    this.#ended = new Promise((resolve) => {
      child.once('exit', () => {
        living.delete(child)
        resolve()
      })
    })
  }

  static async start({ entry, input, isApart = false, prepared }: PartnerOptions): Promise<Partner> {
    const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
    const file = fileURLToPath(new URL(`./${entry}.${extension}`, import.meta.url))
    const words = [process.execPath, ...process.execArgv, file]
    const [program = '', ...rest] = isApart ? ['unshare', '--net', ...words] : words
    const child = spawn(program, rest, {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      serialization: 'advanced',
    })
    const partner = new Partner(child, entry)
    // It asks for it as soon as it listens.
    await partner.next()
    prepared?.(partner.pid)
    child.send(input)
    return partner
  }

  /** The next thing that it says. @throws if it ends before */
  async next<T>(): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>()
    const onExit = (code: number | null, signal: string | null): void =>
      reject(new Error(`${this.#entry} ended with ${code ?? signal ?? 'nothing'}`))
    // Each entry says what it is asked for, in that order.
    const onMessage = (message: Serializable): void => resolve(message as T)
    this.#child.once('exit', onExit)
    this.#child.once('message', onMessage)
    try {
      return await promise
    } finally {
      this.#child.off('exit', onExit)
      this.#child.off('message', onMessage)
    }
  }

  send(order: Serializable): void {
    this.#child.send(order)
  }

  async order<T>(order: Serializable): Promise<T> {
    const answer = this.next<T>()
    this.#child.send(order)
    return await answer
  }

  stop(): void {
    this.#child.kill('SIGSTOP')
  }

  async kill(): Promise<void> {
    this.#child.kill('SIGKILL')
    await this.#ended
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill()
  }
}
