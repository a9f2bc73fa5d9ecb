// Shares: the probe for what the roots of one thread have taken.
import { sharesOf } from '../threads/shares.ts'
import type { Shares } from '../threads/shares.ts'
import type { Probe } from './probe.ts'

export const shares: Probe<null, Shares> = { name: 'shares', run: ({ runtime }) => sharesOf(runtime) }
