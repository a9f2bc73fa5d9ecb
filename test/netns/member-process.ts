// A member's process: one node in a namespace, as the run that has started it sees it.
import { SystemClock } from '../../node/system-clock.ts'
import type { ChildProcessWithoutNullStreams } from 'node:child_process'
import type { MemberOrder, MemberPlan } from './member.ts'
import type { Namespaces } from '../../scenarios/testing/namespaces.ts'
import type { Line, Status } from './story.ts'

/** What a process has said at last when it failed. */
const troubleCharacters = 4_000

export class MemberProcess {
  readonly name: string
  readonly host: number
  readonly lines: Line[] = []
  readonly ended: Promise<void>
  /** How things stood when it said so last. */
  status: Status | undefined = undefined
  peer = ''
  isOver = false
  readonly #child: ChildProcessWithoutNullStreams
  readonly #answers = new Map<number, PromiseWithResolvers<unknown>>()
  readonly #heard: () => void
  #orders = 0
  #rest = ''
  #trouble = ''

  /** @param heard is called after each piece of what it says */
  constructor(net: Namespaces, host: number, plan: MemberPlan, heard: () => void) {
    this.name = plan.name
    this.host = host
    this.#heard = heard
    const program = new URL('member.ts', import.meta.url).pathname
    this.#child = net.run(host, ['--conditions=troupe-source', program, JSON.stringify(plan)])
    this.#child.stdout.setEncoding('utf8').on('data', (text: string) => this.#take(text))
    this.#child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#trouble = (this.#trouble + text).slice(-troubleCharacters)
    })
    this.#child.stdin.on('error', () => {})
    this.ended = new Promise((resolve) => {
      this.#child.on('close', () => {
        this.isOver = true
        for (const answer of this.#answers.values())
          answer.reject(new Error(`${this.name} has ended: ${this.trouble}`))
        this.#heard()
        resolve()
      })
    })
  }

  /** How it speaks with another: `direct` or `relayed`. */
  wayTo({ peer }: MemberProcess): string | undefined {
    return this.#streamTo(peer)?.[1]
  }

  /** Over which of these relays. */
  relayTo({ peer }: MemberProcess, relays: readonly MemberProcess[]): MemberProcess | undefined {
    const address = this.#streamTo(peer)?.[2] ?? ''
    return relays.find((relay) => address.includes(`/p2p/${relay.peer}/p2p-circuit`))
  }

  get isUp(): boolean {
    return this.peer !== ''
  }

  get trouble(): string {
    return this.#trouble
  }

  async ask(order: MemberOrder): Promise<unknown> {
    if (this.isOver) throw new Error(`${this.name} has ended: ${this.trouble}`)
    const number = ++this.#orders
    const answer = Promise.withResolvers<unknown>()
    this.#answers.set(number, answer)
    this.#child.stdin.write(`${JSON.stringify({ ...order, number })}\n`)
    return await answer.promise
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal)
  }

  async kill(): Promise<void> {
    this.signal('SIGKILL')
    await this.ended
  }

  #streamTo(peer: string): Status['ways'][number] | undefined {
    return this.status?.ways.find(([one]) => one === peer)
  }

  #take(text: string): void {
    const lines = (this.#rest + text).split('\n')
    this.#rest = lines.pop() ?? ''
    for (const line of lines) if (line.startsWith('{')) this.#hear(JSON.parse(line) as Line)
    this.#heard()
  }

  #hear(line: Line): void {
    if (line.type === 'answer') {
      const answer = this.#answers.get(line.number)
      this.#answers.delete(line.number)
      if (line.failure === undefined) answer?.resolve(line.value)
      else answer?.reject(new Error(`${this.name}: ${line.failure}`))
      return
    }
    if (line.type === 'status') this.status = line
    else this.lines.push(line)
    if (line.type === 'up') this.peer = line.peer
  }
}

/** The time of the clock that the processes write down. */
export function machineMs(): number {
  return Number(process.hrtime.bigint() / 1_000n) / 1_000
}

/** Waits until something that was heard makes it true. */
export class Ear {
  readonly #waits = new Set<() => void>()
  readonly #clock = new SystemClock()

  readonly heard = (): void => {
    for (const look of this.#waits) look()
  }

  /** @returns false if it has not come true in time */
  async until(isSo: () => boolean, ms: number): Promise<boolean> {
    if (isSo()) return true
    return await new Promise((resolve) => {
      const done = (is: boolean): void => {
        alarm.cancel()
        this.#waits.delete(look)
        resolve(is)
      }
      const look = (): void => {
        if (isSo()) done(true)
      }
      const alarm = this.#clock.alarm(this.#clock.now() + ms, () => done(isSo()))
      this.#waits.add(look)
    })
  }

  /** Lets time pass: a fault lasts so long. */
  async pass(ms: number): Promise<void> {
    await this.until(() => false, ms)
  }
}
