// Self: what an actor's code is given of its cell, good for one life.
import { awakened } from './asleep.ts'
import { away, ended } from './cell-flags.ts'
import { Fault } from './fault.ts'
import { defaultBehaviour } from './definition.ts'
import { forgetAll, persistEvent, persistEvents, saveState } from './durable/persist.ts'
import { stopForGood, requestStop } from './ending.ts'
import { NEVER_EXISTED, STOPPED } from './exit.ts'
import { checkPayload, localRef, refOf } from './ref.ts'
import { spawnAndWait, spawnNow } from './spawn.ts'
import { stashCurrent, unstashAll } from './stash.ts'
import { cancelDurableTimer, startDurableTimer } from './durable/durable-timer.ts'
import { cancelTick, startTick } from './tick.ts'
import { lastExit, unwatchCell, unwatchPredecessor, watchCell, watchFar } from './watches.ts'
import type { Log, Ref, SpawnOptions, TimerOptions } from './actor.ts'
import type { Cell, LivingSelf } from './cell.ts'
import type { TickMessage, TickTime } from './tick.ts'

/** Each member asks for the cell first: after the end of its life a self is good for nothing. */
export class ActorSelf implements LivingSelf {
  #cell: Cell | undefined

  constructor(cell: Cell) {
    this.#cell = cell
  }

  expire(): void {
    this.#cell = undefined
  }

  get state(): unknown {
    return alive(this.#cell).state
  }

  set state(state: unknown) {
    alive(this.#cell).state = state
  }

  get ref(): Ref {
    return refOf(alive(this.#cell))
  }

  get path(): string {
    return alive(this.#cell).path
  }

  get behaviour(): string {
    return alive(this.#cell).behaviour.name
  }

  get children(): readonly Ref[] {
    return alive(this.#cell).children().map(refOf)
  }

  get log(): Log {
    const cell = alive(this.#cell)
    const write =
      (level: string) =>
      (message: string, details?: unknown): void =>
        cell.host.events.emit('log', cell, { level, message, ...(details === undefined ? {} : { details }) })
    return { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') }
  }

  now(): number {
    return alive(this.#cell).host.clock.wall()
  }

  random(): number {
    return alive(this.#cell).host.random.next()
  }

  spawn(definition: unknown, options?: string | SpawnOptions, ...args: unknown[]): Ref<never> {
    return spawnNow(alive(this.#cell), { definition, options, args }) as Ref<never>
  }

  async start(definition: unknown, options?: string | SpawnOptions, ...args: unknown[]): Promise<Ref<never>> {
    return (await spawnAndWait(alive(this.#cell), { definition, options, args })) as Ref<never>
  }

  after(delayMs: number, name: string, payload?: unknown, options?: TimerOptions): void {
    this.#startTick({ key: options?.key ?? name, name, payload }, { delayMs }, options)
  }

  every(periodMs: number, name: string, payload?: unknown, options?: TimerOptions): void {
    this.#startTick({ key: options?.key ?? name, name, payload }, { delayMs: periodMs, periodMs }, options)
  }

  cancel(key: string): boolean {
    const cell = alive(this.#cell)
    return cancelTick(cell, key) || cancelDurableTimer(cell, key)
  }

  watch(ref: Ref): void {
    const cell = alive(this.#cell)
    const local = localRef(ref)
    const target = local.cell ?? awakened(cell.host, local.path) ?? local.cellOrLast
    const { elsewhere } = cell.host
    if (elsewhere !== undefined && (target === undefined || (target.flags & (away | ended)) !== 0)) {
      // Who has ended here may have a successor elsewhere.
      const last = target === undefined || (target.flags & away) !== 0 ? undefined : lastExit(target)
      watchFar(cell, { ref: local, last }, () => elsewhere.watch(local.path, { path: cell.path }))
    } else if (target === undefined)
      cell.signal({ type: 'down', ref: local, exit: NEVER_EXISTED, watched: undefined })
    else watchCell(cell, target, local)
  }

  unwatch(ref: Ref): void {
    const cell = alive(this.#cell)
    const local = localRef(ref)
    const target = local.cellOrLast
    if (target !== undefined) unwatchCell(cell, target)
    unwatchPredecessor(cell, local.path)
  }

  become(behaviour: string = defaultBehaviour): void {
    const cell = alive(this.#cell)
    const table = cell.definition.behaviours.get(behaviour)
    if (table === undefined) {
      throw new Fault(
        'behaviour-unknown',
        `Cannot become "${behaviour}" in "${cell.path}": there is no such behaviour`,
        {
          hint: `Use one of: ${[...cell.definition.behaviours.keys()].join(', ')}.`,
        },
      )
    }
    cell.behaviour = table
  }

  stash(): void {
    stashCurrent(alive(this.#cell))
  }

  unstash(): void {
    unstashAll(alive(this.#cell))
  }

  stop(child?: Ref): void {
    const cell = alive(this.#cell)
    if (child === undefined) {
      requestStop(cell)
      return
    }
    const target = localRef(child).cell
    if (target === undefined) return
    if (target.parent !== cell) {
      throw new Fault(
        'child-unknown',
        `Cannot stop "${target.path}" from "${cell.path}": it is not a child of it`,
        {
          hint: 'Use ref.stop() to ask an actor that is not a child.',
        },
      )
    }
    stopForGood(target, STOPPED)
  }

  persist(name: string, payload?: unknown): Promise<void> {
    return persistEvent(alive(this.#cell), name, payload)
  }

  persistAll(events: readonly (readonly [name: string, payload?: unknown])[]): Promise<void> {
    return persistEvents(alive(this.#cell), events)
  }

  save(): Promise<void> {
    return saveState(alive(this.#cell))
  }

  forget(): Promise<void> {
    return forgetAll(alive(this.#cell))
  }

  #startTick(message: TickMessage, time: TickTime, options: TimerOptions | undefined): void {
    const cell = alive(this.#cell)
    const { host } = cell
    if (host.isStrict) checkPayload(host, `start timer "${message.key}" of "${cell.path}"`, message.payload)
    if (options?.durable === true) startDurableTimer(cell, message, time, options.catchUp)
    else {
      startTick(cell, message, time)
      cancelDurableTimer(cell, message.key)
    }
  }
}

/** A private method would cost each self 8 bytes. */
function alive(cell: Cell | undefined): Cell {
  if (cell !== undefined) return cell
  throw new Fault('self-expired', 'Cannot use self: the life of the actor that it was given to is over', {
    hint: 'Do not keep self beyond a handler; an abandoned handler has to end here.',
  })
}
