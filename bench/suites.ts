// All suites, by name.
import { cluster } from './cluster.ts'
import { journal } from './journal.ts'
import { local } from './local.ts'
import { threads } from './threads.ts'
import type { Suite } from './suite.ts'

export const suites: Readonly<Record<string, Suite>> = { local, threads, journal, cluster }
