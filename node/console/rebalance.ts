// The command rebalance: prints each move with its reason.
import { rebalance as verb } from '../verbs/rebalance.ts'
import { balanceView } from './balance-view.ts'
import { answering } from './command.ts'
import type { AnyCommand } from './command.ts'

export const rebalance: AnyCommand = answering(verb, balanceView)
