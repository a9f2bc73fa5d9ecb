// The workloads `start` and `hundred`: a process of its own for each repetition, which measures itself.
import { foundCluster } from '../../node/trust/cluster-verbs.ts'
import { join } from 'node:path'
import { Partner } from './partner.ts'
import { SystemClock } from '../../node/system-clock.ts'
import { SystemDurableDisk } from '../../node/system-durable-disk.ts'
import { SystemPathGuard } from '../../node/trust/path-guard.ts'
import { temporaryFolder } from '../journal/folder.ts'
import type { PartnerOptions } from './partner.ts'
import type { BenchNodeOptions } from './bench-node.ts'
import type { Repetition, Sample, Workload } from '../workload.ts'

export const start: Workload = { troupe: starting }
export const hundred: Workload = {
  troupe: () => Promise.resolve(() => measured({ entry: 'hundred-entry', input: 'count' })),
}

/** The keys are those that `troupe cluster init` makes, as dear to open. */
async function starting(): Promise<Repetition> {
  const folder = temporaryFolder()
  const passphrase = 'a passphrase of the benchmarks'
  await foundCluster(join(folder, 'trust'), {
    clock: new SystemClock(),
    disk: new SystemDurableDisk(),
    guard: new SystemPathGuard(),
    passphrase,
  })
  const input = { name: 'a', folder, passphrase, seeds: [] } satisfies BenchNodeOptions
  return () => measured({ entry: 'start-entry', input })
}

async function measured(options: PartnerOptions): Promise<Sample> {
  await using partner = await Partner.start(options)
  return await partner.next<Sample>()
}
