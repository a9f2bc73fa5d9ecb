// Vitals: the probe for how one thread fares.
import { memoryUsage } from 'node:process'
import type { Probe } from './probe.ts'

export interface Vitals {
  readonly actors: number
  /** What its heap holds, garbage included. */
  readonly heapMiB: number
}

export const vitals: Probe<null, Vitals> = {
  name: 'vitals',
  run: ({ runtime }) => ({
    actors: runtime.host.totals.actors,
    // Of this thread's heap alone.
    heapMiB: Math.round((memoryUsage().heapUsed / 2 ** 20) * 10) / 10,
  }),
}
