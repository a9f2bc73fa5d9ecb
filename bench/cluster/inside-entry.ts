// The entry of a partner in a network namespace of its own.
import { inputOf, tell } from './parent.ts'
import { measureBulk } from './bulk.ts'
import { measureCuts } from './losses.ts'
import type { InsideJob } from './inside.ts'
import type { Sample } from '../workload.ts'

const jobs: Readonly<Record<InsideJob, () => Promise<Sample>>> = { bulk: measureBulk, cut: measureCuts }

tell(await jobs[await inputOf<InsideJob>()]())
