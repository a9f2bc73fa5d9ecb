// A tour: the run of one program, from the start of its node to its end, with what has to be so after each step.
import { startTestNode } from 'troupe/testing'
import { refAt } from '../../../runtime/ref.ts'
import { mobile, send } from './mobile.ts'
import { paths, roots } from './program.ts'
import { newStage } from './stage.ts'
import type { Exit, Fault, Ref } from 'troupe'
import type { TestNode } from 'troupe/testing'
import type { Send } from './mobile.ts'
import type { Doom, Program, Step } from './program.ts'
import type { Sending, Stage } from './stage.ts'
import { moveSteps } from '../../../node/threads/mover.ts'
import type { MoveStep } from '../../../node/threads/mover.ts'

/** Long enough for every deadline of a program. */
const restMs = 20_000
const threads = 2

const file = new URL('mobile.ts', import.meta.url).href

export class Tour {
  readonly stage: Stage = newStage()
  readonly #program: Program
  readonly #dooms: (Doom & { left: number })[]
  readonly #refs = new Map<string, Ref>()
  #node: TestNode | undefined = undefined
  #delays = 0
  /** The moves that are under way. */
  readonly moving: Map<string, number> = new Map()
  readonly lost: Set<number> = new Set()
  /** How long threads have stood still: so much later asks in them may end. */
  dozedMs = 0
  /** The threads in which each root has lived. */
  readonly #homes = new Map<string, Set<number>>()

  constructor(program: Program) {
    this.#program = program
    this.#dooms = program.dooms.map((doom) => ({ ...doom, left: doom.after }))
  }

  get node(): TestNode {
    return this.#node as TestNode
  }

  async run(): Promise<void> {
    const { seed, steps } = this.#program
    const { delaysMs } = this.#program
    const hasDelays = delaysMs.some((delayMs) => delayMs > 0)
    this.#node = await startTestNode({
      seed,
      threads,
      load: [file],
      ...(hasDelays ? { delayMs: () => delaysMs[this.#delays++ % delaysMs.length] ?? 0 } : {}),
      opened: ({ station }) => this.stage.follow(station.runtime),
      failpoint: (thread, step, top) => this.#reached(thread, step, top),
    })
    this.stage.open(this.node)
    for (const path of paths) this.#refs.set(path, refAt(this.node.runtime.host, path) as unknown as Ref)
    for (const [index, path] of roots.entries()) await this.#spawn(path, this.#program.slots[index] ?? 0)
    for (const step of steps) {
      await this.#perform(step)
      this.#look()
    }
    await this.node.advance(restMs)
    this.#look()
    // Who watches them is to hear of it, wherever they have been.
    for (const path of ['c', 'd']) this.ref(path).stop()
    await this.node.advance(restMs)
    this.#look()
  }

  /** Whether a message may have been in a thread that was lost. */
  mayHaveDied({ thread, to }: Sending): boolean {
    return this.lost.has(thread) || this.mayBeLost(to)
  }

  mayBeLost(path: string): boolean {
    const homes = this.#homes.get(path.split('/')[0] ?? '')
    return [...(homes ?? [])].some((thread) => this.lost.has(thread))
  }

  #look(): void {
    this.stage.checkSingle(paths)
    for (const { top, thread } of this.node.fleet?.office.homes.entries() ?? []) {
      const homes = this.#homes.get(top)
      if (homes === undefined) this.#homes.set(top, new Set([thread]))
      else homes.add(thread)
    }
  }

  /** A root gets to live in a slot, unless it lives. */
  async #spawn(path: string, slot: number): Promise<void> {
    const restart = this.#program.restarts[roots.indexOf(path)] ?? 'transient'
    const peers = [...this.#refs.values()]
    const spawned = this.node
      .spawn(mobile, { name: path, restart, place: { thread: slot } }, peers)
      .catch((fault: Fault) => this.stage.count(`spawn ${fault.code}`))
    await this.node.settle()
    void spawned
  }

  async #perform(step: Step): Promise<void> {
    switch (step.act) {
      case 'send':
        void this.#send(step)
        return
      case 'settle':
        return this.node.settle()
      case 'advance':
        return this.node.advance(step.ms)
      case 'spawn':
        return this.#spawn(step.target, 1)
      case 'watch':
        this.#watch(step.target)
        return
      case 'kill':
      case 'stop':
        this.ref(step.target)[step.act]()
        return
      case 'move':
        this.#move(step.target, step.slot)
        return
      case 'lose':
        this.#lose(this.#idIn(step.slot))
        return
      case 'doze':
        return this.#doze(this.#idIn(step.slot), step.ms)
      case 'freeze':
        this.#freeze(this.#idIn(step.slot))
    }
  }

  ref(path: string): Ref {
    return this.#refs.get(path) as Ref
  }

  async #send(what: Send): Promise<void> {
    await send({ path: 'outside', thread: 0 }, this.ref(what.target), what).catch(() => undefined)
  }

  #watch(target: string): void {
    const watch = this.stage.nextId()
    this.stage.history.push({ type: 'watched', watch, watcher: `outside ${watch}`, target })
    this.ref(target).watch(({ cause }: Exit) => void this.stage.history.push({ type: 'down', watch, cause }))
  }

  #move(path: string, slot: number): void {
    const id = this.stage.nextId()
    this.moving.set(`${path} ${id}`, slot)
    void this.node
      .move({ path }, { thread: slot, deadlineMs: 200 })
      .then(
        () => this.stage.count('move'),
        (fault: Fault) => this.stage.count(`move ${fault.code}`),
      )
      .finally(() => this.moving.delete(`${path} ${id}`))
  }

  #idIn(slot: number): number | undefined {
    return this.node.fleet?.crew.inSlot(slot)?.id
  }

  #lose(id: number | undefined): void {
    if (id === undefined || id === 0 || this.lost.has(id)) return
    this.lost.add(id)
    this.stage.count('lost')
    this.node.threads.kill(id)
  }

  /** Too short to be a stall. */
  async #doze(id: number | undefined, ms: number): Promise<void> {
    if (id === undefined || this.lost.has(id)) return
    this.stage.count('dozed')
    this.dozedMs += ms
    this.node.threads.freeze(id)
    await this.node.advance(ms)
    this.node.threads.thaw(id)
  }

  /** Its stall is found, and it is replaced. */
  #freeze(id: number | undefined): void {
    if (id === undefined || id === 0 || this.lost.has(id)) return
    this.lost.add(id)
    this.stage.count('frozen')
    this.node.threads.freeze(id)
  }

  #reached(thread: number, step: MoveStep, top: string): void {
    this.stage.count(`step ${step}`)
    this.#look()
    const move = this.node.fleet?.office.homes.get(top)?.move
    // Decided, and not yet known to the table of homes.
    if (move !== undefined && moveSteps.indexOf(step) >= moveSteps.indexOf('committed'))
      this.#homes.get(top)?.add(move.target)
    const doom = this.#dooms.find((one) => one.step === step && one.left-- === 0)
    if (doom === undefined) return
    const entry = this.node.fleet?.office.homes.get(top)
    const source = entry?.move?.home.thread
    const target = entry?.move?.target
    const victims = [doom.whom === 'target' ? undefined : source, doom.whom === 'source' ? undefined : target]
    for (const victim of victims) this.#lose(victim)
    this.stage.count(`doom ${step} ${doom.whom}`)
    // The code of a thread that has died goes no further. At `sent` it only waits, for what its dead clock never brings.
    if (thread !== 0 && victims.includes(thread) && step !== 'sent') throw new Error('the thread has died')
  }
}
