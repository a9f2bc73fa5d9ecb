// A runtime: one thread's kernel, put together from its contracts; actors of one runtime reach each other without a wire.
import { AskCounters } from './ask.ts'
import { audit } from './accounting.ts'
import { begin } from './begin.ts'
import { Cell, keysPerThread, Totals } from './cell.ts'
import { closed } from './cell-flags.ts'
import { DeadLetters } from './dead-letters.ts'
import { defineActor } from './definition.ts'
import { stopForGood } from './ending.ts'
import { EventLog } from './event-log.ts'
import { STOPPED } from './exit.ts'
import { afterCode } from './hook.ts'
import { descendants, lookup } from './lookup.ts'
import { payloadFlaw } from './payload.ts'
import { isRef, refOf } from './ref.ts'
import { Registry } from './registry.ts'
import { Scheduler } from './scheduler.ts'
import { ActorSelf } from './self.ts'
import { spawnAndWait } from './spawn.ts'
import { TimerQueue } from './timer-queue.ts'
import { Traces } from './trace.ts'
import { takeTurn } from './turn.ts'
import type { Audit } from './accounting.ts'
import type { Host, Supervision } from './cell.ts'
import type { Clock } from './clock.ts'
import type { ActorDefinition } from './definition.ts'
import type { Durability } from './durable/durable-life.ts'
import type { Random } from './random.ts'
import type { LocalRef } from './ref.ts'
import type { SpawnRequest } from './spawn.ts'

/** What a runtime is made from. */
export interface RuntimeParts {
  /** The node's name: part of the paths of roots without a name. */
  readonly name: string
  readonly clock: Clock
  readonly random: Random
  readonly supervision: Supervision
  /** Checks each payload for what would not survive a wire, and freezes it. */
  readonly isStrict?: boolean
  /** Where durable actors are kept. */
  readonly durability?: Durability | undefined
  /** Which thread of its node; 0, the default, is the main one. */
  readonly thread?: number
  /** Called whenever the runtime goes on after it gave way to the event loop: shows that it is not blocked. */
  readonly turned?: () => void
  /** For tests: lets the seed decide whose turn it is. */
  readonly shuffle?: Random
}

/** Looks after the roots: each has a budget of its own, and only the one that exhausts it is given up. */
const guardianDefinition = defineActor('guardian', { on: {}, supervision: { budget: 'each' } })

export class Runtime {
  readonly host: Host
  readonly guardian: Cell
  readonly traces: Traces = new Traces()
  readonly startedAtWallMs: number

  constructor(parts: RuntimeParts) {
    const { clock } = parts
    this.startedAtWallMs = clock.wall()
    const startedMs = Math.floor(clock.now())
    const nowMs = (): number => scheduler.recordMs - startedMs
    const timers = new TimerQueue(clock)
    const scheduler = new Scheduler<Cell>(
      clock,
      {
        turn: takeTurn,
        wants: (cell) => cell.wantsTurn,
        carry: (cell, microseconds) => {
          cell.rare.cpuMs += microseconds / 1_000
        },
        resumes: (atMs) => {
          parts.turned?.()
          timers.runDue(atMs)
        },
      },
      parts.shuffle,
    )
    this.host = {
      name: parts.name,
      clock,
      random: parts.random,
      keyBase: (parts.thread ?? 0) * keysPerThread,
      timers,
      scheduler,
      registry: new Registry<Cell>(),
      deadLetters: new DeadLetters(nowMs),
      events: new EventLog(nowMs),
      asks: new AskCounters(),
      totals: new Totals(),
      supervision: parts.supervision,
      traces: this.traces,
      isStrict: parts.isStrict ?? false,
      durability: parts.durability,
      flawOf: (payload) => payloadFlaw(payload, isRef),
      awakener: undefined,
      elsewhere: undefined,
      cellAt: (path) => this.cellAt(path),
      current: undefined,
      hooks: 0,
      deferred: 0,
      pauses: undefined,
      makeSelf: (cell) => new ActorSelf(cell),
    }
    this.guardian = guardianOf(this.host)
  }

  /** Spawns a root and waits until it has started. */
  spawn(request: SpawnRequest): Promise<LocalRef> {
    return spawnAndWait(this.guardian, request)
  }

  /** The cell that lives at a path. */
  cellAt(path: string): Cell | undefined {
    return lookup(this.host, this.guardian, path)
  }

  /** The ref of who lives at a path. */
  find(path: string): LocalRef | undefined {
    const cell = this.cellAt(path)
    return cell === undefined ? undefined : refOf(cell)
  }

  /** All live cells, parents before children. */
  cells(): Generator<Cell> {
    return descendants(this.guardian)
  }

  audit(): Audit {
    return audit(this.host, this.cells())
  }

  /** Ends all roots kindly, the last started first, then everything else. */
  async stop(): Promise<void> {
    // From now on, also where the end has to wait for the code that asks for it.
    this.guardian.flags |= closed
    await new Promise<void>((resolve) => {
      afterCode(this.host, () => stopForGood(this.guardian, STOPPED, () => resolve()))
    })
    this.host.timers.close()
  }
}

function guardianOf(host: Host): Cell {
  const definition = guardianDefinition as unknown as ActorDefinition
  const spec = { restart: 'temporary', significant: false, shutdownMs: Infinity } as const
  const guardian = new Cell({ host, parent: undefined, key: '' }, definition, { spec, args: [] })
  begin(guardian)
  return guardian
}
