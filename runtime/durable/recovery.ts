// A recovery: what a durable actor is given back before its life begins.
import { Durable } from './durable.ts'
import { Duties } from './duties.ts'
import { Fault } from '../fault.ts'
import { inContextOf } from '../context.ts'
import { Envelope } from '../envelope.ts'
import { isUsable, Replay } from './replay.ts'
import { recordsAtOnceMax } from '../journal.ts'
import { runHook } from '../hook.ts'
import type { Cell } from '../cell.ts'
import type { CapturedDurable, Durability } from './durable-life.ts'
import type { Commit } from '../commit.ts'
import type { JournalRecord } from '../journal.ts'

/**
 * Makes an actor's state again from its journal, then runs the hooks that come before its mail.
 * @throws {Fault} those of `Journal.recover` and `Replay.take`; what the hooks throw
 */
export async function recoverLife(cell: Cell): Promise<void> {
  const { host, life } = cell
  const { spec } = cell.definition
  const durability = durabilityOf(cell)
  const { durable, state } = await recovered(cell, durability)
  if (cell.life !== life) {
    durability.journal.release(cell.path, durable.epoch)
    return
  }
  cell.state = state
  cell.rare.durable = durable
  if (durable.duties.timers.size > 0) durable.beats.wake()
  durable.start()
  const self = host.makeSelf(cell)
  cell.self = self
  const hooks = [() => spec.recovered?.(self, { seq: durable.seq }), () => spec.started?.(self)]
  for (const hook of hooks) {
    // What it sends comes from this actor.
    await runHook(host, () =>
      inContextOf(new Envelope(cell, 'started', undefined, undefined, undefined), hook, self),
    )
    await durable.settle(false)
    if (cell.life !== life) return
  }
}

/** @throws {Fault} `journal-missing` */
function durabilityOf(cell: Cell): Durability {
  const { durability } = cell.host
  if (durability === undefined) throw journalMissing(cell.path)
  return durability
}

export function journalMissing(path: string): Fault {
  return new Fault('journal-missing', `Cannot start "${path}": it is durable, and the node has no journal`, {
    hint: 'Start the node with the option `journal`, a folder for it.',
  })
}

/** Takes up the durable part of an actor that has come from elsewhere. */
export function restoreDurable(cell: Cell, captured: CapturedDurable): Durable {
  const duties = new Duties()
  duties.apply(captured.duties)
  return new Durable(cell, durabilityOf(cell), captured, duties)
}

async function recovered(
  cell: Cell,
  { journal, codec }: Durability,
): Promise<{ readonly durable: Durable; readonly state: unknown }> {
  const { host, definition, path } = cell
  const fresh = (): Replay =>
    new Replay(
      { definition, id: path },
      runHook(host, () => definition.spec.state?.(...cell.args)),
    )
  const decode = ({ body }: JournalRecord): Commit => codec.decode(body)
  let replay = fresh()
  let snapshotSeq: number | undefined
  let isUseless = false
  const claim = await journal.recover(path, undefined, (records) => {
    for (const record of records) {
      const commit = decode(record)
      // What lies before the first one was forgotten: nothing is written down of it.
      snapshotSeq ??= record.seq - 1
      if (record.kind === 'snapshot' && commit.state !== undefined) {
        snapshotSeq = record.seq
        isUseless = !isUsable(definition, commit.state.version)
      }
      if (!isUseless) runHook(host, () => replay.take(record.kind, record.seq, commit))
    }
  })
  try {
    if (isUseless) {
      // A snapshot only spares the way from the beginning.
      replay = fresh()
      await replayAll(cell, replay, decode)
      snapshotSeq = 0
    }
  } catch (error) {
    journal.release(path, claim.epoch)
    throw error
  }
  const wakeMs = replay.duties.wakeMsAfter([])
  const found = { ...claim, snapshotSeq: snapshotSeq ?? claim.seq, wakeMs, duties: {} }
  return { durable: new Durable(cell, { journal, codec }, found, replay.duties), state: replay.state }
}

async function replayAll(
  cell: Cell,
  replay: Replay,
  decode: (record: JournalRecord) => Commit,
): Promise<void> {
  const { path, definition, host } = cell
  const { journal } = durabilityOf(cell)
  for (let seq = 1; ;) {
    const records = await journal.read(path, seq, recordsAtOnceMax)
    const commits = records.filter(({ kind }) => kind !== 'snapshot')
    const [first] = commits
    if (first === undefined) return
    if (first.seq !== seq) {
      throw new Fault(
        'definition-differs',
        `Cannot recover "${path}": its snapshot is of another version than ${definition.version} of "${definition.name}", and its records before number ${first.seq} are deleted`,
        { hint: 'Load the version that has written it, or a newer one with an upgrade.' },
      )
    }
    for (const record of commits) runHook(host, () => replay.take(record.kind, record.seq, decode(record)))
    seq = (commits.at(-1)?.seq ?? seq) + 1
  }
}
