// The table of probes: all that the main thread asks of the others for verbs of its own.
import { burden } from './burden.ts'
import { news } from './news.ts'
import { paths } from './paths.ts'
import { shares } from './shares.ts'
import { vitals } from './vitals.ts'
import type { AnyProbe, AnyStreamProbe } from './probe.ts'

export const probes: readonly AnyProbe[] = [burden, paths, shares, vitals]

/** Those that go on answering. */
export const streamProbes: readonly AnyStreamProbe[] = [news]
