// The beginning of a projection: it becomes the only one of its name, and goes on from what was written down, or begins anew.
import { beyondTip, isTruncated, positionOf } from './position.ts'
import { Fold } from './fold.ts'
import { Projection } from './projection.ts'
import { ProjectionRecord } from './projection-record.ts'
import { sieveOf } from './event-filter.ts'
import { upcastOf } from './recorded-event.ts'
import type { AnyProjectionSpec } from './projection-spec.ts'
import type { Progress, RecordGround } from './projection-record.ts'

/**
 * Claims a projection's record, reads it, or writes the first one.
 * @throws {Fault} `position-invalid` `filter-invalid` `projection-outdated`, and those of the journal
 */
export async function beginProjection<S>(
  ground: RecordGround,
  spec: AnyProjectionSpec,
): Promise<Projection<S>> {
  const attempt = `start the projection "${spec.name}"`
  const sieve = sieveOf(spec, attempt)
  const upcast = spec.upcast ?? upcastOf(spec.definition)
  const first = positionOf(spec.from ?? 'start', ground.journal.tip, attempt)
  const record = new ProjectionRecord(ground, spec.name, spec.version ?? 1)
  const options = { ground, record, handlers: spec.on, sieve, upcast }
  try {
    const known = await record.claim()
    const { tip } = ground.journal
    if (known !== undefined && known.next > tip) throw beyondTip(known.next, tip, attempt)
    const fold = new Fold(options, known ?? newProgress(first, spec))
    if (known === undefined) await record.write(fold.pack())
    const truncated = await isTruncated(ground.journal, fold.progress.next)
    return new Projection<S>(options, spec, { fold, truncated })
  } catch (fault) {
    record.release()
    throw fault
  }
}

function newProgress(next: number, spec: AnyProjectionSpec): Progress {
  return { next, index: 0, state: spec.state(), applied: 0, skipped: 0 }
}
