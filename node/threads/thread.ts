// A thread of the node: one runtime with its definitions and its ways to the others; this runs in it.
import { BodyCodec } from '../journal/commit-codec.ts'
import { Decisions } from './decisions.ts'
import { Definitions } from '../definitions.ts'
import { FarJournal } from './far-journal.ts'
import { Fault } from '../../runtime/fault.ts'
import { LeaseWord, obeyLease } from './lease-word.ts'
import { Mover } from './mover.ts'
import { Resident } from './resident.ts'
import { ResidentDesk } from './resident-desk.ts'
import { Operator } from '../operator.ts'
import { refAt } from '../../runtime/ref.ts'
import { Runtime } from '../../runtime/runtime.ts'
import { Tree } from '../../supervisors/tree.ts'
import type { Clock } from '../../runtime/clock.ts'
import type { DeadReason } from '../../runtime/dead-letters.ts'
import type { Durability } from '../../runtime/durable/durable-life.ts'
import type { Random } from '../../runtime/random.ts'
import type { ThreadInside } from '../../runtime/threads.ts'
import type { Home } from '../../transports/link/record.ts'
import type { Ground } from '../verbs/ground.ts'
import type { VerbDesk } from '../verbs/verb-desk.ts'
import type { VerbOrder } from '../verbs/verb-order.ts'
import type { Office } from './office.ts'
import type { Calls } from './orders.ts'
import type { MoveStep } from './mover.ts'

/** What a thread runs on; tests and the simulator bring their own. */
export interface ThreadContracts {
  readonly clock: Clock
  readonly random: Random
  readonly shuffle?: Random
  readonly failpoint?: (thread: number, step: MoveStep, top: string) => void
  /** Where all threads share one set of modules: what is loaded already. */
  readonly definitions?: Definitions
  /** For tests: hears of what is inside of the thread before anything comes for it. */
  readonly opened?: (resident: Resident) => void
}

/** Runs a thread until it is ended. It listens once its definitions are loaded: what was sent before waits in the wires. */
export async function runThread(inside: ThreadInside, contracts: ThreadContracts): Promise<void> {
  const { request } = inside
  const { failpoint, definitions = new Definitions() } = contracts
  const runtime = new Runtime({
    name: request.name,
    thread: request.id,
    supervision: new Tree(),
    isStrict: request.strict,
    turned: () => inside.turn(),
    durability: request.journal ? farDurability(request.id, contracts.clock, () => resident) : undefined,
    ...contracts,
  })
  if (request.lease !== undefined)
    obeyLease(new LeaseWord(request.lease), runtime.host.scheduler, contracts.clock, inside.aheadMs)
  const fault = contracts.definitions === undefined ? await loadAll(definitions, request.load) : undefined
  const desk = new ResidentDesk(() => ({
    resident,
    mover,
    verb: (order) => runVerb(order),
  }))
  const resident: Resident = new Resident({
    thread: request.id,
    runtime,
    definitions,
    desk,
    office: farOffice(() => resident),
  })
  const runVerb = verbRunner({ name: request.name, runtime, definitions, operator: new Operator() })
  const mover = new Mover(
    resident,
    new Decisions(request.decisions),
    failpoint === undefined ? undefined : (step, top) => failpoint(request.id, step, top),
  )
  contracts.opened?.(resident)
  const main = resident.station.link(0, inside.wire)
  inside.onConnect((id, wire) => void resident.station.link(id, wire))
  main.control('ready', { fault: fault?.toJSON() ?? null })
}

/** The node's journal as it is reached from here. */
function farDurability(thread: number, clock: Clock, resident: () => Resident): Durability {
  const journal = new FarJournal({
    thread,
    clock,
    // Both ends are this package's: `Calls` says what the answer is.
    call: (verb, input) => resident().station.call(0, verb, input) as Promise<Calls[typeof verb]['answer']>,
    tell: (verb, input) => resident().station.control(0, verb, input),
  })
  return { journal, codec: new BodyCodec((path) => refAt(resident().station.runtime.host, path)) }
}

async function loadAll(definitions: Definitions, files: readonly string[]): Promise<Fault | undefined> {
  try {
    for (const file of files) await definitions.load(file)
    return undefined
  } catch (error) {
    return Fault.wrap(error, 'file-unloadable', 'Cannot load the definitions of a thread')
  }
}

/** The verbs are loaded when an operator first asks: a thread is ready sooner without. */
function verbRunner(ground: Ground): (order: VerbOrder) => Promise<unknown> {
  let desk: Promise<VerbDesk> | undefined
  const open = async (): Promise<VerbDesk> => new (await import('../verbs/verb-desk.ts')).VerbDesk(ground)
  return async (order) => {
    desk ??= open()
    return await (await desk).take(order)
  }
}

/** The main thread's office as it is reached from here. */
function farOffice(resident: () => Resident): Office {
  const tell = (verb: string, input: unknown): void => {
    resident().station.control(0, verb, input)
  }
  return {
    resolve: (path, answer) => void resolve(resident(), path, answer),
    awaken: (path, waitMs, answer) => void awaken(resident(), { path, waitMs }, answer),
    watch: (path, watcher) => tell('watch', { path, watcher }),
    unwatch: (path, watcher) => tell('unwatch', { path, watcher }),
    ended: (path, exit) => tell('ended', { path, exit }),
    tellEnd: (watcher, path, exit) => tell('tell-end', { watcher, path, exit }),
    placed: (top) => tell('placed', top),
    gone: (home, exit) => tell('gone', { home, exit }),
  }
}

async function awaken(
  resident: Resident,
  input: Calls['awaken']['input'],
  answer: (found: Home | DeadReason | undefined) => void,
): Promise<void> {
  const found = await resident.station.call(0, 'awaken', input).then(
    (way) => way as Calls['awaken']['answer'],
    () => null,
  )
  answer(found ?? undefined)
}

/** A main thread that gives no answer is gone, and with it this thread: nobody is left to answer to. */
async function resolve(
  resident: Resident,
  path: string,
  answer: (home: Home | undefined) => void,
): Promise<void> {
  const home = await resident.station.call(0, 'resolve', path).then(
    (found) => found as Home | null,
    () => null,
  )
  answer(home ?? undefined)
}
