// A test node: a node whose time is moved by hand and whose chance and order of turns follow from a seed.
import { Node } from '../../node/node.ts'
import { Fault } from '../../runtime/fault.ts'
import { invariant } from '../../runtime/invariant.ts'
import { seededRandom } from '../../runtime/random.ts'
import { runThread } from '../../node/threads/thread.ts'
import { MemoryJournal } from '../../node/journal/memory-journal.ts'
import { ManualClock } from './manual-clock.ts'
import { MemoryThreads } from './memory-threads.ts'
import { Probe } from './probe.ts'
import type { Journal } from '../../runtime/journal.ts'
import type { Runtime } from '../../runtime/runtime.ts'
import type { Definition, DefinitionProtocol } from '../../runtime/actor.ts'
import type { NodeContracts, NodeOptions } from '../../node/node.ts'
import type { Resident } from '../../node/threads/resident.ts'
import type { Lane } from '../../runtime/wire.ts'

/** Steps of the clock in one moment: an ask or a timer takes one, 32 messages do. Endless work is found within seconds. */
const stepsMax = 300_000
/** How long the end of a test node may take by its own clock: an hour. Whoever needs longer never ends. */
const endMsMax = 3_600_000
/** Differences that the fault about them shows. */
const differencesShownMax = 10

export interface TestNodeOptions extends Omit<NodeOptions, 'journal'> {
  /** Decides all chance and whose turn it is; the same seed gives the same run. Default 1. */
  readonly seed?: string | number
  /** How long a frame is on its way between threads, in milliseconds of the node's time; without it messages between them need none. */
  readonly delayMs?: (lane: Lane) => number
  /** Called at each step of each move, in whatever thread it is taken. */
  readonly failpoint?: NodeContracts['failpoint']
  /** Hears of what is inside of each worker thread before anything comes for it. */
  readonly opened?: (resident: Resident) => void
  /** Where durable actors are kept; default a memory journal of the node's own. One that another node has used is as if that one had died. */
  readonly journal?: Journal
}

/**
 * A Node, to be given to whatever takes one. Time stands still until `advance` or a waiting expectation moves it; messages need no time.
 * It extends Node, so that code under test cannot tell the difference.
 */
export class TestNode extends Node {
  readonly clock: ManualClock
  /** The worker threads, by their ids, which no thread has twice; `freeze`, `thaw` and `kill` tell what happens to one. */
  readonly threads: MemoryThreads
  /** What is inside of each thread but the main one, also of those that are lost. */
  readonly residents: ReadonlyMap<number, Resident>
  readonly #probes: Probe[] = []

  /** @param options see `startTestNode`, which also loads the files */
  constructor(options: TestNodeOptions = {}) {
    const { seed = 1, strict = true, delayMs, failpoint, opened, journal, ...others } = options
    const clock = new ManualClock({ stepsMax })
    if (journal instanceof MemoryJournal) journal.reboot(clock)
    const random = seededRandom(seed)
    const residents = new Map<number, Resident>()
    const failing = failpoint === undefined ? {} : { failpoint }
    const threads: MemoryThreads = new MemoryThreads({
      clock,
      random: random.fork('threads'),
      ...(delayMs === undefined ? {} : { wires: { delayMs } }),
      run: (inside, contracts) =>
        runThread(inside, {
          ...contracts,
          ...failing,
          shuffle: contracts.random.fork('order'),
          // Modules are shared by all that runs in one thread: what the node has loaded is loaded.
          definitions: this.definitions,
          opened: (resident) => {
            residents.set(inside.request.id, resident)
            opened?.(resident)
          },
        }),
    })
    const chance = { random: random.fork('chance'), shuffle: random.fork('order') }
    super(
      { ...others, strict },
      { clock, ...chance, threads, journal: journal ?? new MemoryJournal(clock), ...failing },
    )
    this.clock = clock
    this.threads = threads
    this.residents = residents
  }

  /** Ends a worker thread at once, as something thrown where nobody waits would; its roots come back in another. */
  killThread(slot: number): void {
    const member = this.fleet?.crew.inSlot(slot)
    invariant(member !== undefined, 'A thread was to be killed that the node does not have')
    this.threads.kill(member.id)
  }

  /**
   * Moves the time on, alarm by alarm, each with all the work that it causes.
   * @param ms from 0 up
   * @throws {Fault} `clock-busy` the work does not end
   */
  advance(ms: number): Promise<void> {
    return this.clock.advance(ms)
  }

