// A burden: the probe for what would move with a root, and what keeps it from moving.
import { captureFlaw } from '../../runtime/capture-flaw.ts'
import { Encoder } from '../../transports/codec/encoder.ts'
import { Fault } from '../../runtime/fault.ts'
import { descendants } from '../../runtime/lookup.ts'
import { actorAt } from './actor-at.ts'
import type { Cell } from '../../runtime/cell.ts'
import type { FaultRecord } from '../../runtime/fault.ts'
import type { Probe } from './probe.ts'

/** Actors whose data are measured; beyond them the rest is taken to be alike. */
export const weighedActorsMax = 1_000
/** Messages of one mailbox that are measured, likewise. */
const weighedMessagesMax = 100

export interface Burden {
  readonly actors: number
  /** Messages that wait or are stashed. */
  readonly messages: number
  /** About what its data take on the way. */
  readonly bytes: number
  /** Why it cannot move; null if it can. */
  readonly flaw: FaultRecord | null
}

export const burden: Probe<{ readonly path: string }, Burden> = {
  name: 'burden',
  run(ground, { path }) {
    const root = actorAt(ground, path)
    const encoder = new Encoder()
    let actors = 0
    let messages = 0
    let weighed = 0
    let bytes = 0
    for (const cell of [root, ...descendants(root)]) {
      actors++
      messages += cell.waiting + (cell.rareIfAny?.stash?.length ?? 0)
      if (weighed >= weighedActorsMax) continue
      weighed++
      bytes += weightOf(cell, encoder)
    }
    const flaw = captureFlaw(root)?.toJSON() ?? null
    return { actors, messages, bytes: Math.round((bytes * actors) / weighed), flaw }
  },
}

function weightOf(cell: Cell, encoder: Encoder): number {
  const waiting = cell.mailbox.peek(weighedMessagesMax).map(({ name, payload }) => [name, payload])
  const mail = weigh(waiting, encoder)
  const all = waiting.length === 0 ? mail : (mail * cell.waiting) / waiting.length
  return cell.path.length + weigh(cell.state, encoder) + weigh(cell.args, encoder) + all
}

/** What cannot be packed weighs nothing: it does not move. */
function weigh(value: unknown, encoder: Encoder): number {
  try {
    encoder.admit(value, 'weigh an actor')
    return encoder.admittedBytes
  } catch (error) {
    if (Fault.is(error)) return 0
    throw error
  }
}
