// The judgement of a tour: every guarantee held against its history, and what must be left of it when nothing goes on any more.
import { checkAsk } from '../../../scenarios/testing/checkers/check-ask.ts'
import { checkFifo } from '../../../scenarios/testing/checkers/check-fifo.ts'
import { checkOnce } from '../../../scenarios/testing/checkers/check-once.ts'
import { paths } from './program.ts'
import { watchFlaws } from './watching.ts'
import type { Fault } from 'troupe'
import type { HistoryEvent } from '../../../scenarios/testing/checkers/history.ts'
import type { Sending, Stage } from './stage.ts'
import type { Tour } from './tour.ts'

/** Ends the node, and says what was wrong. */
export async function judge(tour: Tour): Promise<string[]> {
  const { stage, node } = tour
  const kept = gatherLetters(stage)
  const { history } = stage
  const flaws = [
    ...kept,
    ...stage.breaches,
    ...verdictOf('C-ONCE', checkOnce(history)),
    ...verdictOf('C-FIFO', checkFifo(history)),
    ...verdictOf(
      'C-ASK',
      checkAsk(
        history.filter((event) => !isCutOff(tour, event)),
        tour.dozedMs,
      ),
    ),
    ...watchFlaws(stage, tour),
    ...lostMessages(tour),
    ...lateTimers(stage),
    ...leftovers(tour),
  ]
  try {
    await node[Symbol.asyncDispose]()
  } catch (error) {
    flaws.push(`the end: ${String(error)} ${JSON.stringify((error as Fault).details)}`)
  }
  return flaws
}

function verdictOf(name: string, { holds, reason }: { holds: unknown; reason: string }): string[] {
  return holds === false ? [`${name}: ${reason}`] : []
}

/** The dead letters of all threads, also of those that are lost. */
function gatherLetters(stage: Stage): string[] {
  const flaws: string[] = []
  for (const [, runtime] of stage.runtimes()) {
    const { deadLetters } = runtime.host
    const kept = deadLetters.list()
    if (kept.length < deadLetters.total)
      flaws.push(`${deadLetters.total} dead letters are too many to be kept`)
    for (const { reason, envelope } of kept) {
      stage.count(`dead ${reason}`)
      const id = (envelope.payload as { readonly id?: number } | undefined)?.id
      // Of a handler that was cut off it is not known how far it came: it may just have ended.
      if (id === undefined || (reason === 'handler-abandoned' && stage.handled.has(id))) continue
      stage.history.push({ type: 'dead', id, reason })
    }
  }
  return flaws
}

/** An ask of somebody whose thread was lost, which has had no ending there. */
function isCutOff({ stage, lost }: Tour, event: HistoryEvent): boolean {
  return event.type === 'asked' && lost.has(stage.waiting.get(Number(event.id)) ?? -1)
}

/** Messages that were neither handled nor refused, and that lie nowhere. */
function lostMessages(tour: Tour): string[] {
  const { stage } = tour
  const open = new Map<unknown, Sending>(stage.sendings)
  for (const event of stage.history)
    if (event.type === 'handled' || event.type === 'dead') open.delete(event.id)
  for (const [, runtime] of stage.runtimes()) {
    for (const cell of runtime.cells()) {
      const lying = [...cell.mailbox.peek(cell.mailbox.count), ...(cell.rareIfAny?.stash ?? []), cell.current]
      for (const envelope of lying) open.delete((envelope?.payload as { id?: number } | undefined)?.id ?? -1)
    }
  }
  const missing = [...open.values()].filter(
    (sending) => !tour.mayHaveDied(sending) && !stage.unknown.has(sending.id),
  )
  // An ask that closed a cycle elsewhere is no dead letter; if it has expired before, the word comes late and is counted.
  const expired = new Set(
    stage.history.flatMap((event) =>
      event.type === 'answered' && event.how === 'expired' ? [event.id] : [],
    ),
  )
  const late = stage.runtimes().reduce((sum, [, runtime]) => sum + runtime.host.asks.late, 0)
  const unheard = missing.filter(({ id }) => expired.has(id))
  if (unheard.length <= late) for (const { id } of unheard) open.delete(id)
  return missing
    .filter(({ id }) => open.has(id))
    .map(
      ({ id, how, from, to, thread }) =>
        `message ${id}, a ${how} from "${from}" in ${thread} to "${to}", is lost`,
    )
}

/** Timers that the same life still waits for, long after. */
function lateTimers(stage: Stage): string[] {
  const lives = new Set(
    paths.flatMap((path) =>
      stage.living(path).map(([, { state }]) => (state as { life?: number } | undefined)?.life),
    ),
  )
  return [...stage.timings.values()]
    .filter(({ life, firedMs }) => firedMs === undefined && lives.has(life))
    .map(({ key, path }) => `timer ${key} of "${path}" never came`)
}

/** What must not be left when nothing goes on any more. */
function leftovers({ stage, node, moving }: Tour): string[] {
  const flaws: string[] = []
  for (const key of moving.keys()) flaws.push(`move ${key} never ended`)
  for (const [id, thread] of stage.waiting)
    if (stage.runtimes().some(([alive]) => alive === thread)) flaws.push(`ask or offer ${id} never ended`)
  const words = node.fleet?.office.decisions.underWay ?? 0
  if (words > 0) flaws.push(`${words} moves are said to be under way`)
  for (const [thread, runtime] of stage.runtimes()) {
    const station = thread === 0 ? node.fleet?.resident.station : node.residents.get(thread)?.station
    if (station === undefined) continue
    if (station.replies.count > 0) flaws.push(`${station.replies.count} replies are open in thread ${thread}`)
    if (station.roads.held > 0) flaws.push(`${station.roads.held} messages are held in thread ${thread}`)
    if (station.roads.flushing > 0)
      flaws.push(`${station.roads.flushing} flushes are open in thread ${thread}`)
    if (runtime.host.pauses !== undefined) flaws.push(`somebody is paused in thread ${thread}`)
    for (const difference of runtime.audit().differences) flaws.push(`thread ${thread}: ${difference}`)
  }
  for (const entry of node.fleet?.office.homes.entries() ?? []) {
    const homes = stage.living(entry.top)
    if (entry.state !== 'settled') flaws.push(`"${entry.top}" is ${entry.state} for ever`)
    else if (homes.length !== 1 || homes[0]?.[0] !== entry.thread)
      flaws.push(
        `"${entry.top}" is said to live in ${entry.thread}, and lives in [${homes.map(([id]) => id).join()}]`,
      )
  }
  return flaws
}
