// The workloads `append` and `ack`: so many writers keep one event after the other, each of them told when it is safe.
import { startNode } from 'troupe'
import { BareFile } from './bare-file.ts'
import { BareLevel } from './bare-level.ts'
import { Notes } from './note.ts'
import { notebook, timeoutMs } from './notebook.ts'
import { perSecond } from '../workload.ts'
import { quantile } from '../quantile.ts'
import { temporaryFolder } from './folder.ts'
import { keepAll, keepTimed } from './writers.ts'
import type { BareCommit } from './bare-commit.ts'
import type { Keep } from './writers.ts'
import type { NoteSize } from './note.ts'
import type { Repetition, Sample, Workload } from '../workload.ts'

/** Of one repetition. */
interface Job {
  readonly size: NoteSize
  readonly writers: number
  /** Events of each. */
  readonly each: number
}

export function append(job: Job): Workload {
  const { size, writers, each } = job
  return workload(job, async (keep) => {
    const startMs = performance.now()
    await keepAll(writers, each, keep)
    return { [`append-${size}-c${writers}/event`]: perSecond(writers * each, startMs) }
  })
}

export function ack(job: Job): Workload {
  const { size, writers, each } = job
  return workload(job, async (keep) => {
    const tookMs = await keepTimed(writers, each, keep)
    const name = `ack-${size}-c${writers}`
    return { [`${name}/p50`]: quantile(tookMs, 0.5), [`${name}/p99`]: quantile(tookMs, 0.99) }
  })
}

type Measure = (keep: Keep) => Promise<Sample>

function workload(job: Job, measure: Measure): Workload {
  return {
    troupe: () => troupe(job, measure),
    limit: async () => bare(job, new BareFile(temporaryFolder()).commit, measure),
    'classic-level': async () => bare(job, (await BareLevel.open(temporaryFolder())).commit, measure),
  }
}

/** Each writer is a durable actor that is asked to keep a note. */
async function troupe({ size, writers, each }: Job, measure: Measure): Promise<Repetition> {
  const node = await startNode({ journal: temporaryFolder() })
  const notes = new Notes(size)
  const refs = await Promise.all(
    Array.from({ length: writers }, (_, index) => node.spawn(notebook, `notebook/${index}`)),
  )
  let kept = 0
  return async () => {
    const sample = await measure((writer, seq) => {
      // There is a ref for each writer.
      const ref = refs[writer] as (typeof refs)[number]
      return ref.ask('note', notes.make(writer * each + seq), { timeoutMs })
    })
    kept += each
    for (const ref of refs) {
      const count = await ref.ask('count')
      if (count !== kept) throw new Error(`${ref.path} has ${count} of ${kept} notes`)
    }
    return sample
  }
}

function bare({ size, each }: Job, commit: BareCommit, measure: Measure): Repetition {
  const notes = new Notes(size)
  let kept = 0
  return async () => {
    const sample = await measure((writer, seq) =>
      commit.write(writer, kept + seq, notes.bytes(writer * each + seq)),
    )
    kept += each
    return sample
  }
}
