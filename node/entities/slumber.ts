// A slumber: how one entity falls asleep: what it has is made safe, its life ends, and unless something has come meanwhile it is gone.
import { begin } from '../../runtime/begin.ts'
import { closed } from '../../runtime/cell-flags.ts'
import { finish, halt } from '../../runtime/ending.ts'
import { STOPPED, SUPERSEDED } from '../../runtime/exit.ts'
import { besideMessages } from '../../runtime/hook.ts'
import { sleepFactsOf } from './idle.ts'
import { whyAwake } from './may-sleep.ts'
import type { Cell } from '../../runtime/cell.ts'
import type { Exit } from '../../runtime/exit.ts'
import type { SleepCare } from './before-sleep.ts'
import type { AwakeReason } from './may-sleep.ts'
import type { Activation } from './activation.ts'

/** Entities that may be about to sleep at a time: they are not counted as awake, though they still take their room. */
export const fallingMax = 1_000

export interface SlumberParts {
  care(): SleepCare
  /** It goes on; `reason` what has kept it awake. */
  stays(activation: Activation, reason: AwakeReason): void
}

export class Slumber {
  readonly #parts: SlumberParts
  readonly #falling = new Set<Activation>()

  constructor(parts: SlumberParts) {
    this.#parts = parts
  }

  /** Those that are about to sleep. */
  get count(): number {
    return this.#falling.size
  }

  /** Puts one to sleep that may; says whether it sleeps, at once or when that is known. */
  fall(activation: Activation): boolean | Promise<boolean> {
    if (this.#falling.has(activation) || this.#falling.size >= fallingMax) return false
    const { cell, ward, mark } = activation
    this.#falling.add(activation)
    ward.falling++
    const saved = this.#parts.care().beforeSleep(cell)
    if (saved === undefined) this.#end(activation)
    else void this.#endLater(activation, mark, saved)
    if (!this.#falling.has(activation)) return activation.isGone
    return new Promise((resolve) => (activation.whenOver = resolve))
  }

  async #endLater(activation: Activation, mark: number, saved: Promise<void>): Promise<void> {
    let reason: AwakeReason | undefined
    try {
      await saved
      reason = this.#whyAwake(activation, mark)
    } catch {
      // What it could not be saved for is told where it was tried.
      reason = 'unsaved'
    }
    if (!activation.isGone && reason === undefined) this.#end(activation)
    else {
      this.#over(activation)
      if (!activation.isGone && reason !== undefined) this.#parts.stays(activation, reason)
      tell(activation)
    }
  }

  /** What has come meanwhile keeps it awake. */
  #whyAwake(activation: Activation, mark: number): AwakeReason | undefined {
    if (activation.isChanged || mark !== activation.mark) return 'mail'
    return whyAwake(
      sleepFactsOf(activation.cell, (cell) => this.#parts.care().isQuiet(cell)),
      true,
    )
  }

  #end(activation: Activation): void {
    halt(activation.cell, STOPPED, (exit) => {
      this.#over(activation)
      halted(activation, exit)
      tell(activation)
    })
  }

  #over(activation: Activation): void {
    if (this.#falling.delete(activation)) activation.ward.falling--
  }
}

/** Tells whoever waits for that whether it sleeps. */
function tell(activation: Activation): void {
  activation.whenOver?.(activation.isGone)
  activation.whenOver = undefined
}

/** Its life is over and its mail is what has come since: whoever has mail or is waited for begins anew, as if it had been woken. */
function halted({ cell, ward }: Activation, exit: Exit): void {
  const { host } = cell
  if (exit.cause === 'killed') host.supervision.ended(cell, exit)
  else if (cell.isOrdered || (cell.flags & closed) !== 0) finish(cell, STOPPED)
  else if (isWanted(cell)) {
    ward.revived++
    host.events.emit('passivated', cell, SUPERSEDED)
    host.events.emit('activated', cell)
    besideMessages(host, () => begin(cell))
  } else finish(cell, SUPERSEDED, 'passivated')
}

function isWanted(cell: Cell): boolean {
  const rare = cell.rareIfAny
  return !cell.mailbox.isEmpty || (rare?.watchers?.size ?? 0) > 0 || (rare?.offers?.size ?? 0) > 0
}