  /** Lets all work be done that needs no time to pass. @throws {Fault} `clock-busy` */
  settle(): Promise<void> {
    return this.clock.settle()
  }

  /**
   * Makes a root actor whose messages the test takes one by one. Others can be given its ref.
   * @param of the definition whose part it plays: the ref and the expectations then have its types; nothing of its code runs
   * @param name its path; one such as `local/probe$1` is given if left out
   * @returns a probe that ends with the node
   * @throws {Fault} `name-invalid` `name-taken` `actor-stopped`
   * @example
   * const probe = node.probe()
   * bank.tell('report', probe.ref)
   * await probe.expectMessage('balance', 5)
   */
  probe(name?: string): Probe
  probe<A extends unknown[], S, H, B>(
    of: Definition<A, S, H, B>,
    name?: string,
  ): Probe<DefinitionProtocol<H, B>>
  probe(of?: Definition | string, name?: string): Probe {
    const probe = new Probe(this.clock, this.runtime.guardian, typeof of === 'string' ? of : name)
    this.#probes.push(probe)
    return probe
  }

  /** As on any node; asks that the test took and did not answer are refused. Deadlines on the way need `advance`. */
  override stop(): Promise<void> {
    for (const probe of this.#probes) probe.release()
    return super.stop()
  }

  /**
   * Ends the node as `stop` does, moves the time as far as that needs, and adds up the books.
   * @throws {Fault} `books-unbalanced` a message is unaccounted for, or an ask has had no ending
   * @throws {Fault} `node-unstoppable` an actor did not end within an hour of the node's time
   */
  override async [Symbol.asyncDispose](): Promise<void> {
    await this.settle()
    this.#checkBooks(this.#runtimes().flatMap((runtime) => runtime.audit().differences))
    const runtimes = this.#runtimes()
    await this.#end()
    const { asks } = this.runtime.host
    const open = asks.waiting === 0 ? [] : [`asks: ${asks.waiting} of ${asks.opened} have had no ending`]
    this.#checkBooks([...runtimes.flatMap((runtime) => runtime.audit().differences), ...open])
  }

  /** Of the main thread and of all that live. */
  #runtimes(): Runtime[] {
    const alive = this.threads.alive.flatMap((id) => this.residents.get(id)?.station.runtime ?? [])
    return [this.runtime, ...alive]
  }

  /** Starts the worker threads, and moves the time as far as that needs. */
  override openThreads(): Promise<void> {
    return this.#through(super.openThreads())
  }

  #end(): Promise<void> {
    return this.#through(this.stop())
  }

  /** Waits for what may need time; one alarm after the other, so that its end is not overshot. */
  async #through(work: Promise<void>): Promise<void> {
    let isOver = false
    const over = work.finally(() => {
      isOver = true
    })
    // Awaited below, after the time has been moved.
    over.catch(() => undefined)
    await this.settle()
    const lastMs = this.clock.now() + endMsMax
    while (!isOver) {
      const nextMs = this.clock.nextAlarmMs
      if (nextMs > lastMs) throw unstoppable(this)
      await this.advance(Math.max(0, nextMs - this.clock.now()))
    }
    await over
  }

  #checkBooks(differences: readonly string[]): void {
    if (differences.length === 0) return
    throw new Fault('books-unbalanced', `Cannot close node "${this.name}": ${differences[0]}`, {
      hint: 'Report this as a bug of the runtime, with the seed and the program that shows it.',
      details: { differences: differences.slice(0, differencesShownMax), count: differences.length },
    })
  }
}

function unstoppable(node: TestNode): Fault {
  const paths = [...node.runtime.cells()].map((cell) => cell.path).slice(0, differencesShownMax)
  return new Fault(
    'node-unstoppable',
    `Cannot close node "${node.name}": "${paths.join('", "')}" did not end`,
    {
      hint: 'Give the actor a finite shutdownMs, or end what its handler waits for.',
      details: { paths },
    },
  )
}

/**
 * Starts a node for a test. Close it with `await using`: that adds up the books of all messages.
 * @param options those of `startNode`, and a seed; `strict` is on unless it is switched off
 * @throws {Fault} `name-invalid` `file-unloadable` `file-empty` `definition-taken`
 * @example
 * await using node = await startTestNode({ seed: 7 })
 */
export async function startTestNode(options: TestNodeOptions = {}): Promise<TestNode> {
  const node = new TestNode(options)
  // One file after the other, as in startNode: which of two of the same name is refused must not be chance.
  for (const file of options.load ?? []) await node.definitions.load(file)
  if (options.threads !== undefined) await node.openThreads()
  return node
}
