// A durable timer: started and cancelled with the next commit of its actor.
import { cancelTick } from '../tick.ts'
import { checkRunning } from './running.ts'
import { Fault } from '../fault.ts'
import type { CatchUp } from '../commit.ts'
import type { Cell } from '../cell.ts'
import type { DurableLife } from './durable-life.ts'
import type { TickMessage, TickTime } from '../tick.ts'

/** Durable timers of one actor: each commit looks at all of them. */
export const durableTimersMax = 1_000
/** The longest delay and period in milliseconds: 100 years. */
export const durableDelayMsMax = 3_155_760_000_000

const catchUps: ReadonlySet<unknown> = new Set(['skip', 'once', 'each'])

/** Starts a timer under its key, in place of the one that had it. @throws {Fault} those of `Self.after` */
export function startDurableTimer(
  cell: Cell,
  message: TickMessage,
  time: TickTime,
  catchUp: CatchUp = 'once',
): void {
  const attempt = `Cannot start durable timer "${message.key}" of "${cell.path}"`
  const durable = cell.rareIfAny?.durable
  if (durable === undefined) {
    throw new Fault('actor-volatile', `${attempt}: its definition has neither events nor durable`, {
      hint: 'Leave durable out, or make the definition durable.',
    })
  }
  checkRunning(cell, attempt)
  checkMessage(cell, attempt, message)
  checkTime(attempt, time, catchUp)
  const { duties } = durable
  if (duties.timers.size >= durableTimersMax && !duties.timers.has(message.key)) {
    throw new Fault(
      'timers-full',
      `${attempt}: it has ${duties.timers.size} of ${durableTimersMax} durable timers`,
      { hint: 'Use one key again, or one timer that looks after many things.' },
    )
  }
  const { key, name, payload } = message
  const dueMs = cell.host.clock.wall() + time.delayMs
  const timer = { key, name, payload, dueMs, periodMs: time.periodMs, catchUp }
  cell.host.durability?.codec.encode({ timers: [timer] }, `start durable timer "${key}" of "${cell.path}"`)
  cancelTick(cell, key)
  const staged = durable.stage()
  ;(staged.timers ??= []).push(timer)
}

/** Stops the timer of that key; says whether there was one. */
export function cancelDurableTimer(cell: Cell, key: string): boolean {
  const durable = cell.rareIfAny?.durable
  if (durable === undefined || !hasTimer(durable, key)) return false
  checkRunning(cell, `Cannot cancel durable timer "${key}" of "${cell.path}"`)
  const staged = durable.stage()
  ;(staged.timers ??= []).push({ key })
  return true
}

function hasTimer({ duties, ahead, staged }: DurableLife, key: string): boolean {
  const changes = [...ahead, ...(staged === undefined ? [] : [staged])].flatMap(({ timers = [] }) => timers)
  const last = changes.findLast((change) => change.key === key)
  return last === undefined ? duties.timers.has(key) : last.name !== undefined
}

function checkMessage(cell: Cell, attempt: string, { key, name }: TickMessage): void {
  if (typeof key !== 'string' || key === '') {
    throw new Fault('timer-invalid', `${attempt}: its key is no text`, { hint: 'Give a text as key.' })
  }
  if (cell.definition.understands(name)) return
  throw new Fault('message-unknown', `${attempt}: no behaviour has a message "${name}"`, {
    hint: `Use one of: ${cell.definition.messages().join(', ')}.`,
  })
}

function checkTime(attempt: string, { delayMs, periodMs }: TickTime, catchUp: unknown): void {
  const min = periodMs === undefined ? 0 : 1
  const ms = periodMs ?? delayMs
  if (!(ms >= min && ms <= durableDelayMsMax)) {
    throw new Fault(
      'timer-invalid',
      `${attempt}: ${String(ms)} is not a time of ${min} to ${durableDelayMsMax} ms`,
      { hint: 'Give the time in milliseconds.' },
    )
  }
  if (catchUps.has(catchUp)) return
  throw new Fault('timer-invalid', `${attempt}: catchUp is ${String(catchUp)}, not skip, once or each`, {
    hint: 'Say what becomes of beats that nobody was awake for.',
  })
}
